// Which paths below two base directories are one file: base directories are the same, or lie inside one
// another, however archives spell them (spec, Claims and versions).
#pragma once

#include <optional>
#include <string>

#include "engine/model/destination.hpp"

namespace suprsync {

/// A base directory as an archive's configuration spells it ("host:/path", plain), and where it was found to
/// lie.
struct known_base {
    std::string destination;
    std::optional<directory_place> place;  ///< none: not asked yet, or not told
};

/// From `own` to `other`; none where neither lies inside the other. Where both were found on one machine,
/// what was found decides; otherwise how they are spelled.
std::optional<base_offset> offset_between(const known_base& own, const known_base& other);

/// A remote path of the one as a remote path of the other; none where it does not lie there.
std::optional<std::string> path_by(const base_offset& offset, const std::string& remote_path);

/// Whether a base directory that lay at `before` is the same one at `now` after a start of its machine, which
/// numbers file systems anew: then whatever lay on that file system is where this one is, until it is asked
/// itself.
bool is_restarted(const directory_place& before, const directory_place& now);

}  // namespace suprsync
