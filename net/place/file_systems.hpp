// What is known of a file system by its type.
#pragma once

#include <string>

namespace suprsync {

struct file_system_kind {
    std::string name;  ///< as `stat -f -c %T` tells it
    bool ignores_case = false;
    /// Its memory is not the page cache, or another machine's, of which nothing tells (zfs, NFS, FUSE; and
    /// what is not known).
    bool has_own_memory = true;
};

/// Of a descriptor.
file_system_kind file_system_of(int descriptor);

}  // namespace suprsync
