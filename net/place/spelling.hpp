// Names that reach what is listed under another one: where case is ignored (APFS, SMB, exFAT), letters are
// written in several ways, or ends of names dropped, two registered files could be one there. Only what a
// directory lists under a name belongs to that name (net/remote/spelling.sh).
#pragma once

#include <optional>
#include <string>

namespace suprsync {

/// How the path `path` below `root` is listed, as far as it is there, where that is not under that very name
/// ("" where it is not seen how); none where each of its names is listed, or is not there.
std::optional<std::string> listed_otherwise(int root, const std::string& path);

/// Whether what stands in a directory under a name stands there in another case, too.
bool folds(int directory, const std::string& name);

/// Whether case is ignored in a directory, as far as what is there tells: nothing is made.
bool ignores_case(int directory, const std::string& real_path);

}  // namespace suprsync
