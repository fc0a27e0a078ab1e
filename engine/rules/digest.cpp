#include "engine/rules/digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/model/human.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"

namespace suprsync {

namespace {

constexpr double a_day = 86400;                     // s
constexpr std::string_view with_proofs = "proofs";  // behind the first line of a record

// A catalog that was put back from a backup has fewer; an archive that is new has all.
digest_totals since(const digest_mark& last, const digest_archive& now) {
    const auto place = last.archives.find(now.name);
    const auto before = place == last.archives.end() ? digest_totals{} : place->second;
    const auto more = [](std::int64_t after, std::int64_t earlier) {
        return std::max<std::int64_t>(0, after - earlier);
    };
    return {
        more(now.totals.verified, before.verified), more(now.totals.bytes_verified, before.bytes_verified),
        more(now.totals.removed, before.removed),   more(now.totals.bytes_removed, before.bytes_removed),
        more(now.totals.proven, before.proven),     more(now.totals.bytes_proven, before.bytes_proven)};
}

std::string files_text(std::int64_t files, std::int64_t bytes) {
    return human::counted(files, "file") +
           (bytes > 0 ? fmt::format(" ({})", human::bytes(static_cast<double>(bytes))) : "");
}

std::string text_of(const digest_archive& now, const digest_totals& more, epoch_seconds at) {
    auto text = fmt::format("{}: {} delivered and verified", now.name,
                            files_text(more.verified, more.bytes_verified));
    if (more.proven > 0) text += fmt::format(", {} proven again", files_text(more.proven, more.bytes_proven));
    if (more.removed > 0)
        text += fmt::format(", {} deleted here", files_text(more.removed, more.bytes_removed));
    text += now.waiting == 0
                ? std::string(", nothing waits")
                : fmt::format(", {} to go",
                              files_text(now.waiting, static_cast<std::int64_t>(now.bytes_waiting)));
    if (now.failed > 0) text += fmt::format(", {} failed", human::count(now.failed));
    if (now.oldest)
        text +=
            fmt::format(", the oldest that is not verified was registered {}", human::age(*now.oldest, at));
    text += now.finalized_until > 0 ? ", finalized until " + human::date(now.finalized_until)
                                    : std::string(", no day finalized");
    return text;
}

std::string json_of(const digest_archive& now, const digest_totals& more) {
    return fmt::format(
        R"({{"archive":{},"files_verified":{},"bytes_verified":{},"files_proven":{},"bytes_proven":{},"files_deleted":{},"bytes_deleted":{},"files_to_go":{},"bytes_to_go":{},"files_failed":{},"oldest_unverified":{},"finalized_until":{:.3f}}})",
        json_text(now.name), more.verified, more.bytes_verified, more.proven, more.bytes_proven, more.removed,
        more.bytes_removed, now.waiting, now.bytes_waiting, now.failed,
        now.oldest ? fmt::format("{:.3f}", *now.oldest) : "null", now.finalized_until);
}

}  // namespace

digest_totals totals_of(const archive_counts& counts, const proof_counts& proofs) {
    return {counts.verified, counts.known_bytes_verified,
            counts.removed,  counts.known_bytes_removed,
            proofs.files,    proofs.bytes};
}

std::string record_of(const digest_mark& mark) {
    auto record = fmt::format("{} {:.3f} {}\n", mark.day, mark.at, with_proofs);
    for (const auto& [name, t] : mark.archives)
        record += fmt::format("{} {} {} {} {} {} {}\n", t.verified, t.bytes_verified, t.removed,
                              t.bytes_removed, t.proven, t.bytes_proven, name);
    return record;
}

std::optional<digest_mark> read_mark(std::string_view record) {
    digest_mark mark;
    auto line = first_line(record);
    const auto day = take_field<std::int64_t>(line);
    const auto at = take_field<epoch_seconds>(line);
    // Earlier records have no proofs.
    const bool proofs = line == with_proofs;
    if (!day || !at || !std::isfinite(*at) || (!line.empty() && !proofs)) return std::nullopt;
    mark.day = *day;
    mark.at = *at;
    const auto go_on = [&] { record.remove_prefix(std::min(record.size(), first_line(record).size() + 1)); };
    for (go_on(); !record.empty(); go_on()) {
        line = first_line(record);
        const auto verified = take_field<std::int64_t>(line);
        const auto bytes_verified = take_field<std::int64_t>(line);
        const auto removed = take_field<std::int64_t>(line);
        const auto bytes_removed = take_field<std::int64_t>(line);
        const auto proven = proofs ? take_field<std::int64_t>(line) : std::optional<std::int64_t>(0);
        const auto bytes_proven = proofs ? take_field<std::int64_t>(line) : std::optional<std::int64_t>(0);
        if (!verified || !bytes_verified || !removed || !bytes_removed || !proven || !bytes_proven ||
            line.empty())
            return std::nullopt;
        mark.archives[std::string(line)] = {*verified,      *bytes_verified, *removed,
                                            *bytes_removed, *proven,         *bytes_proven};
    }
    return mark;
}

std::int64_t digest_day(const daily_time& when, epoch_seconds now, double offset) {
    const double here = when.local ? now + offset : now;
    return static_cast<std::int64_t>(std::floor((here - when.minutes * 60) / a_day));
}

bool is_due(const digest_mark& last, std::int64_t day) { return day > last.day || day < last.day - 1; }

notice digest_notice(const notify_configuration& entry, const digest_mark& last,
                     const std::vector<digest_archive>& archives,
                     const std::vector<told_condition>& conditions, epoch_seconds at,
                     const notice_source& from) {
    const auto is_wanted = [&](const std::string& archive) {
        return entry.archives.empty() ||
               std::find(entry.archives.begin(), entry.archives.end(), archive) != entry.archives.end();
    };
    digest_totals all;
    std::string lines, list;
    for (const auto& now : archives) {
        if (!is_wanted(now.name)) continue;
        const auto more = since(last, now);
        all.verified += more.verified;
        all.bytes_verified += more.bytes_verified;
        lines += text_of(now, more, at) + "\n";
        list += (list.empty() ? "" : ",") + json_of(now, more);
    }
    std::string stand, standing;
    std::int64_t count = 0;
    for (const auto& c : conditions) {
        if (!c.archive.empty() && !is_wanted(c.archive)) continue;
        ++count;
        stand += fmt::format("! {}{}, since {}: {}\n", c.kind, c.archive.empty() ? "" : " of " + c.archive,
                             human::age(c.since, at), c.message);
        standing += fmt::format(R"({}{{"kind":{},"archive":{},"since":{:.3f},"message":{}}})",
                                standing.empty() ? "" : ",", json_text(c.kind), json_text(c.archive), c.since,
                                json_text(c.message));
    }
    notice told;
    told.what = notice::kind::digest;
    told.at = at;
    told.subject =
        fmt::format("{} delivered since {}, {} ({} at {})", files_text(all.verified, all.bytes_verified),
                    human::date(last.at),
                    count == 0 ? "nothing stands in the way"
                               : human::counted(count, "condition") + (count == 1 ? " holds" : " hold"),
                    from.instance_id, from.host);
    told.text = lines + (stand.empty() ? "No condition holds." : stand);
    told.members = {{"since", fmt::format("{:.3f}", last.at)},
                    {"archives", "[" + list + "]"},
                    {"conditions", "[" + standing + "]"}};
    return told;
}

}  // namespace suprsync
