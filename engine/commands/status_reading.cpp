#include "engine/commands/status_reading.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string_view>

namespace json = boost::json;

namespace suprsync {

namespace {

std::string text_of(const json::object& o, const char* key) {
    const auto* v = o.if_contains(key);
    return v && v->is_string() ? std::string(v->get_string()) : "";
}

std::optional<double> number_of(const json::object& o, std::string_view key) {
    const auto* v = o.if_contains(key);
    return v && v->is_number() ? std::optional(v->to_number<double>()) : std::nullopt;
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
void take(const json::object& o, const char* key, Number& into) {
    into = static_cast<Number>(std::clamp(number_of(o, key).value_or(0), 0.0, 1e18));
}

// Each object of an array.
template <class Read>
void for_each_of(const json::object& o, const char* key, Read read) {
    const auto* all = o.if_contains(key);
    if (!all || !all->is_array()) return;
    for (const auto& value : all->get_array())
        if (value.is_object()) read(value.get_object());
}

archive_activity read_activity_of(std::string_view name, const json::object& o) {
    archive_activity a;
    a.name = name;
    a.destination = text_of(o, "destination");
    a.activity = text_of(o, "activity");
    a.paused = is_true(o, "paused");
    a.pause_reason = text_of(o, "pause_reason");
    const auto& link = object_of(o, "link");
    a.link = {text_of(link, "state"), number_of(link, "down_since"), number_of(link, "next_attempt"),
              text_of(link, "error")};
    take(o, "files_in_flight", a.files_in_flight);
    take(o, "bytes_in_flight", a.bytes_in_flight);
    take(o, "files_waiting", a.files_waiting);
    take(o, "bytes_waiting", a.bytes_waiting);
    take(o, "files_failed", a.files_failed);
    if (number_of(o, "files_deletable")) take(o, "files_deletable", a.files_deletable.emplace());
    if (number_of(o, "bytes_deletable")) take(o, "bytes_deletable", a.bytes_deletable.emplace());
    take(o, "files_verified", a.files_verified);
    take(o, "files_deleted", a.files_deleted);
    take(o, "late_files", a.late_files);
    take(o, "bytes_per_second", a.bytes_per_second);
    take(o, "bytes_per_second_1m", a.bytes_per_second_1m);
    take(o, "bytes_per_second_15m", a.bytes_per_second_15m);
    a.estimated_end = number_of(o, "estimated_end");
    a.oldest_waiting = number_of(o, "oldest_waiting");
    a.verified_after_p50 = number_of(o, "verified_after_p50");
    a.verified_after_p99 = number_of(o, "verified_after_p99");
    if (const auto next = number_of(o, "next_attempt"); next > 0) a.next_attempt = next;
    if (const auto since = number_of(o, "oldest_check"); since > 0) a.oldest_check = since;
    const auto& scrub = object_of(o, "scrub");
    a.scrub.on = is_true(scrub, "on");
    a.scrub.round_begun = number_of(scrub, "round_begun");
    a.scrub.round_done = number_of(scrub, "round_done");
    a.scrub.round_ended = number_of(scrub, "round_ended");
    take(scrub, "files_proven", a.scrub.files_proven);
    take(scrub, "bytes_proven", a.scrub.bytes_proven);
    take(scrub, "mismatches", a.scrub.mismatches);
    const auto& catalog = object_of(o, "catalog");
    take(catalog, "files", a.catalog.files);
    take(catalog, "unsettled", a.catalog.unsettled);
    take(catalog, "failed", a.catalog.failed);
    take(catalog, "ignored", a.catalog.ignored);
    take(catalog, "verified", a.catalog.verified);
    take(catalog, "deleted", a.catalog.deleted);
    return a;
}

std::vector<file_id> ids_of(const json::object& o, const char* key) {
    std::vector<file_id> found;
    const auto* ids = o.if_contains(key);
    if (!ids || !ids->is_array()) return found;
    for (const auto& id : ids->get_array())
        if (id.is_int64()) found.push_back(id.get_int64());
    return found;
}

transfer read_transfer(const json::object& o) {
    transfer t;
    take(o, "id", t.id);
    t.archive = text_of(o, "archive");
    const auto stage = text_of(o, "stage");
    for (const auto one :
         {flight_stage::hashing, flight_stage::copying, flight_stage::verifying, flight_stage::publishing})
        if (stage == name_of(one)) t.stage = one;
    take(o, "files", t.files);
    take(o, "files_sent", t.files_sent);
    take(o, "bytes", t.bytes);
    take(o, "bytes_done", t.bytes_done);
    take(o, "bytes_hashed", t.bytes_hashed);
    take(o, "bytes_to_hash", t.bytes_to_hash);
    take(o, "bytes_per_second", t.bytes_per_second);
    take(o, "since", t.since);
    take(o, "stage_since", t.stage_since);
    t.local_path = text_of(o, "local_path");
    t.ids = ids_of(o, "ids");
    t.sent_ids = ids_of(o, "sent_ids");
    return t;
}

result<json::value> read_object(const std::string& answer, const char* what) {
    boost::system::error_code error;
    auto parsed = json::parse(answer, error);
    if (error || !parsed.is_object())
        return failure{failure_code::io, "read", what, "the daemon's answer is no JSON object"};
    return parsed;
}

// Other programs answer with objects of theirs; taken for a status, these would tell that all is well.
bool is_a_status(const json::object& o) {
    const auto is = [&](const char* key, json::kind kind) {
        const auto* value = o.if_contains(key);
        return value && value->kind() == kind;
    };
    return is("version", json::kind::string) && is("degraded", json::kind::bool_) &&
           is("conditions", json::kind::array) && is("archives", json::kind::object);
}

}  // namespace

result<status_snapshot> read_status(const std::string& answer) {
    const auto document = read_object(answer, "the daemon's status");
    if (!document) return document.error();
    const auto& data = document->get_object();
    if (!is_a_status(data))
        return failure{failure_code::io, "read", "the daemon's status",
                       "what answers is no suprsync: does another program listen there?"};
    status_snapshot now;
    now.activity = text_of(data, "activity");
    now.instance_id = text_of(data, "instance_id");
    now.version = text_of(data, "version");
    take(data, "timestamp", now.timestamp);
    take(data, "started_at", now.started_at);
    now.degraded = is_true(data, "degraded");
    const auto& stats = object_of(data, "archive_stats");
    for (const auto& [name, value] : object_of(data, "archives")) {
        if (!value.is_object()) continue;
        now.archives.push_back(read_activity_of(name, value.get_object()));
        take(object_of(stats, name), "finalized_until", now.archive_stats[std::string(name)].finalized_until);
    }
    for_each_of(data, "transfers", [&](const json::object& o) { now.transfers.push_back(read_transfer(o)); });
    for_each_of(data, "conditions", [&](const json::object& o) {
        condition c{text_of(o, "kind"), text_of(o, "archive"), text_of(o, "message")};
        take(o, "since", c.since);
        take(o, "count", c.count);
        now.conditions.push_back(std::move(c));
    });
    return now;
}

result<transfers_report> read_transfers(const std::string& answer) {
    const auto document = read_object(answer, "what is in flight");
    if (!document) return document.error();
    transfers_report report;
    report.catalog = text_of(document->get_object(), "catalog");
    for_each_of(document->get_object(), "transfers",
                [&](const json::object& o) { report.transfers.push_back(read_transfer(o)); });
    return report;
}

result<archive_activity> read_activity(const std::string& answer) {
    const auto document = read_object(answer, "an archive");
    if (!document) return document.error();
    const auto& activity = object_of(document->get_object(), "activity");
    return read_activity_of(text_of(activity, "name"), activity);
}

}  // namespace suprsync
