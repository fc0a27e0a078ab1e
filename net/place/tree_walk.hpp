// Everything below a directory, by descriptors and without following links.
#pragma once

#include <sys/stat.h>

#include <functional>
#include <string>

namespace suprsync {

/// Whether an errno says that descriptors or memory are short, which tells nothing of what was asked for.
bool is_shortage(int error);
/// Said of a place after its path, where a walk had to end for that.
inline constexpr const char* not_walked = " cannot be looked at: no file descriptors or no memory is left";

struct tree_entry {
    int directory = -1;  ///< open: `name` lies in it
    std::string name;
    std::string path;  ///< from where the walk began: "a/b"
    struct ::stat facts{};
};

/// Calls `visit` for each entry, what lies in a directory before the directory, until it returns false or
/// there are no descriptors or no memory to go on; whether that was never so. What else cannot be read, or
/// goes meanwhile, is passed over.
bool walk_tree(int directory, const std::function<bool(const tree_entry&)>& visit);

/// Removes directories below one that are empty, or become so by it.
void prune_tree(int directory);

}  // namespace suprsync
