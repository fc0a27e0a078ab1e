// Which registrations are accepted, and which remote paths can be copied at all (spec, What may be
// registered): by their names, and by what is registered for their path already. No I/O.
#pragma once

#include <string>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/model/file.hpp"
#include "engine/model/option_words.hpp"
#include "engine/model/rows.hpp"

namespace suprsync {

/// Longest path component and path that Linux file systems hold (NAME_MAX, PATH_MAX less a base directory's
/// share).
inline constexpr std::size_t longest_component = longest_name;
inline constexpr std::size_t longest_remote_path = 3072;

/// A remote path that may be copied, as plain_remote_path() has it: relative, at least one component, none
/// "..", no NUL, lengths as above. Applies to rows of other programs, too; their encoding is theirs. Failure
/// `invalid` with what is wrong.
result<void> check_remote_path(const std::string& remote_path);

/// The remote path without empty and "." components, as Python's os.path.normpath has it: "./a//b/./c/" is
/// "a/b/c". It is the one name of a destination path, however a script spelled it. A leading "/" and ".."
/// stay, since such a path leads out of the base directory and is refused.
std::string plain_remote_path(const std::string& remote_path);

/// A local path that may be registered: absolute, no NUL, no ".." component (beyond a symbolic link it leads
/// elsewhere than the text says, so that no text is the one name of the file).
result<void> check_local_path(const std::string& local_path);

/// The absolute path without empty and "." components: "/a//./b" is "/a/b". It names the same file, and what
/// is registered is stored so, since rows of one local file are found by its text.
std::string plain_local_path(const std::string& local_path);

/// Whether both are plainly the same: other programs store a path as they spell it. By symbolic links two
/// paths may lead to one file all the same.
bool is_one_local_path(const std::string& one, const std::string& other);

/// 32 hexadecimal digits, in lower case, as md5sum prints them; "" (none).
result<void> check_md5(const std::string& md5);

/// All of these, the encoding of the texts, the range of the timestamp and the archive's name (spec, What may
/// be registered). Failure `invalid`.
result<void> check_registration(const registration& file);
/// The same but for the archive's name.
result<void> check_file(const registration& file);

/// Whether the path, as it is spelled, lies below one of the directories, as they are spelled. Rows of other
/// programs may lie anywhere; what is spelled below a local root is read below the roots only (spec, What may
/// be registered).
bool spelled_below_any(const std::string& local_path, const std::vector<std::string>& roots);

/// Whether the real path lies below (or is) one of the directories, given as real paths.
bool lies_below_any(const std::string& real_path, const std::vector<std::string>& roots);

struct registration_claim {
    enum class verdict {
        fresh,     ///< a row is to be made
        existed,   ///< `identical` is that registration, and unsettled: it is the answer
        conflict,  ///< another local file owns the path, or would own it once our older versions yield
    };
    verdict decision = verdict::fresh;
    file_id identical = 0;
    std::vector<file_id> supersedes;  ///< where fresh: older versions not yet delivered, to be ignored
    std::string reason;               ///< for people, where it is a conflict
};

/// Judges a registration among the claimants of its path, as the newest of them.
registration_claim judge_registration(const registration& file, std::vector<claimant> claimants);

}  // namespace suprsync
