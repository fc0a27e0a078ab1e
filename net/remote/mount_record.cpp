#include "net/remote/mount_record.hpp"

#include <algorithm>
#include <string>

#include "net/remote/shell_text.hpp"

namespace suprsync {

namespace {

// Blanks and backslashes stand there as "\040" (proc(5)).
std::string unescaped(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        const char c = text.front();
        text.remove_prefix(1);
        plain += c == '\\' ? take_octal_byte(text).value_or(c) : c;
    }
    return plain;
}

std::string_view next_word(std::string_view& line) {
    const auto end = std::min(line.find(' '), line.size());
    const auto word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return word;
}

std::string_view without_slash(std::string_view path) {
    if (path.ends_with('/')) path.remove_suffix(1);
    return path;
}

// What a mount shows, as a path in its file system. NFS tells "/" of every mount (nfs_show_path), also where
// one file system of a server is mounted by several directories; its source says which of them.
std::optional<std::string> shown_root(std::string_view root, std::string_view rest_of_line) {
    constexpr std::string_view separator = " - ";
    const auto at = rest_of_line.find(separator);
    if (at == std::string_view::npos) return std::nullopt;
    rest_of_line.remove_prefix(at + separator.size());
    if (const auto type = next_word(rest_of_line); type != "nfs" && type != "nfs4") return unescaped(root);
    const auto source = unescaped(next_word(rest_of_line));
    const auto path = source.find(":/");
    if (path == std::string::npos) return std::nullopt;
    return source.substr(path + 1);
}

}  // namespace

std::optional<directory_place> read_place(std::string_view line, std::string_view machine,
                                          std::string_view real_path) {
    next_word(line);  // the mount's number
    next_word(line);  // its parent's
    const std::string file_system(next_word(line));
    const auto told_root = next_word(line);
    const auto mounted_at = unescaped(next_word(line));
    const auto root = shown_root(told_root, line);
    const auto top = without_slash(mounted_at);
    if (machine.empty() || !mounted_at.starts_with('/') || !root || !root->starts_with('/') ||
        !real_path.starts_with(top))
        return std::nullopt;
    const auto below = without_slash(real_path.substr(top.size()));
    if (!below.empty() && below.front() != '/') return std::nullopt;
    auto path = std::string(without_slash(*root)) + std::string(below);
    return directory_place{std::string(machine), file_system, path.empty() ? "/" : path};
}

}  // namespace suprsync
