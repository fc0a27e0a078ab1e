#include "net/rsync/rsync_output.hpp"

#include <algorithm>
#include <unordered_map>

#include "engine/model/text.hpp"
#include "net/remote/answer_records.hpp"
#include "net/remote/shell_text.hpp"

namespace suprsync {

namespace {

/// The number that a text begins with, thousands' commas skipped; none where it begins otherwise.
std::optional<std::uint64_t> leading_number(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    std::uint64_t number = 0;
    bool any = false;
    for (char c : text) {
        if (c == ',') continue;
        if (c < '0' || c > '9') break;
        number = number * 10 + static_cast<std::uint64_t>(c - '0');
        any = true;
    }
    if (!any) return std::nullopt;
    return number;
}

struct named_line {
    std::string path;    ///< as rsync names it
    std::string before;  ///< what it says before and after the name
    std::string after;
};

/// Splits `rsync: [sender] link_stat "/x/y" failed: No such file or directory (2)` at its name.
std::optional<named_line> split(std::string_view line) {
    for (std::string_view prefix : {"rsync: ", "[sender] ", "[receiver] ", "[generator] "})
        if (line.starts_with(prefix)) line.remove_prefix(prefix.size());
    // `cannot delete non-empty directory: a/b` and its like name the file at the end, bare, quotes of its own
    // included.
    for (std::string_view start :
         {"cannot delete non-empty directory: ", "could not make way for new regular file: "})
        if (line.starts_with(start))
            return named_line{rsync_unescaped(line.substr(start.size())), std::string(start), {}};
    const auto open = line.find('"');
    const auto close = line.rfind('"');
    if (open != std::string_view::npos && close > open)
        return named_line{rsync_unescaped(line.substr(open + 1, close - open - 1)),
                          std::string(line.substr(0, open)), std::string(line.substr(close + 1))};
    for (std::string_view start : {"skipping directory ", "skipping non-regular file "})
        if (line.starts_with(start))
            return named_line{rsync_unescaped(line.substr(start.size())), std::string(start), {}};
    return std::nullopt;
}

/// `a/.b.XyZ123`, a temporary name of rsync's, to `a/b`; none where it does not look like one.
std::optional<std::string> without_temporary(const std::string& path) {
    const auto name = name_of(path);
    if (name.size() < 9 || name[0] != '.' || name[name.size() - 7] != '.') return std::nullopt;
    return path.substr(0, path.size() - name.size()) + std::string(name.substr(1, name.size() - 8));
}

bool strip_root(std::string& path, const std::string& root) {
    if (root.empty() || !path.starts_with(root + "/")) return false;
    path.erase(0, root.size() + 1);
    return true;
}

}  // namespace

bool rsync_progress::read(std::string_view output) {
    const auto before = last_;
    const auto files_before = files_;
    const bool seen = first_.has_value();
    for (char c : output) {
        if (c == '\r' || c == '\n') {
            read_line(rest_);
            rest_.clear();
        } else if (rest_.size() < 200) {
            rest_ += c;
        }
    }
    return last_ > before || files_ > files_before || (first_ && !seen);
}

void rsync_progress::read_line(std::string_view line) {
    if (line.starts_with("sent ")) {
        sent_ = leading_number(line.substr(5));
    } else if (line.find('%') != std::string_view::npos) {
        const auto count = leading_number(line);
        if (!count) return;
        if (!first_) first_ = count;
        last_ = std::max(last_, *count);
        // Said when a file ends: `(xfr#5, to-chk=169/396)`.
        constexpr std::string_view counted = "(xfr#";
        if (const auto at = line.find(counted); at != std::string_view::npos)
            files_ =
                std::max<std::size_t>(files_, leading_number(line.substr(at + counted.size())).value_or(0));
    }
}

std::uint64_t rsync_progress::bytes() const {
    if (sent_) return *sent_;
    return last_ - std::min(last_, first_.value_or(last_));
}

std::vector<std::optional<std::string>> rsync_complaints(std::string_view error, const rsync_roots& roots,
                                                         const std::vector<stage_item>& items) {
    std::vector<std::optional<std::string>> complaints(items.size());
    if (error.empty()) return complaints;
    std::unordered_map<std::string_view, std::size_t> index;
    for (std::size_t i = 0; i < items.size(); ++i) index.emplace(items[i].remote_path, i);
    while (const auto said = next_line(error)) {
        auto line = split(*said);
        if (!line) continue;
        const bool sender = strip_root(line->path, roots.sender);
        if (!sender) strip_root(line->path, roots.receiver);
        // Of a symbolic link in our tree that leads nowhere: what is missing is the file.
        if (line->before == "symlink has no referent: ") {
            line->before = "link_stat ";
            line->after = " failed: No such file or directory (2)";
        }
        const auto complain = [&](std::size_t i) {
            if (complaints[i]) return;
            const auto& shown = sender ? items[i].local_path : items[i].remote_path;
            complaints[i] = line->before + "\"" + shown + "\"" + line->after;
        };
        auto found = index.find(line->path);
        // `rename "/b/.x.abcdef" -> "x"`
        if (const auto arrow = line->path.rfind("\" -> \"");
            found == index.end() && arrow != std::string::npos)
            found = index.find(std::string_view(line->path).substr(arrow + 6));
        if (const auto real = found == index.end() ? without_temporary(line->path) : std::nullopt)
            found = index.find(*real);
        if (found != index.end()) {
            complain(found->second);
            continue;
        }
        const auto below = line->path + "/";
        for (std::size_t i = 0; i < items.size(); ++i)
            if (items[i].remote_path.starts_with(below)) complain(i);
    }
    return complaints;
}

}  // namespace suprsync
