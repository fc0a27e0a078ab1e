#include "engine/files/sync_directory.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "engine/files/file_facts.hpp"
#include "engine/files/open_descriptor.hpp"

namespace suprsync {

result<void> sync_directory(const std::string& directory) {
    const open_descriptor fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.number() < 0 && errno == EACCES) return {};
    if (fd.number() < 0) return file_failure("open", directory, errno);
    // EINVAL: a file system that cannot do this for directories.
    if (::fsync(fd.number()) != 0 && errno != EINVAL) return file_failure("write", directory, errno);
    return {};
}

}  // namespace suprsync
