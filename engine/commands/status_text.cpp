#include "engine/commands/status_text.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>
#include <sstream>

#include "engine/commands/human.hpp"
#include "engine/commands/table.hpp"
#include "engine/loop/this_machine.hpp"
#include "engine/model/shown_text.hpp"

namespace json = boost::json;

namespace suprsync {

namespace {

// What another version of the daemon does not tell is left out, not an error. Texts are escaped.
std::string text_of(const json::object& o, const char* key) {
    const auto* v = o.if_contains(key);
    return v && v->is_string() ? shown_name(std::string(v->get_string())) : "";
}

double number_of(const json::object& o, const char* key) {
    const auto* v = o.if_contains(key);
    return v && v->is_number() ? v->to_number<double>() : 0;
}

bool is_true(const json::object& o, const char* key) {
    const auto* v = o.if_contains(key);
    return v && v->is_bool() && v->get_bool();
}

const json::object& object_of(const json::object& o, const char* key) {
    static const json::object none;
    const auto* v = o.if_contains(key);
    return v && v->is_object() ? v->get_object() : none;
}

cell shown_cell(const std::string& text) { return {text, text}; }

cell files_cell(double files, double bytes) {
    auto text = human::count(static_cast<std::int64_t>(files));
    if (bytes > 0) text += " (" + human::bytes(bytes) + ")";
    return {text, fmt::format("{:.0f}", files)};
}

std::string archives_text(const json::object& data, epoch_seconds now) {
    table shown({"ARCHIVE", "ACTIVITY", ">IN FLIGHT", ">WAITING", ">RATE", ">VERIFIED", ">DELETED", ">FAILED",
                 ">NEXT ATTEMPT", "FINALIZED UNTIL", "DESTINATION"});
    for (const auto& [name, value] : object_of(data, "archives")) {
        if (!value.is_object()) continue;
        const auto& a = value.get_object();
        const auto count = [&](const char* key) {
            return number_cell(static_cast<std::int64_t>(number_of(a, key)));
        };
        const double rate = number_of(a, "bytes_per_second");
        const double next = number_of(a, "next_attempt");
        const double until = number_of(object_of(object_of(data, "archive_stats"), std::string(name).c_str()),
                                       "finalized_until");
        shown.add({text_cell(std::string(name)),
                   shown_cell(text_of(a, "activity")),
                   files_cell(number_of(a, "files_in_flight"), number_of(a, "bytes_in_flight")),
                   files_cell(number_of(a, "files_waiting"), number_of(a, "bytes_waiting")),
                   {human::bytes(rate) + "/s", fmt::format("{:.0f}", rate)},
                   count("files_verified"),
                   count("files_deleted"),
                   count("files_failed"),
                   time_cell(next > 0 ? std::optional(next) : std::nullopt, now),
                   {until > 0 ? human::date(until) : "-", until > 0 ? fmt::format("{:.3f}", until) : ""},
                   shown_cell(text_of(a, "destination"))});
    }
    return shown.empty() ? "no archives" : shown.text();
}

std::string conditions_text(const json::object& data, epoch_seconds now) {
    std::string text;
    const auto* list = data.if_contains("conditions");
    if (!list || !list->is_array()) return text;
    for (const auto& value : list->get_array()) {
        if (!value.is_object()) continue;
        const auto& c = value.get_object();
        const auto archive = text_of(c, "archive");
        const auto count = static_cast<std::int64_t>(number_of(c, "count"));
        text += fmt::format("\n! {}{}, since {} ({}):\n  {}", text_of(c, "kind"),
                            archive.empty() ? "" : " of " + archive, human::age(number_of(c, "since"), now),
                            count == 1 ? "once" : human::count(count) + " times", text_of(c, "message"));
    }
    return text;
}

}  // namespace

result<std::string> status_text(const std::string& answer) {
    boost::system::error_code error;
    const auto parsed = json::parse(answer, error);
    if (error || !parsed.is_object())
        return failure{failure_code::io, "read", "the daemon's status", "its answer is no JSON object"};
    const auto& data = parsed.get_object();
    const auto now = wall_clock();
    const auto started = number_of(data, "started_at");
    return fmt::format("suprsync {} as {}, up {}, {}{}\n{}{}", text_of(data, "version"),
                       text_of(data, "instance_id"), human::span(now - started), text_of(data, "activity"),
                       is_true(data, "degraded") ? ", DEGRADED" : "", archives_text(data, now),
                       conditions_text(data, now));
}

}  // namespace suprsync
