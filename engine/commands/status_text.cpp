#include "engine/commands/status_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string_view>

#include "engine/commands/table.hpp"
#include "engine/loop/this_machine.hpp"
#include "engine/model/human.hpp"
#include "engine/model/shown_text.hpp"

namespace json = boost::json;

namespace suprsync {

namespace {

// What another version of the daemon does not tell is left out, not an error.
std::string text_of(const json::object& o, const char* key) {
    const auto* v = o.if_contains(key);
    return v && v->is_string() ? std::string(v->get_string()) : "";
}

double number_of(const json::object& o, std::string_view key) {
    const auto* v = o.if_contains(key);
    return v && v->is_number() ? v->to_number<double>() : 0;
}

bool is_true(const json::object& o, const char* key) {
    const auto* v = o.if_contains(key);
    return v && v->is_bool() && v->get_bool();
}

const json::object& object_of(const json::object& o, std::string_view key) {
    static const json::object none;
    const auto* v = o.if_contains(key);
    return v && v->is_object() ? v->get_object() : none;
}

template <class Number>
void take_number_of(const json::object& o, const char* key, Number& into) {
    into = static_cast<Number>(std::clamp(number_of(o, key), 0.0, 1e18));
}

archive_activity read_archive(std::string_view name, const json::object& o) {
    archive_activity a;
    a.name = name;
    a.destination = text_of(o, "destination");
    a.activity = text_of(o, "activity");
    take_number_of(o, "files_in_flight", a.files_in_flight);
    take_number_of(o, "bytes_in_flight", a.bytes_in_flight);
    take_number_of(o, "files_waiting", a.files_waiting);
    take_number_of(o, "bytes_waiting", a.bytes_waiting);
    take_number_of(o, "files_failed", a.files_failed);
    take_number_of(o, "files_verified", a.files_verified);
    take_number_of(o, "files_deleted", a.files_deleted);
    a.bytes_per_second = number_of(o, "bytes_per_second");
    if (const auto next = number_of(o, "next_attempt"); next > 0) a.next_attempt = next;
    return a;
}

status_snapshot read_snapshot(const json::object& data) {
    status_snapshot now;
    now.activity = text_of(data, "activity");
    now.instance_id = text_of(data, "instance_id");
    now.version = text_of(data, "version");
    now.started_at = number_of(data, "started_at");
    now.degraded = is_true(data, "degraded");
    const auto& stats = object_of(data, "archive_stats");
    for (const auto& [name, value] : object_of(data, "archives")) {
        if (!value.is_object()) continue;
        now.archives.push_back(read_archive(name, value.get_object()));
        now.archive_stats[std::string(name)].finalized_until =
            number_of(object_of(stats, name), "finalized_until");
    }
    const auto* conditions = data.if_contains("conditions");
    if (!conditions || !conditions->is_array()) return now;
    for (const auto& value : conditions->get_array()) {
        if (!value.is_object()) continue;
        const auto& o = value.get_object();
        condition c{text_of(o, "kind"), text_of(o, "archive"), text_of(o, "message"), number_of(o, "since")};
        take_number_of(o, "count", c.count);
        now.conditions.push_back(std::move(c));
    }
    return now;
}

cell files_cell(std::int64_t files, std::uint64_t bytes) {
    auto text = human::count(files);
    if (bytes > 0) text += " (" + human::bytes(static_cast<double>(bytes)) + ")";
    return {text, fmt::format("{}", files)};
}

std::string archives_text(const status_snapshot& now, epoch_seconds at) {
    table shown({"ARCHIVE", "ACTIVITY", ">IN FLIGHT", ">WAITING", ">RATE", ">VERIFIED", ">DELETED", ">FAILED",
                 ">NEXT ATTEMPT", "FINALIZED UNTIL", "DESTINATION"});
    for (const auto& a : now.archives) {
        const double until = now.archive_stats.at(a.name).finalized_until;
        shown.add({text_cell(a.name),
                   text_cell(a.activity),
                   files_cell(a.files_in_flight, a.bytes_in_flight),
                   files_cell(a.files_waiting, a.bytes_waiting),
                   {human::bytes(a.bytes_per_second) + "/s", fmt::format("{:.0f}", a.bytes_per_second)},
                   number_cell(a.files_verified),
                   number_cell(a.files_deleted),
                   number_cell(a.files_failed),
                   time_cell(a.next_attempt, at),
                   {until > 0 ? human::date(until) : "-", until > 0 ? fmt::format("{:.3f}", until) : ""},
                   text_cell(a.destination)});
    }
    return shown.empty() ? "no archives" : shown.text();
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

result<status_snapshot> read_status(const std::string& answer) {
    boost::system::error_code error;
    const auto parsed = json::parse(answer, error);
    if (error || !parsed.is_object())
        return failure{failure_code::io, "read", "the daemon's status", "its answer is no JSON object"};
    return read_snapshot(parsed.get_object());
}

result<std::string> status_text(const std::string& answer) {
    const auto now = read_status(answer);
    if (!now) return now.error();
    const auto at = wall_clock();
    return fmt::format("{}\n{}{}", status_line(*now, at), archives_text(*now, at), conditions_text(*now, at));
}

}  // namespace suprsync
