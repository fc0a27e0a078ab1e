#include "storage/sqlite/archive_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>
#include <string_view>

#include "engine/loop/this_machine.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"

namespace suprsync {

namespace {

// Names of files end at 255 bytes; the database's own name is part of it.
constexpr std::size_t longest_escaped_archive = 120;
constexpr std::string_view suffix = ".lock";

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
    return shortened(name, longest_escaped_archive, archive);
}

// For messages: what was cut off is not known any more.
std::string unescaped(const std::string& name) {
    std::string archive;
    for (std::size_t at = 0; at < name.size(); ++at) {
        auto digits = std::string_view(name).substr(at + 1, 2);
        const bool escape = name[at] == '%' && digits.size() == 2;
        const auto value = escape ? take_number<unsigned>(digits, 16) : std::nullopt;
        archive += value && digits.empty() ? static_cast<char>(*value) : name[at];
        if (escape) at += 2;
    }
    return archive;
}

// Symbolic links followed: one catalog has one lock, by whatever name it is opened.
std::filesystem::path real_path(const std::filesystem::path& database) {
    std::error_code error;
    auto real = std::filesystem::weakly_canonical(database, error);
    return error ? std::filesystem::absolute(database) : real;
}

std::string content_of(int descriptor) {
    char text[1024];
    const auto length = ::pread(descriptor, text, sizeof text, 0);
    if (length <= 0) return "another process";
    std::string content(text, static_cast<std::size_t>(length));
    while (!content.empty() && content.back() == '\n') content.pop_back();
    return content;
}

constexpr std::string_view of_process = "process ";

std::string description(pid_t pid, const std::string& instance_id) {
    return fmt::format("{}{} on host {}, instance {}\n", of_process, pid, host_name(), instance_id);
}

// Whether the process that wrote this is gone, or ending: a zombie has closed all that it had.
bool is_of_the_dead(std::string_view written) {
    if (!written.starts_with(of_process)) return false;
    written.remove_prefix(of_process.size());
    const auto pid = take_number<pid_t>(written);
    if (!pid || *pid <= 0 || !written.starts_with(fmt::format(" on host {}, ", host_name()))) return false;
    if (::kill(*pid, 0) != 0) return errno == ESRCH;
    // By getline, which does not throw where it is gone before it is read.
    std::string facts;
    std::getline(std::ifstream(fmt::format("/proc/{}/stat", *pid)), facts);
    const auto name_ends = facts.rfind(") ");
    return name_ends != std::string::npos && (facts[name_ends + 2] == 'Z' || facts[name_ends + 2] == 'X');
}

// 0, or an errno. Whoever only asks whether it is locked (is_locked) has it for microseconds; a child that is
// being started has what its parent had open until it is another program.
int lock_now(int descriptor, const std::function<void()>& between_tries) {
    constexpr int tries = 5;
    constexpr int tries_after_a_death = 200;
    for (int tried = 1;; ++tried) {
        if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return 0;
        const int error = errno;
        if (error != EWOULDBLOCK || tried == tries_after_a_death ||
            (tried >= tries && !is_of_the_dead(content_of(descriptor))))
            return error;
        between_tries();
    }
}

failure cannot_lock(failure_code code, const std::string& archive, const std::string& detail) {
    return {code, "hold", "archive '" + archive + "'", detail};
}

failure system_failure(const std::string& archive, const std::filesystem::path& file, int error) {
    const bool denied = error == EACCES || error == EPERM || error == EROFS;
    return cannot_lock(denied ? failure_code::not_permitted : failure_code::io, archive,
                       file.string() + ": " + std::strerror(error));
}

}  // namespace

void archive_lock::pause() {
    constexpr ::timespec between{0, 10'000'000};
    ::nanosleep(&between, nullptr);
}

archive_lock::~archive_lock() { ::close(descriptor_); }

bool archive_lock::stands() const {
    struct ::stat locked{}, at_path{};
    return ::fstat(descriptor_, &locked) == 0 && ::stat(file_.c_str(), &at_path) == 0 &&
           locked.st_dev == at_path.st_dev && locked.st_ino == at_path.st_ino;
}

std::filesystem::path archive_lock::lock_file(const std::filesystem::path& database,
                                              const std::string& archive) {
    auto file = real_path(database);
    file += "." + escaped(archive) + std::string(suffix);
    return file;
}

result<std::unique_ptr<archive_lock>> archive_lock::take(const std::filesystem::path& database,
                                                         const std::string& archive,
                                                         const std::string& instance_id,
                                                         const std::function<void()>& between_tries) {
    return take_file(lock_file(database, archive), archive, instance_id, between_tries);
}

bool archive_lock::is_locked(const std::filesystem::path& database, const std::string& archive) {
    const int descriptor = ::open(lock_file(database, archive).c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return false;
    const bool locked = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ::close(descriptor);
    return locked;
}

result<std::vector<std::unique_ptr<archive_lock>>> archive_lock::take_all(
    const std::filesystem::path& database, const std::string& instance_id) {
    std::vector<std::unique_ptr<archive_lock>> locks;
    const auto real = real_path(database);
    const auto prefix = real.filename().string() + ".";
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(real.parent_path(), error)) {
        const auto name = entry.path().filename().string();
        if (name.size() <= prefix.size() + suffix.size() || !name.starts_with(prefix) ||
            !name.ends_with(suffix))
            continue;
        const auto archive = name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
        auto lock = take_file(entry.path(), unescaped(archive), instance_id, pause);
        if (!lock) return lock.error();
        locks.push_back(std::move(*lock));
    }
    if (error) return failure{failure_code::io, "list", real.parent_path().string(), error.message()};
    return locks;
}

result<std::unique_ptr<archive_lock>> archive_lock::take_file(const std::filesystem::path& file,
                                                              const std::string& archive,
                                                              const std::string& instance_id,
                                                              const std::function<void()>& between_tries) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0664);
    if (descriptor < 0) return system_failure(archive, file, errno);
    std::unique_ptr<archive_lock> lock(new archive_lock(descriptor, file));
    if (const int error = lock_now(descriptor, between_tries); error != 0) {
        if (error != EWOULDBLOCK) return system_failure(archive, file, error);
        return cannot_lock(
            failure_code::archive_held, archive,
            fmt::format(
                "it is held by {} (see {}): only one daemon works on an archive of a catalog; stop that one first",
                content_of(descriptor), file.string()));
    }
    const auto content = description(::getpid(), instance_id);
    if (::ftruncate(descriptor, 0) != 0 ||
        ::pwrite(descriptor, content.data(), content.size(), 0) != static_cast<::ssize_t>(content.size()))
        return system_failure(archive, file, errno);
    return lock;
}

}  // namespace suprsync
