// What `prepare` learnt of a destination and every later command builds on; and reading its answer.
#pragma once

#include <string>
#include <string_view>

#include "engine/ports/transport.hpp"

namespace suprsync {

/// How directories get the modes that --chmod would give them.
struct directory_modes {
    std::string mask;     ///< as umask; empty: the account's own
    std::string special;  ///< for chmod(1), beyond what a umask can give: "g+s", "g+s,+t"
};

struct destination_state {
    std::string base;      ///< real path
    std::string identity;  ///< "file-system inode"
    std::string staging;   ///< empty: files go straight to the base directory
    std::string lock_style;
    bool follow_links = false;   ///< symbolic links below the base directory may lead anywhere
    bool inherit_group = false;  ///< the base directory has the setgid bit, and so has staging
    bool ignores_case = false;   ///< the file system takes IV.dat and iv.dat for one name
    directory_modes modes;
    bool prepared = false;

    bool direct() const { return staging.empty(); }
    std::string in() const { return staging + "/in"; }
    std::string slot_path(int slot) const { return in() + "/" + std::to_string(slot); }
    std::string kept() const { return staging + "/replaced"; }
    /// Assignments that every script wants.
    std::string settings() const;
};

struct prepare_answer {
    destination_facts facts;
    std::string lock_style;
    bool inherit_group = false;
    bool ignores_case = false;
};

/// What is said where the base directory, `base` as it was configured, cannot be used.
failure base_is_missing(const std::string& base);
failure base_is_another(const std::string& base);
failure base_not_writable(const std::string& base);
/// `why`: as strerror(3), or in words; the code hangs on it.
failure base_cannot_be_used(const std::string& base, std::string why);

/// Why there is no staging, and what to set.
std::string refused_staging(std::string_view why);

/// Reads what scripts::prepare answered. `base` names what was configured, for messages. Failures:
/// base_missing, base_changed, not_permitted, io.
result<prepare_answer> read_prepare(std::string_view output, const std::string& base);

}  // namespace suprsync
