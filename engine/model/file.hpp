// The words of the program as types: a file (one row of the catalog), a registration, what is known of a
// local file, an archive's timecode. Every other header speaks in these.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace suprsync {

using file_id = std::int64_t;

/// Seconds since the Unix epoch, UTC.
using epoch_seconds = double;

/// One row of the shared table `supersync_v0`, NULLs read so that nothing is lost by them: attempts 0,
/// not deletable, not ignored (spec, Shared tables).
struct file_row {
    file_id id = 0;
    std::string local_path;
    std::string local_md5sum;  ///< '' until computed
    std::string archive_name;
    std::string remote_path;      ///< without empty and "." components, however it is stored
    epoch_seconds timestamp = 0;  ///< of registration; 0 where it is `undated`
    std::optional<std::string> remote_md5sum;
    std::optional<epoch_seconds> copied;
    std::optional<epoch_seconds> removed;  ///< 0: found missing
    int failed_copy_attempts = 0;
    bool deletable = true;
    bool ignore = false;
    /// The timestamp that another program stored is no finite number >= 0: nobody knows how old the row is.
    bool undated = false;

    bool operator==(const file_row&) const = default;
};

/// What a writer asks to be copied.
struct registration {
    std::string local_path;
    std::string remote_path;
    std::string archive_name;
    std::string local_md5sum;  ///< '' where the daemon shall compute it
    epoch_seconds timestamp = 0;
    bool deletable = true;
    std::optional<std::uint64_t> size{};  ///< bytes, where the file was checked

    bool operator==(const registration&) const = default;
};

/// Tells whether a local file is the one seen before. All of it is taken from one stat(2), symbolic links
/// followed.
struct file_identity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;     ///< bytes
    std::int64_t mtime_ns = 0;  ///< nanoseconds since the epoch
    /// st_ctime, nanoseconds since the epoch; a link or a chmod changes it, so it is not compared, nor kept.
    std::int64_t changed_ns = 0;

    bool operator==(const file_identity& other) const {
        return device == other.device && inode == other.inode && size == other.size &&
               mtime_ns == other.mtime_ns;
    }
    epoch_seconds mtime() const { return static_cast<double>(mtime_ns) * 1e-9; }
};

/// What of an identity says the same after a restart of the machine, or a new mount: the number of a device
/// may be another one then.
struct lasting_identity {
    std::uint64_t inode = 0;
    std::uint64_t size = 0;     ///< bytes
    std::int64_t mtime_ns = 0;  ///< nanoseconds since the epoch

    bool operator==(const lasting_identity&) const = default;
};
inline lasting_identity lasting(const file_identity& file) { return {file.inode, file.size, file.mtime_ns}; }

/// The name that a local file has in its directory while it is being removed (spec, Deleting).
inline constexpr std::string_view removal_prefix = ".suprsync-remove-";
inline std::string removal_name(file_id id) { return std::string(removal_prefix) + std::to_string(id); }

/// Parts of a remote path: "17000" and "smurf/a.g3" of "17000/smurf/a.g3"; the rest is empty where there is
/// none.
inline std::string_view first_component(std::string_view path) { return path.substr(0, path.find('/')); }
inline std::string_view after_first_component(std::string_view path) {
    const auto slash = path.find('/');
    return slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
}

/// The name of a timecode's directory: exactly five decimal digits (spec, Words), "00042".
inline constexpr std::size_t timecode_digits = 5;
inline std::string timecode_directory(int timecode) {
    return fmt::format("{:0{}}", timecode, timecode_digits);
}

/// The timecode whose directory has this name; none where it is no such name.
inline std::optional<int> read_timecode(std::string_view directory) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (directory.size() != timecode_digits || !std::all_of(directory.begin(), directory.end(), is_digit))
        return std::nullopt;
    int timecode = 0;
    for (const char c : directory) timecode = timecode * 10 + (c - '0');
    return timecode;
}

/// The timecode of a remote path, by its first component; none where that is no timecode's directory.
inline std::optional<int> timecode_of(std::string_view remote_path) {
    return read_timecode(first_component(remote_path));
}

/// int(t // 1e5): the timecode that is current at `t`.
inline int timecode_at(epoch_seconds t) { return static_cast<int>(std::floor(t / 1e5)); }

/// The second path component of a remote path that lies deeper than that ("17000/smurf/x.g3" -> "smurf"), for
/// a finalization file's `subdirs`; none for "17000/x.g3".
inline std::optional<std::string> subdir_of(std::string_view remote_path) {
    const auto rest = after_first_component(remote_path);
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    return std::string(rest.substr(0, slash));
}

/// How the name of a finalization file ends, `<time>_<archive>_<timecode>` before it.
inline constexpr std::string_view finalization_suffix = "_finalized.yaml";

/// Whether the remote path is that of a finalization file: `<5
/// digits>/suprsync/<instance>/<name>_finalized.yaml`. Such files are no data (spec, Timecode directories).
inline bool is_finalization_path(std::string_view remote_path) {
    const auto below = after_first_component(remote_path);
    const auto instance_and_name = after_first_component(below);
    const auto name = after_first_component(instance_and_name);
    return timecode_of(remote_path) && first_component(below) == "suprsync" && !name.empty() &&
           name.find('/') == std::string_view::npos && name.ends_with(finalization_suffix);
}

}  // namespace suprsync
