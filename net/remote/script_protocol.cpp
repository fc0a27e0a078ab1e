#include "net/remote/script_protocol.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "engine/model/text.hpp"
#include "net/remote/answer_records.hpp"
#include "net/remote/object_records.hpp"
#include "net/remote/shell_text.hpp"

namespace suprsync {

namespace {

/// The numbers of a text, each after a space; what is none ends it.
std::vector<file_id> numbers_in(std::string_view text) {
    std::vector<file_id> numbers;
    while (text.starts_with(' ')) {
        text.remove_prefix(1);
        const auto number = take_number<file_id>(text);
        if (!number) break;
        numbers.push_back(*number);
    }
    return numbers;
}

publish_outcome outcome_of(char letter) {
    switch (letter) {
        case 'P':
            return publish_outcome::published;
        case 'A':
            return publish_outcome::already_there;
        case 'R':
            return publish_outcome::replaced;
        case 'S':
            return publish_outcome::superseded;
        case 'C':
            return publish_outcome::conflict;
        case 'D':
            return publish_outcome::held_back;
        case 'F':
            return publish_outcome::refused;
        default:
            return publish_outcome::unknown;
    }
}

}  // namespace

std::string dotted_list(const std::vector<std::string>& paths) {
    std::string list;
    for (const auto& path : paths) list.append("./").append(path).push_back('\0');
    return list;
}

std::string sealed_list(const std::vector<std::string>& paths) {
    std::string list;
    for (const auto& path : paths) list.append(path).append("//").push_back('\0');
    return list;
}

std::vector<std::string> directories_of(const std::vector<std::string>& paths) {
    std::vector<std::string> directories;
    std::unordered_set<std::string> known;
    for (const auto& path : paths)
        for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
            auto directory = path.substr(0, slash);
            if (known.insert(directory).second) directories.push_back(std::move(directory));
        }
    return directories;
}

std::string publish_list(const std::vector<publish_item>& items) {
    std::vector<std::string> paths;
    for (const auto& item : items) paths.push_back(item.remote_path);
    std::string list;
    for (const auto& directory : directories_of(paths))
        list.append("d ").append(directory).append("//").push_back('\0');
    std::vector<std::pair<std::string, std::size_t>> in_order;
    for (std::size_t i = 0; i < items.size(); ++i)
        in_order.emplace_back(directory_of(items[i].remote_path), i);
    std::ranges::sort(in_order);
    for (const auto& [directory, i] : in_order) {
        const auto& item = items[i];
        list.append(std::to_string(item.id)).append(" ").append(item.md5).append(" ");
        list.append(item.supersedes_md5 && !item.supersedes_md5->empty() ? *item.supersedes_md5 : "-");
        list.append(" ").append(item.remote_path).append("//").push_back('\0');
    }
    return list;
}

std::optional<std::string> sum_list(const std::vector<publish_item>& items) {
    std::string list;
    for (const auto& item : items) {
        if (!is_md5(item.md5) || item.remote_path.find('\r') != std::string::npos) return std::nullopt;
        // A line that begins with a backslash has its newlines and backslashes written as \n and \\.
        const bool escaped = item.remote_path.find_first_of("\\\n") != std::string::npos;
        if (escaped) list.push_back('\\');
        list.append(item.md5).append("  ./");
        for (const char c : item.remote_path) {
            if (c == '\n')
                list.append("\\n");
            else if (c == '\\')
                list.append("\\\\");
            else
                list.push_back(c);
        }
        list.push_back('\n');
    }
    return list;
}

std::optional<std::string> delivery_list(const std::vector<publish_item>& items) {
    std::vector<std::string> paths;
    for (const auto& item : items) paths.push_back(item.remote_path);
    std::unordered_set<std::string> with_files;
    for (const auto& path : paths) with_files.insert(directory_of(path));
    std::string list = with_files.contains(".") ? "//f\n" : "";
    for (const auto& directory : directories_of(paths)) {
        if (directory.find('\n') != std::string::npos) return std::nullopt;
        list.append(directory).append(with_files.contains(directory) ? "//f\n" : "//\n");
    }
    return list.append(".\n");
}

std::string object_list(const std::vector<publish_item>& items) {
    constexpr std::int64_t second = 1'000'000'000;
    std::set<std::string> lines;
    for (const auto& item : items)
        lines.insert(fmt::format("{} {}.{:09}0\n", item.local.inode, item.local.changed_ns / second,
                                 item.local.changed_ns % second));
    std::string list;
    for (const auto& line : lines) list += line;
    return list;
}

optional_strings read_sums(std::string_view output, const std::vector<std::string>& paths) {
    optional_strings sums(paths.size());
    const path_index index(paths);
    while (const auto record = next_record(output)) {
        if (record->size() < 35 || !is_md5(record->substr(0, 32))) continue;
        if (const auto i = index.find(record->substr(34))) sums[*i] = record->substr(0, 32);
    }
    return sums;
}

optional_strings read_reasons(std::string_view error, std::string_view program,
                              const std::vector<std::string>& paths) {
    optional_strings reasons(paths.size());
    if (error.empty()) return reasons;
    const path_index index(paths);
    const std::string start = std::string(program) + ": ";
    while (auto line = next_line(error)) {
        if (!line->starts_with(start)) continue;
        line->remove_prefix(start.size());
        for (std::string_view verb : {"cannot statx ", "cannot stat "})
            if (line->starts_with(verb)) line->remove_prefix(verb.size());
        const auto colon = line->rfind(": ");
        if (colon == std::string_view::npos) continue;
        if (const auto i = index.find(coreutils_unquoted(line->substr(0, colon))))
            reasons[*i] = line->substr(colon + 2);
    }
    return reasons;
}

optional_strings read_unusable(std::string_view output, const std::vector<std::string>& paths) {
    std::unordered_map<std::string, std::string> known;
    while (const auto directory = next_record(output)) {
        const auto reason = next_record(output);
        if (!reason) break;
        known.emplace(*directory, *reason);
    }
    optional_strings unusable(paths.size());
    for (std::size_t i = 0; i < paths.size(); ++i)
        if (const auto found = known.find(directory_of(paths[i])); found != known.end())
            unusable[i] = found->second;
    return unusable;
}

void read_publish(std::string_view output, const std::vector<publish_item>& items, publish_report& report,
                  std::string_view boot_id) {
    report.objects.resize(items.size());
    std::unordered_map<std::string_view, std::size_t> index;
    std::unordered_map<file_id, std::size_t> by_id;
    for (std::size_t i = 0; i < items.size(); ++i) {
        index.emplace(items[i].remote_path, i);
        by_id.emplace(items[i].id, i);
    }
    while (const auto record = next_record(output)) {
        const auto detail = next_record(output);
        if (!detail) break;
        if (record->empty()) continue;
        if (record->starts_with("K ")) {
            for (const auto id : numbers_in(record->substr(1)))
                if (const auto known = by_id.find(id); known != by_id.end())
                    report.outcomes[known->second] = publish_outcome::published;
            continue;
        }
        const auto found = index.find(record->substr(1));
        if (found == index.end()) continue;
        auto& outcome = report.outcomes[found->second];
        outcome = outcome_of(record->front());
        if (outcome == publish_outcome::already_there)
            report.objects[found->second] = read_object(*detail, boot_id);
        else
            report.details[found->second] = *detail;
    }
}

}  // namespace suprsync
