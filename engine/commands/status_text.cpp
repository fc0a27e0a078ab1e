#include "engine/commands/status_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/commands/progress_bar.hpp"
#include "engine/commands/table.hpp"
#include "engine/loop/this_machine.hpp"
#include "engine/model/human.hpp"
#include "engine/model/shown_text.hpp"

namespace suprsync {

namespace {

cell files_cell(std::int64_t files, std::uint64_t bytes) {
    auto text = human::count(files);
    if (bytes > 0) text += " (" + human::bytes(static_cast<double>(bytes)) + ")";
    return {text, fmt::format("{}", files)};
}

cell deletable_cell(const archive_activity& a) {
    if (!a.files_deletable) return {"-", ""};
    return files_cell(*a.files_deletable,
                      static_cast<std::uint64_t>(std::max<std::int64_t>(0, a.bytes_deletable.value_or(0))));
}

cell rate_cell(double bytes_per_second) {
    return {human::bytes(bytes_per_second) + "/s", fmt::format("{:.0f}", bytes_per_second)};
}

cell span_cell(const std::optional<double>& seconds) {
    if (!seconds) return {"-", ""};
    return {*seconds < 1 ? fmt::format("{:.1f} s", *seconds) : human::span(*seconds),
            fmt::format("{:.3f}", *seconds)};
}

std::string archives_text(const status_snapshot& now, epoch_seconds at) {
    table shown({"ARCHIVE", "ACTIVITY", ">IN FLIGHT", ">WAITING", ">OLDEST", ">RATE", ">1 MIN", ">15 MIN",
                 ">END", ">P50", ">P99", ">NEXT ATTEMPT", "FINALIZED UNTIL", "DESTINATION"});
    for (const auto& a : now.archives) {
        const double until = now.archive_stats.at(a.name).finalized_until;
        shown.add({text_cell(a.name),
                   text_cell(a.activity),
                   files_cell(a.files_in_flight, a.bytes_in_flight),
                   files_cell(a.files_waiting, a.bytes_waiting),
                   time_cell(a.oldest_waiting, at),
                   rate_cell(a.bytes_per_second),
                   rate_cell(a.bytes_per_second_1m),
                   rate_cell(a.bytes_per_second_15m),
                   time_cell(a.estimated_end, at),
                   span_cell(a.verified_after_p50),
                   span_cell(a.verified_after_p99),
                   time_cell(a.next_attempt, at),
                   {until > 0 ? human::date(until) : "-", until > 0 ? fmt::format("{:.3f}", until) : ""},
                   text_cell(a.destination)});
    }
    return shown.empty() ? "no archives" : shown.text();
}

// What there is, and what was done: two questions, whose answers look alike.
std::string counts_text(const status_snapshot& now, epoch_seconds at) {
    if (now.archives.empty()) return "";
    table held(
        {"ARCHIVE", ">FILES", ">UNSETTLED", ">FAILED", ">IGNORED", ">VERIFIED", ">DELETED", ">DELETABLE"});
    table done({"ARCHIVE", ">VERIFIED", ">DELETED", ">LATE"});
    for (const auto& a : now.archives) {
        held.add({text_cell(a.name), number_cell(a.catalog.files), number_cell(a.catalog.unsettled),
                  number_cell(a.catalog.failed), number_cell(a.catalog.ignored),
                  number_cell(a.catalog.verified), number_cell(a.catalog.deleted), deletable_cell(a)});
        done.add({text_cell(a.name), number_cell(a.files_verified), number_cell(a.files_deleted),
                  number_cell(a.late_files)});
    }
    return fmt::format("\n\nIn the catalog:\n{}\n\nDone since the start, {}:\n{}", held.text(),
                       human::age(now.started_at, at), done.text());
}

// A line for each batch.
std::string transfers_text(const status_snapshot& now, epoch_seconds at) {
    if (now.transfers.empty()) return "";
    std::string text = "\n\nIn flight:";
    for (const auto& t : now.transfers) {
        const bool reads = t.stage == flight_stage::hashing && t.bytes_to_hash > 0;
        text +=
            fmt::format("\n{} {:<10} {}", shown_name(t.archive), name_of(t.stage),
                        reads ? bar_text(t.bytes_hashed, t.bytes_to_hash) : bar_text(t.bytes_done, t.bytes));
        if (t.bytes > 0)
            text += fmt::format(" {} of {}", human::bytes(static_cast<double>(t.bytes_done)),
                                human::bytes(static_cast<double>(t.bytes)));
        if (t.stage == flight_stage::copying)
            text += fmt::format(" at {}/s", human::bytes(t.bytes_per_second));
        text += more_progress_text(t);
        text += fmt::format(", for {}: {}", human::span(at - t.since), shown_name(t.local_path));
        if (t.files > 1) text += fmt::format(" and {}", human::counted(t.files - 1, "other"));
    }
    return text;
}

// Copies that were asked for again, a line for each archive of which there is something to say.
std::string checks_text(const status_snapshot& now, epoch_seconds at) {
    std::string text;
    for (const auto& a : now.archives) {
        const auto& s = a.scrub;
        if (!s.on && !a.oldest_check && s.files_proven == 0 && s.mismatches == 0) continue;
        const auto name = shown_name(a.name);
        text += a.oldest_check ? fmt::format("\nevery copy of {} was checked within the last {}", name,
                                             human::span(at - *a.oldest_check))
                               : fmt::format("\nnot every copy of {} was checked yet", name);
        if (s.round_done && s.round_begun)
            text += fmt::format("; a round that began {} is {:.0f} % done", human::age(*s.round_begun, at),
                                *s.round_done * 100);
        text += fmt::format("; proven again so far: {} ({})", human::counted(s.files_proven, "file"),
                            human::bytes(static_cast<double>(s.bytes_proven)));
        if (s.mismatches > 0)
            text += fmt::format("; not as they were verified: {}", human::count(s.mismatches));
    }
    return text;
}

std::string conditions_text(const status_snapshot& now, epoch_seconds at) {
    std::string text;
    for (const auto& c : now.conditions) {
        const auto count = static_cast<std::int64_t>(c.count);
        text += fmt::format("\n! {}{}, since {} ({}):\n  {}", shown_name(c.kind),
                            c.archive.empty() ? "" : " of " + shown_name(c.archive), human::age(c.since, at),
                            count == 1 ? "once" : human::count(count) + " times", shown_name(c.message));
    }
    return text;
}

}  // namespace

std::string status_line(const status_snapshot& now, epoch_seconds at) {
    std::int64_t files = 0, failed = 0;
    double bytes = 0, rate = 0;
    for (const auto& a : now.archives) {
        files += a.files_waiting + a.files_in_flight;
        bytes += static_cast<double>(a.bytes_waiting + a.bytes_in_flight);
        rate += a.bytes_per_second;
        failed += a.files_failed;
    }
    auto line =
        fmt::format("suprsync {} as {}, up {}, {}", shown_name(now.version), shown_name(now.instance_id),
                    human::span(at - now.started_at), shown_name(now.activity));
    if (files > 0) line += fmt::format(", {} to go", human::counted(files, "file"));
    if (files > 0 && bytes > 0) line += fmt::format(" ({})", human::bytes(bytes));
    if (rate > 0) line += fmt::format(" at {}/s", human::bytes(rate));
    if (failed > 0) line += fmt::format(", {} failed", human::count(failed));
    if (now.degraded) line += ", DEGRADED";
    return line;
}

std::string more_progress_text(const transfer& batch) {
    std::string text;
    if (batch.stage == flight_stage::copying && batch.files > 1)
        text += fmt::format(", {} of {} files", human::count(batch.files_sent), human::count(batch.files));
    if (batch.bytes_to_hash > 0)
        text += fmt::format(", {} of {} hashed", human::bytes(static_cast<double>(batch.bytes_hashed)),
                            human::bytes(static_cast<double>(batch.bytes_to_hash)));
    return text;
}

std::string status_text(const status_snapshot& now) {
    const auto at = wall_clock();
    return fmt::format("{}\n{}{}{}{}{}", status_line(now, at), archives_text(now, at),
                       transfers_text(now, at), counts_text(now, at), checks_text(now, at),
                       conditions_text(now, at));
}

}  // namespace suprsync
