// The drop-in for the installed systemd unit, from what a configuration reads and writes: as whom the daemon
// runs, and where it may write (`suprsync doctor --unit`). Pure; nothing is looked at.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/model/settings.hpp"

namespace suprsync {

/// Something of this machine that the daemon writes.
struct written_place {
    std::string path;  ///< absolute, without symbolic links
    std::string why;   ///< one line for people
    bool operator==(const written_place&) const = default;
};

struct service_needs {
    std::string user;         ///< '': as the unit says
    std::string group;        ///< the same
    std::string environment;  ///< "SUPRSYNC_CONFIG=/data/suprsync.yaml"; '': the unit finds its configuration
    std::vector<written_place> written;
    std::vector<std::string> read;  ///< keys, tokens, certificates, directories of data
    bool deletes_anywhere = false;  ///< deletion is on, and nothing says where files may lie
    std::uint64_t descriptors = 0;
    std::uint64_t memory = 0;  ///< of this machine, bytes; 0: not known
};

/// The name of the unit that serves this file by itself: "suprsync.service" for /etc/suprsync/suprsync.yaml,
/// "suprsync@NAME.service" for /etc/suprsync/NAME.yaml; '' where none does.
std::string unit_serving(const std::string& file);

/// The directory that the base directory and its staging have in common, both real paths: files are linked
/// from one to the other, which cannot be done between two mounts, as every path is that a unit names.
std::string common_place(const std::string& base, const std::string& staging);

/// What a unit is to name for a place that lies on the file system of this mount point: the mount point. A
/// service has each path that its unit names mounted for itself, and so keeps the file system of one that
/// lies deeper, whatever is unmounted or mounted over it afterwards. The path itself where the mount is one
/// of the system, or of homes.
std::string place_with_its_mount(const std::string& path, const std::string& mount_point);

/// Descriptors that as many batches as may be in flight have open, and some more.
std::uint64_t descriptors_of(const daemon_configuration& configuration);

/// A value as systemd reads it: in quotes, with its specifiers and escapes doubled. Failure `invalid` where
/// it cannot be written: a control character, or bytes that are no UTF-8.
result<std::string> unit_word(const std::string& text);

/// The text of the drop-in. Failure as unit_word().
result<std::string> unit_drop_in(const service_needs& needs);

}  // namespace suprsync
