#include "engine/files/file_facts.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "engine/model/nanoseconds.hpp"
#include "engine/model/text.hpp"

namespace suprsync {

namespace {

// "cryo (uid 1000)"; only the number where the user has no name.
std::string user() {
    const auto id = ::geteuid();
    ::passwd entry{};
    ::passwd* found = nullptr;
    std::array<char, 4096> space{};
    if (::getpwuid_r(id, &entry, space.data(), space.size(), &found) == 0 && found != nullptr)
        return fmt::format("{} (uid {})", found->pw_name, id);
    return fmt::format("uid {}", id);
}

failure_code code_of(int error) {
    switch (error) {
        case ENOENT:
        case ENOTDIR:
            return failure_code::not_found;
        case EACCES:
        case EPERM:
        case EROFS:
            return failure_code::not_permitted;
        case ENAMETOOLONG:
        case ELOOP:
        case EINVAL:
        case EISDIR:
            return failure_code::invalid;
        case ENOSPC:
        case EDQUOT:
            return failure_code::no_space;
        case EIO:
        case ESTALE:
        case ENOTCONN:
        case ECONNABORTED:
        case ETIMEDOUT:
        case EHOSTDOWN:
        case EHOSTUNREACH:
        case ENODEV:
        case ENXIO:
        case EREMOTEIO:
        case EMFILE:
        case ENFILE:
        case ENOMEM:
            return failure_code::place;
        default:
            return failure_code::io;
    }
}

}  // namespace

std::string error_text(int error) { return std::generic_category().message(error); }

failure file_failure(const std::string& operation, const std::string& path, int error) {
    auto detail = error_text(error);
    if (error == EACCES)
        detail += fmt::format(": user {} may not read it or a directory above it", user());
    else if (error == EPERM)
        detail += fmt::format(" for user {}", user());
    return {code_of(error), operation, path, detail};
}

failure directory_failure(const std::string& operation, const std::string& path, int error) {
    auto detail = error_text(error);
    const auto directory = directory_of(path);
    if (error == EACCES)
        detail += fmt::format(": the directory {} is not writable for user {}", directory, user());
    else if (error == EPERM)
        detail += fmt::format(
            ": the directory {} is sticky and the file is not of user {}, or one of them is immutable (lsattr)",
            directory, user());
    else if (error == EROFS)
        detail += ": the file system is mounted read-only";
    return {code_of(error), operation, path, detail};
}

file_identity identity_of(const struct ::stat& seen) {
    const auto nanoseconds = [](const struct ::timespec& t) { return nanoseconds_of(t.tv_sec, t.tv_nsec); };
    return {static_cast<std::uint64_t>(seen.st_dev), static_cast<std::uint64_t>(seen.st_ino),
            static_cast<std::uint64_t>(seen.st_size), nanoseconds(seen.st_mtim), nanoseconds(seen.st_ctim)};
}

result<file_identity> stat_regular(const std::string& operation, const std::string& path) {
    // The rest of such a name would be ignored by every system call: another file would be meant.
    if (path.find('\0') != std::string::npos)
        return failure{failure_code::invalid, operation, path, "the path holds a NUL byte"};
    struct ::stat seen{};
    if (::stat(path.c_str(), &seen) != 0) {
        auto why = file_failure(operation, path, errno);
        const auto directory = directory_of(path);
        if (why.code != failure_code::not_found || ::stat(directory.c_str(), &seen) == 0) return why;
        if (errno == ENOENT)
            return failure{
                failure_code::no_directory, operation, path,
                fmt::format("its directory {} is not there: is its file system mounted?", directory)};
        return errno == ENOTDIR ? why : file_failure(operation, directory, errno);
    }
    if (auto regular = require_regular(operation, path, seen); !regular) return regular.error();
    return identity_of(seen);
}

result<file_identity> stat_open(const std::string& operation, const std::string& path, int descriptor) {
    struct ::stat seen{};
    if (::fstat(descriptor, &seen) != 0) return file_failure(operation, path, errno);
    if (auto regular = require_regular(operation, path, seen); !regular) return regular.error();
    return identity_of(seen);
}

disk_space space_told_by(const struct ::statvfs& seen) {
    return {.bytes_free = std::uint64_t{seen.f_bavail} * seen.f_frsize,
            .bytes_total = std::uint64_t{seen.f_blocks} * seen.f_frsize,
            .inodes_free = seen.f_favail,
            .inodes_total = seen.f_files};
}

result<disk_space> space_of(const std::string& path) {
    struct ::statvfs seen{};
    if (::statvfs(path.c_str(), &seen) != 0) return file_failure("read the free space of", path, errno);
    return space_told_by(seen);
}

std::uint64_t nearest_device(std::string path) {
    struct ::stat seen{};
    while (::stat(path.c_str(), &seen) != 0) {
        if ((errno != ENOENT && errno != ENOTDIR) || path == "/" || path == ".") return 0;
        path = directory_of(path);
    }
    return static_cast<std::uint64_t>(seen.st_dev);
}

}  // namespace suprsync
