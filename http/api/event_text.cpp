#include <fmt/format.h>

#include "http/api/events_endpoint.hpp"
#include "http/api/json_writer.hpp"

namespace suprsync {

namespace {

std::string_view name_of(const file_event& e) {
    switch (e.what) {
        case file_event::kind::registered:
            return "registered";
        case file_event::kind::copied:
            return "copied";
        case file_event::kind::verified:
            return "verified";
        case file_event::kind::failed:
            return "failed";
        case file_event::kind::deleted:
            break;
    }
    return "deleted";
}
std::string_view name_of(const registrations_event&) { return "registered"; }
std::string_view name_of(const finalized_event&) { return "finalized"; }
std::string_view name_of(const condition_event&) { return "condition"; }

void write(json_writer& json, const file_event& e) {
    json.member("archive", e.archive)
        .member("id", e.id)
        .member("local_path", e.local_path)
        .member("remote_path", e.remote_path);
    if (e.what == file_event::kind::registered) json.member("count", 1);
    if (e.bytes) json.member("bytes", *e.bytes);
    if (e.what == file_event::kind::failed)
        json.member("attempts", e.attempts).member("state", e.given_up ? "failed" : "retrying");
    if (!e.reason.empty()) json.member("reason", e.reason);
}

void write(json_writer& json, const registrations_event& e) {
    json.member("archive", e.archive).member("count", e.count);
}

void write(json_writer& json, const finalized_event& e) {
    json.member("archive", e.archive)
        .member("timecode", e.timecode)
        .member("revision", e.revision)
        .member("num_files", e.num_files)
        .member("id", e.file.id)
        .member("local_path", e.file.local_path)
        .member("remote_path", e.file.remote_path);
}

void write(json_writer& json, const condition_event& e) {
    json.member("archive", e.held.archive)
        .member("kind", e.held.kind)
        .member("state", e.begins ? "begins" : "over")
        .member("message", e.held.message)
        .member("since", e.held.since)
        .member("count", e.held.count);
}

}  // namespace

std::string event_text(const event& e) {
    json_writer json;
    json.begin_object().member("at", e.at);
    const auto name = std::visit(
        [&json](const auto& what) {
            write(json, what);
            return name_of(what);
        },
        e.what);
    json.end_object();
    return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", e.id, name, json.text());
}

}  // namespace suprsync
