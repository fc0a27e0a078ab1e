// A private tree of symbolic links that gives every local file of a batch its remote path, so that one rsync
// maps arbitrary local paths to arbitrary remote ones.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/ports/transport.hpp"

namespace suprsync {

class symlink_tree {
  public:
    /// Makes the directory of a tree, at `path`, which must not exist. Failure: runtime_directory.
    static result<symlink_tree> make(std::string path);
    /// Whether the link of this remote path, made by fill(), is still there.
    bool has(const std::string& remote_path) const;
    /// Once. Items that cannot have a link (a file "a" beside "a/b", names that no file system takes) get a
    /// complaint and the others go on. Failures, of the whole: runtime_directory.
    result<void> fill(const std::vector<stage_item>& items);
    symlink_tree(symlink_tree&& other) noexcept;
    symlink_tree& operator=(symlink_tree&& other) noexcept;
    ~symlink_tree();  ///< removes it

    const std::string& path() const { return path_; }
    /// "./path" in the tree, each ended by NUL: what `--files-from` reads (it takes "#x" and ";x" for
    /// comments).
    const std::string& list() const { return list_; }
    /// The same as "./directory/" of each directory with links in it. rsync reads its list with two system
    /// calls for each byte: naming directories halves what it costs to send small files.
    const std::string& directories() const { return directories_; }
    /// Per item; none where it is in the list.
    const std::vector<std::optional<std::string>>& complaints() const { return complaints_; }

  private:
    explicit symlink_tree(std::string path) : path_(std::move(path)) {}
    std::string path_;
    std::string list_;
    std::string directories_;
    std::vector<std::optional<std::string>> complaints_;
};

}  // namespace suprsync
