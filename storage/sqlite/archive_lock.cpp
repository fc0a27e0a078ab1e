#include "storage/sqlite/archive_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/model/text.hpp"

namespace suprsync {

namespace {

// Names of files end at 255 bytes; the database's own name is part of it.
constexpr std::size_t longest_escaped_archive = 120;

std::string escaped(const std::string& archive) {
    std::string name;
    for (const char c : archive) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           c == '_' || c == '-' || c == '.';
        if (plain)
            name += c;
        else
            name += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    }
    if (name.size() <= longest_escaped_archive) return name;
    return fmt::format("{}%{:016x}", name.substr(0, longest_escaped_archive - 17), text_key(archive));
}

std::string content_of(int descriptor) {
    char text[1024];
    const auto length = ::pread(descriptor, text, sizeof text, 0);
    if (length <= 0) return "another process";
    std::string content(text, static_cast<std::size_t>(length));
    while (!content.empty() && content.back() == '\n') content.pop_back();
    return content;
}

failure cannot_hold(failure_code code, const std::string& archive, const std::string& detail) {
    return {code, "hold", "archive '" + archive + "'", detail};
}

failure system_failure(const std::string& archive, const std::filesystem::path& file, int error) {
    const bool denied = error == EACCES || error == EPERM || error == EROFS;
    return cannot_hold(denied ? failure_code::not_permitted : failure_code::io, archive,
                       file.string() + ": " + std::strerror(error));
}

}  // namespace

archive_lock::~archive_lock() { ::close(descriptor_); }

std::filesystem::path archive_lock::lock_file(const std::filesystem::path& database,
                                              const std::string& archive) {
    std::error_code error;
    auto real = std::filesystem::weakly_canonical(database, error);
    if (error) real = database;
    real += "." + escaped(archive) + ".lock";
    return real;
}

result<std::unique_ptr<archive_lock>> archive_lock::take(const std::filesystem::path& database,
                                                         const std::string& archive,
                                                         const std::string& instance_id) {
    const auto file = lock_file(database, archive);
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0664);
    if (descriptor < 0) return system_failure(archive, file, errno);
    std::unique_ptr<archive_lock> hold(new archive_lock(descriptor));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return system_failure(archive, file, errno);
        return cannot_hold(
            failure_code::in_use, archive,
            fmt::format(
                "it is held by {} (see {}): only one daemon works on an archive of a catalog; stop that one first",
                content_of(descriptor), file.string()));
    }
    char host[256] = {};
    ::gethostname(host, sizeof host - 1);
    const auto content = fmt::format("process {} on host {}, instance {}\n", ::getpid(), host, instance_id);
    if (::ftruncate(descriptor, 0) != 0 ||
        ::pwrite(descriptor, content.data(), content.size(), 0) != static_cast<::ssize_t>(content.size()))
        return system_failure(archive, file, errno);
    return hold;
}

}  // namespace suprsync
