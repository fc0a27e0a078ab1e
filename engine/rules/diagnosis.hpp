// What `suprsync doctor` says: facts that were gathered here and at the destination, each judged by itself:
// fine, to be checked, or in the way, with what to do. Pure functions; gathering is the other rooms' part.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/clock_reading.hpp"
#include "engine/model/destination.hpp"
#include "engine/model/disk_space.hpp"
#include "engine/model/failure.hpp"
#include "engine/model/settings.hpp"

namespace suprsync {

enum class health { ok, warning, failed };

/// One line of the doctor.
struct finding {
    health how = health::ok;
    std::string archive;  ///< empty: of the whole daemon
    std::string check;    ///< "ssh", "base directory": what was probed
    std::string text;     ///< what was found, and what to do
};

/// A directory on this machine that is there, or is to be made.
struct probed_place {
    std::string path;
    bool answers = true;  ///< false: nothing else is known
    bool exists = false;
    bool is_directory = false;
    std::string nearest;  ///< nearest ancestor that exists: itself where it does
    bool readable = false;
    bool writable = false;  ///< `nearest`, by this user
    bool sticky = false;    ///< only owners may remove files in it, and this user does not own it
    std::uint64_t device = 0, inode = 0;  ///< of what is at `path`
    std::optional<disk_space> space;
};

/// What the catalog remembers of an archive.
struct probed_archive {
    bool has_verified = false;
    std::optional<base_identity> base;
    bool paused = false;
    std::string pause_reason;
    std::optional<std::int64_t> unsummed;         ///< files that wait and have no local sum; none: not known
    std::vector<std::string> recent_directories;  ///< of local files that are not deleted, at most 10
};

struct probed_catalog {
    std::string path;
    bool exists = false;
    bool writable = false;          ///< the file and its directory
    std::optional<failure> error;   ///< why it cannot be used
    std::string not_probed;         ///< why it was not probed, though it may be fine
    std::string damage;             ///< what PRAGMA quick_check said; empty: nothing
    bool probed_to_the_end = true;  ///< false: the check ended at its time limit
    std::int64_t rows = 0;          ///< highest id
    std::string uuid;               ///< '' where it has none yet
    std::map<std::string, probed_archive> archives;
};

/// A program on this machine.
struct probed_program {
    std::string name;
    std::string version;  ///< first line that it says of itself; empty: it is not there
    std::string package;
};

struct probed_destination {
    std::optional<failure> unreachable;  ///< the rest is empty then
    std::string account;
    double clock_difference = 0;  ///< s that its clock is ahead
    double clock_uncertainty = 0;
    std::string no_locks;  ///< why nothing can be locked there; empty where it can
    std::string rsync_version;

    bool base_exists = false;
    std::string base;        ///< real path where it exists
    std::string base_error;  ///< why it cannot be used: no directory, may not be entered
    base_identity identity;
    bool on_this_machine = false;         ///< it runs on the same kernel
    std::uint64_t device = 0;             ///< of the base directory
    bool tells_what_is_in_memory = true;  ///< fincore is installed there
    std::string mode;                     ///< octal
    std::string owner;                    ///< user:group
    bool base_writable = false;
    bool parent_exists = false;
    bool parent_writable = false;
    std::optional<disk_space> space;

    /// Some below the base directory: `l` a symbolic link, `u` may not be written, `x` another file system.
    std::vector<std::pair<char, std::string>> unusable_directories;
    bool ignores_case = false;    ///< IV.dat and iv.dat are one name there
    std::string staging;          ///< where it would be
    std::string staging_nearest;  ///< nearest directory of it that exists
    bool staging_writable = false;
    std::string staging_refused;  ///< why what is there of it would be refused; empty where nothing is wrong
    bool staging_same_file_system = false;
    bool base_is_mount_point = false;
};

std::vector<finding> judge_programs(const std::vector<probed_program>& programs);
/// `error`: why no MD5 sum can be computed on this machine; empty where it can.
finding judge_md5(const std::string& error);
/// How much is left at `where`.
finding judge_space(const std::string& archive, const std::string& check, const std::string& where,
                    const disk_space& space);
/// The clock of this machine.
finding judge_own_clock(const clock_reading& here);
std::vector<finding> judge_catalog(const probed_catalog& catalog);
finding judge_finalization_root(const std::string& archive, const probed_place& root);
/// A local root, or a directory in which registered files lie.
finding judge_local_directory(const archive_configuration& archive, const std::string& check,
                              const probed_place& place);
/// Whoever names a suprsync at the destination (remote_suprsync) expects it there.
bool expects_far_side(const archive_configuration& archive);
/// What carries the archive's files, for an ssh host: the suprsync there of that version, or rsync since
/// there is none that can be used, which `refused` tells: a warning where it is expected.
finding judge_transfer(const archive_configuration& archive, const std::string& version,
                       const std::string& refused);
/// `remembered`: what the catalog knows of the archive; null where it does not. `local`: where its files lie.
std::vector<finding> judge_destination(const archive_configuration& archive, const probed_destination& there,
                                       const probed_archive* remembered,
                                       const std::vector<probed_place>& local = {});

}  // namespace suprsync
