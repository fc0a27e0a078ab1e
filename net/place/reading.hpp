// MD5 of files at the destination, on what was written there; from the disk where that is asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/files/open_descriptor.hpp"
#include "engine/model/destination.hpp"
#include "net/place/work_watch.hpp"

namespace suprsync {

struct read_sum {
    std::string md5;  ///< empty: `error` says why
    int error = 0;    ///< errno; ECANCELED where the watch said stop, ENOSYS where there is no MD5 here
    read_source source = read_source::unknown;
};

/// Opens a file to be read, whatever is at its path meanwhile: a FIFO is not waited for. Flags besides:
/// O_NOFOLLOW.
open_descriptor open_to_read(int directory, const std::string& path, int flags = 0);

/// Of a regular file that is open, from its beginning. `from_disk`: what the kernel has in memory of it is
/// dropped first; it was synced before (net/remote/read_from_disk.sh).
/// What is larger than `rate` is read so many bytes a second; 0: as fast as it goes.
read_sum sum_of_open(int file, bool from_disk, work_watch& watch, std::uint64_t rate = 0);

}  // namespace suprsync
