#include "net/place/parts.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "engine/files/open_beneath.hpp"
#include "engine/model/text.hpp"
#include "net/place/tree_walk.hpp"
#include "net/place/whole_text.hpp"

namespace suprsync {

namespace {

open_descriptor open_or_make(int at, const std::string& name) {
    if (::mkdirat(at, name.c_str(), 0700) != 0 && errno != EEXIST) return {};
    return open_descriptor(::openat(at, name.c_str(), as_directory | O_NOFOLLOW));
}

std::string sealed(std::string line) {
    line += fmt::format(" {:016x}\n", fnv1a(line));
    return line;
}

std::vector<byte_range> in_order(std::vector<byte_range> ranges) {
    std::sort(ranges.begin(), ranges.end(),
              [](const byte_range& a, const byte_range& b) { return a.offset < b.offset; });
    std::vector<byte_range> merged;
    for (const auto& range : ranges) {
        if (merged.empty() || range.offset > merged.back().offset + merged.back().length)
            merged.push_back(range);
        else
            merged.back().length =
                std::max(merged.back().length, range.offset + range.length - merged.back().offset);
    }
    return merged;
}

}  // namespace

// Whoever is done with another slot removes what has become empty.
open_descriptor open_parts(int in, int slot, const char* kind) {
    open_descriptor opened;
    for (int tries = 0; tries < 5 && !opened; ++tries) {
        const auto all = open_or_make(in, parts_name);
        const auto own = all ? open_or_make(all.number(), std::to_string(slot)) : open_descriptor();
        if (own) opened = open_or_make(own.number(), kind);
        if (!opened && errno != ENOENT) break;
    }
    return opened;
}

open_descriptor parts_of(int in, int slot) {
    return open_descriptor(open_beneath(in, fmt::format("{}/{}", parts_name, slot), as_directory));
}

std::string parts_head(std::uint64_t size, std::int64_t mtime_ns, std::uint64_t inode) {
    return sealed(fmt::format("ranges of {} {} {}", size, mtime_ns, inode));
}

std::string parts_line(const byte_range& range) {
    return sealed(fmt::format("{} {}", range.offset, range.length));
}

std::vector<byte_range> read_parts(std::string_view record, std::string_view head, std::uint64_t size) {
    if (!record.starts_with(head)) return {};
    record.remove_prefix(head.size());
    std::vector<byte_range> ranges;
    for (auto end = record.find('\n'); end != std::string_view::npos; end = record.find('\n')) {
        auto line = record.substr(0, end);
        const std::string whole(record.substr(0, end + 1));
        record.remove_prefix(end + 1);
        const auto offset = take_field<std::uint64_t>(line);
        const auto length = offset ? take_field<std::uint64_t>(line) : std::nullopt;
        if (!length || *length == 0 || *offset >= size || *length > size - *offset) continue;
        const byte_range range{*offset, *length};
        if (parts_line(range) == whole) ranges.push_back(range);
    }
    return in_order(std::move(ranges));
}

std::vector<byte_range> missing_of(const std::vector<byte_range>& ranges, std::uint64_t size) {
    std::vector<byte_range> missing;
    std::uint64_t at = 0;
    for (const auto& range : ranges) {
        if (range.offset > at) missing.push_back({at, range.offset - at});
        at = range.offset + range.length;
    }
    if (at < size) missing.push_back({at, size - at});
    return missing;
}

std::vector<staged_file> list_parts(int in, int slot) {
    std::vector<staged_file> found;
    const open_descriptor ranges(
        open_beneath(in, fmt::format("{}/{}/ranges", parts_name, slot), as_directory));
    if (!ranges) return found;
    walk_tree(ranges.number(), [&](const tree_entry& entry) {
        if (!S_ISREG(entry.facts.st_mode)) return true;
        const open_descriptor file(
            ::openat(entry.directory, entry.name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
        const auto record = file ? whole_text(file.number()) : std::string();
        const std::string_view head(record.data(), std::min(record.size(), record.find('\n') + 1));
        std::string_view words = head;
        words.remove_prefix(std::min(words.find_first_of("0123456789"), words.size()));
        const auto size = take_number<std::uint64_t>(words).value_or(0);
        std::uint64_t bytes = 0;
        for (const auto& range : read_parts(record, head, size)) bytes += range.length;
        found.push_back({slot, entry.path, bytes});
        return true;
    });
    return found;
}

void unlink_parts(const slot_hold& slot, const std::string& path) {
    const auto own = parts_of(slot.in(), slot.number());
    if (!own) return;
    for (const char* kind : {"ranges", "data"})
        if (const open_descriptor parts(open_beneath(own.number(), kind, as_directory)); parts)
            ::unlinkat(parts.number(), path.c_str(), 0);
}

void remove_parts(const slot_hold& slot, const std::string& path) {
    unlink_parts(slot, path);
    if (const auto own = parts_of(slot.in(), slot.number()))
        for (const char* kind : {"data", "ranges"})
            if (const open_descriptor parts(open_beneath(own.number(), kind, as_directory)); parts)
                prune_tree(parts.number());
    const open_descriptor all(open_beneath(slot.in(), parts_name, as_directory));
    for (const char* kind : {"data", "ranges", ""})
        ::unlinkat(all.number(), fmt::format("{}/{}", slot.number(), kind).c_str(), AT_REMOVEDIR);
    ::unlinkat(slot.in(), parts_name, AT_REMOVEDIR);
}

}  // namespace suprsync
