// The local file of an item that is staged, for transports that read it themselves.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

#include "engine/files/open_descriptor.hpp"
#include "engine/model/failure.hpp"
#include "engine/ports/transport.hpp"

namespace suprsync {

/// Why one is not sent: what rsync would say of it, or the problem of a disk or server, which is none of the
/// file's, nor of the destination's.
struct not_sent {
    std::optional<std::string> complaint;
    std::optional<failure> unreadable;
};

/// Where reading `path` failed with this errno.
not_sent could_not_read(const std::string& path, int error);

/// Where reading `path` did not come back for the stall timeout.
failure reading_stalled(const std::string& path);

struct local_source {
    open_descriptor file;
    struct ::stat facts{};
    std::optional<not_sent> why;  ///< where it is not open
};

/// A regular file is opened; this may hang in its file system.
local_source open_local_source(const stage_item& item);

}  // namespace suprsync
