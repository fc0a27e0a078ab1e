#include "storage/index/id_blocks.hpp"

#include <algorithm>

namespace suprsync {

namespace {

class seeker {
  public:
    seeker(sqlite_connection& connection, const block_filter& filter)
        : connection_(connection), filter_(filter) {
        for (std::size_t i = 0; i < filter.timecodes.size() && i < 2; ++i) ranges_[i] = filter.timecodes[i];
        if (filter.timecodes.empty()) ranges_[0] = timecode_range{};
    }

    std::optional<std::int64_t> first_from(std::int64_t archive, std::int64_t from) {
        auto above = block_of(from);
        if (const auto found = seek(archive, 0, from, last_of_block(above))) return found;
        while (const auto next = seek(archive, 1, above + 1, std::numeric_limits<std::int64_t>::max())) {
            above = *next;
            if (const auto found = seek(archive, 0, first_of_block(above), last_of_block(above)))
                return found;
        }
        return std::nullopt;
    }

  private:
    std::optional<std::int64_t> seek(std::int64_t archive, int level, std::int64_t from, std::int64_t to) {
        auto q = connection_.ask(
            R"(SELECT block FROM suprsync_blocks
            WHERE archive_id = ?1 AND level = ?2 AND block >= ?3 AND block <= ?4 AND (?5 IS NULL OR newest >= ?5)
            AND (timecode >= ?6 AND timecode < ?7 OR timecode >= ?8 AND timecode < ?9)
            ORDER BY block LIMIT 1)",
            archive, level, from, to, filter_.since, ranges_[0].first, ranges_[0].end, ranges_[1].first,
            ranges_[1].end);
        return q.next() ? std::optional(q.integer(0)) : std::nullopt;
    }

    sqlite_connection& connection_;
    const block_filter& filter_;
    timecode_range ranges_[2] = {{0, 0}, {0, 0}};
};

// The timecodes of paths that begin so.
std::vector<timecode_range> timecodes_with(const std::string& prefix) {
    const timecode_range none{timecode_of_none, timecode_of_none + 1};
    const auto first = prefix.substr(0, prefix.find('/'));
    if (first.size() != prefix.size()) {
        const auto timecode = timecode_of(prefix);
        return {timecode ? timecode_range{*timecode, *timecode + 1} : none};
    }
    const bool digits = std::all_of(first.begin(), first.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || first.size() > timecode_digits) return {none};
    std::int64_t from = first.empty() ? 0 : std::stol(first);
    std::int64_t width = 1;
    for (auto n = first.size(); n < timecode_digits; ++n) from *= 10, width *= 10;
    return {{from, from + width}, none};
}

}  // namespace

bool block_filter::lets_pass(std::int64_t remote_key, epoch_seconds timestamp) const {
    if (since && timestamp < *since) return false;
    const auto timecode = remote_key >> remote_hash_bits;
    return timecodes.empty() || std::any_of(timecodes.begin(), timecodes.end(), [&](const auto& range) {
               return timecode >= range.first && timecode < range.end;
           });
}

std::optional<std::int64_t> next_block(sqlite_connection& connection, const archive_table& archives,
                                       const block_filter& filter, std::int64_t archive, std::int64_t from) {
    seeker blocks(connection, filter);
    if (archive != 0) return blocks.first_from(archive, from);
    std::optional<std::int64_t> first;
    for (const auto& entry : archives.all())
        if (const auto found = blocks.first_from(entry.id, from))
            first = std::min(*found, first.value_or(*found));
    return first;
}

block_filter filter_of(const std::optional<std::string>& remote_prefix, std::optional<epoch_seconds> since) {
    block_filter filter;
    filter.since = since;
    if (remote_prefix && !remote_prefix->empty()) filter.timecodes = timecodes_with(*remote_prefix);
    return filter;
}

}  // namespace suprsync
