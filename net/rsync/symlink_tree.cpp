#include "net/rsync/symlink_tree.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "engine/model/text.hpp"

namespace suprsync {

namespace {

constexpr std::size_t longest_remote_path = 4000;  // PATH_MAX less our own prefix and the receiver's

/// Makes the directories that lead to `relative`, each once; 0 or errno.
int make_parents(const std::string& root, std::string_view relative, std::unordered_set<std::string>& made) {
    for (auto slash = relative.find('/'); slash != std::string_view::npos;
         slash = relative.find('/', slash + 1)) {
        std::string directory(relative.substr(0, slash));
        if (made.contains(directory)) continue;
        if (::mkdir((root + "/" + directory).c_str(), 0755) != 0) return errno == EEXIST ? ENOTDIR : errno;
        made.insert(std::move(directory));
    }
    return 0;
}

std::string why_not(int error, const std::string& remote_path) {
    if (error == ENOTDIR || error == EEXIST || error == EISDIR)
        return "its remote path " + remote_path + " and that of another file of the batch exclude each other";
    return "cannot be prepared for rsync: " + std::generic_category().message(error);
}

}  // namespace

result<symlink_tree> symlink_tree::make(std::string path) {
    if (::mkdir(path.c_str(), 0700) != 0)
        return failure{failure_code::runtime_directory, "make the directory", path,
                       std::generic_category().message(errno)};
    return symlink_tree(std::move(path));
}

result<void> symlink_tree::fill(const std::vector<stage_item>& items) {
    complaints_.resize(items.size());
    std::unordered_set<std::string> made;
    std::unordered_set<std::string> listed;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto& item = items[i];
        int error = item.remote_path.size() > longest_remote_path ? ENAMETOOLONG : 0;
        if (error == 0) error = make_parents(path_, item.remote_path, made);
        const auto link = path_ + "/" + item.remote_path;
        const auto& target = item.read_at.empty() ? item.local_path : item.read_at;
        if (error == 0 && ::symlink(target.c_str(), link.c_str()) != 0) error = errno;
        // A local path of no file is that file's own; a tree that somebody removed is not.
        const bool gone = error == ENOENT && ::access(path_.c_str(), F_OK) != 0;
        if (error == ENOSPC || error == EMFILE || error == EROFS || gone)
            return failure{failure_code::runtime_directory, "make a symbolic link in", path_,
                           std::generic_category().message(error)};
        if (error != 0) {
            complaints_[i] = why_not(error, item.remote_path);
            continue;
        }
        list_.append("./").append(item.remote_path).push_back('\0');
        auto directory = item.remote_path;
        directory.resize(directory.size() - name_of(directory).size());
        if (listed.contains(directory)) continue;
        directories_.append("./").append(directory).push_back('\0');
        listed.insert(std::move(directory));
    }
    return {};
}

bool symlink_tree::has(const std::string& remote_path) const {
    struct stat facts{};
    return ::lstat((path_ + "/" + remote_path).c_str(), &facts) == 0;
}

symlink_tree::symlink_tree(symlink_tree&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      list_(std::move(other.list_)),
      directories_(std::move(other.directories_)),
      complaints_(std::move(other.complaints_)) {}

symlink_tree& symlink_tree::operator=(symlink_tree&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(list_, other.list_);
    std::swap(directories_, other.directories_);
    std::swap(complaints_, other.complaints_);
    return *this;
}

symlink_tree::~symlink_tree() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace suprsync
