#include "storage/disk/whole_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "engine/files/file_facts.hpp"
#include "engine/files/sync_directory.hpp"
#include "engine/files/write_all.hpp"
#include "engine/model/text.hpp"
#include "storage/disk/beneath.hpp"

namespace suprsync {

namespace {

constexpr const char* writing = "write";

// What is not on the disk is taken away: whoever tries again makes it, and syncs, anew.
result<void> keep_new_directory(const std::string& directory) {
    auto kept = sync_directory(directory_of(directory));
    if (!kept) ::rmdir(directory.c_str());
    return kept;
}

result<void> make_directories(const std::string& directory) {
    if (::mkdir(directory.c_str(), 0777) == 0) return keep_new_directory(directory);
    int error = errno;
    if (error == ENOENT && directory_of(directory) != directory) {
        if (auto made = make_directories(directory_of(directory)); !made) return made;
        if (::mkdir(directory.c_str(), 0777) == 0) return keep_new_directory(directory);
        error = errno;
    }
    struct ::stat seen{};
    if (::stat(directory.c_str(), &seen) == 0) {
        if (S_ISDIR(seen.st_mode)) return {};
        error = ENOTDIR;
    }
    return directory_failure("make the directory", directory, error);
}

result<void> write_text(int fd, const std::string& path, const std::string& text) {
    if (const int error = write_all(fd, text, 0)) return file_failure(writing, path, error);
    if (::fsync(fd) != 0) return file_failure(writing, path, errno);
    return {};
}

// Of one path always the same, so that what a kill leaves can be found; with the end of a long name, which
// has the day.
std::string temporary_of(const std::string& path) {
    constexpr std::size_t longest = 240;
    auto name = name_of(path);
    name.remove_prefix(name.size() - std::min(name.size(), longest));
    return directory_of(path) + "/.suprsync-" + std::string(name);
}

result<void> unlink_own(const std::string& path) {
    if (::unlink(path.c_str()) == 0 || errno == ENOENT || errno == ENOTDIR) return {};
    return directory_failure("delete", path, errno);
}

// Writes the temporary file and gives it its name.
result<file_identity> write_and_rename(open_descriptor& fd, const std::string& temporary,
                                       const std::string& path, const std::string& text) {
    if (auto written = write_text(fd.number(), path, text); !written) return written.error();
    struct ::stat seen{};
    if (::fstat(fd.number(), &seen) != 0 || !fd.close()) return file_failure(writing, path, errno);
    if (::rename(temporary.c_str(), path.c_str()) != 0) return directory_failure(writing, path, errno);
    return identity_of(seen);
}

}  // namespace

result<file_identity> write_whole_file(const std::string& path, const std::string& text) {
    if (path.find('\0') != std::string::npos)
        return failure{failure_code::invalid, writing, path, "the path holds a NUL byte"};
    const auto directory = directory_of(path);
    if (auto made = make_directories(directory); !made) return made.error();

    const auto temporary = temporary_of(path);
    // What a kill has left behind is of no use to anybody.
    ::unlink(temporary.c_str());
    open_descriptor fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (fd.number() < 0) return directory_failure(writing, path, errno);
    struct ::stat earlier{};
    const bool was_there = ::lstat(path.c_str(), &earlier) == 0;
    auto written = write_and_rename(fd, temporary, path, text);
    if (!written) {
        ::unlink(temporary.c_str());
        return written;
    }
    // A file that is told not to be written is not there, either.
    if (auto kept = sync_directory(directory); !kept) {
        if (!was_there) ::unlink(path.c_str());
        return kept.error();
    }
    return written;
}

result<void> discard_whole_file(const std::string& path) {
    auto unfinished = unlink_own(temporary_of(path));
    auto whole = unlink_own(path);
    return whole ? unfinished : whole;
}

}  // namespace suprsync
