#include "http/api/events_endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"
#include "http/api/json_writer.hpp"
#include "http/api/request_values.hpp"

namespace asio = boost::asio;

namespace suprsync {

BOOST_DESCRIBE_ENUM(file_event::kind, registered, copied, verified, failed, deleted)
BOOST_DESCRIBE_STRUCT(file_event, (), (archive, id, local_path, remote_path))
BOOST_DESCRIBE_STRUCT(registrations_event, (), (archive, count))
BOOST_DESCRIBE_STRUCT(finalized_event, (), (archive, timecode, revision, num_files))

namespace {

std::string_view name_of(const file_event& e) { return boost::describe::enum_to_string(e.what, ""); }
std::string_view name_of(const registrations_event&) { return "registered"; }
std::string_view name_of(const finalized_event&) { return "finalized"; }
std::string_view name_of(const condition_event&) { return "condition"; }

std::string_view name_of(const event& e) {
    return std::visit([](const auto& what) { return name_of(what); }, e.what);
}

constexpr std::string_view all_kinds[] = {"registered", "copied",    "verified", "failed",
                                          "deleted",    "finalized", "condition"};

// "failed,condition"; none: all.
result<event_kinds> read_kinds(const http_request& request) {
    const auto text = read_text(request, "kinds");
    if (!text) return event_kinds{};
    event_kinds kinds;
    for (std::size_t at = 0; at <= text->size();) {
        const auto end = std::min(text->find(',', at), text->size());
        const auto kind = text->substr(at, end - at);
        if (std::ranges::find(all_kinds, kind) == std::end(all_kinds))
            return failure{
                failure_code::invalid, "read", "the query",
                fmt::format(
                    "unknown kind of events '{}' in 'kinds': expected some of {}, with commas between",
                    abridged(kind), fmt::join(all_kinds, ", "))};
        kinds.insert(kind);
        at = end + 1;
    }
    return kinds;
}

void write(json_writer& json, const file_event& e) {
    json.members(e);
    if (e.what == file_event::kind::registered) json.member("count", 1);
    if (e.bytes) json.member("bytes", *e.bytes);
    if (e.what == file_event::kind::failed)
        json.member("attempts", e.attempts).member("state", e.given_up ? "failed" : "retrying");
    if (!e.reason.empty()) json.member("reason", e.reason);
}

void write(json_writer& json, const registrations_event& e) { json.members(e); }

void write(json_writer& json, const finalized_event& e) {
    json.members(e)
        .member("id", e.file.id)
        .member("local_path", e.file.local_path)
        .member("remote_path", e.file.remote_path);
}

void write(json_writer& json, const condition_event& e) {
    json.member("archive", e.raised.archive)
        .member("kind", e.raised.kind)
        .member("state", e.begins ? "begins" : "over")
        .member("message", e.raised.message)
        .member("since", e.raised.since)
        .member("count", e.raised.count);
}

// Rendered and sent in one go: whoever takes 6.5 kB/s is fast enough for the HTTP server's limit.
constexpr std::size_t events_at_a_time = 200;
constexpr std::size_t event_piece_bytes = 65536;

// The browser's EventSource comes back after this many ms.
constexpr std::string_view greeting = "retry: 2000\n\n";
constexpr std::string_view keepalive = ":\n\n";

// A reader's place in the feed.
struct reader {
    event_feed& feed;
    answer_stream& out;
    event_listener listener;
    std::uint64_t seen;
    event_kinds kinds;  // empty: all
    bool ended = false;

    reader(event_feed& f, std::optional<std::uint64_t> last_seen, event_kinds wanted, answer_stream& o)
        : feed(f), out(o), listener(f), seen(last_seen.value_or(f.newest())), kinds(std::move(wanted)) {
        // An id from after a time to which the clock was set back: all is new.
        if (seen > feed.newest()) seen = 0;
    }

    bool has_missed_some() const { return seen + 1 < feed.oldest(); }

    std::string next_piece() {
        std::string text;
        if (has_missed_some()) {
            text = fmt::format(": events before {} are no longer kept\n\n", feed.oldest());
            seen = feed.oldest() - 1;
        }
        // What is not wanted is passed by at once, however much it is: the feed keeps few.
        while (text.empty() && seen < feed.newest()) {
            for (const auto* e : feed.after(seen, events_at_a_time)) {
                if (kinds.empty() || kinds.contains(name_of(*e))) text += event_text(*e);
                seen = e->id;
                if (text.size() >= event_piece_bytes) break;
            }
        }
        return text;
    }
};

asio::awaitable<void> watch_end(reader& r) {
    co_await r.out.ended();
    r.ended = true;
    r.listener.notify();
}

asio::awaitable<void> send(reader& r) {
    const double silence = std::chrono::duration<double>(r.out.keepalive_time()).count();
    bool there = co_await r.out.write(greeting);
    while (there && !r.ended) {
        const auto piece = r.next_piece();
        if (!piece.empty())
            // The client is too slow if, while it took this piece, the feed dropped events that it has not
            // had yet.
            there = co_await r.out.write(piece) && !r.has_missed_some();
        else if (!co_await r.listener.wait_for(silence))
            there = co_await r.out.write(keepalive);
    }
    r.out.close();
}

}  // namespace

std::string event_text(const event& e) {
    json_writer json;
    json.begin_object().member("at", e.at);
    std::visit([&json](const auto& what) { write(json, what); }, e.what);
    json.end_object();
    return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", e.id, name_of(e), json.text());
}

asio::awaitable<void> stream_events(event_feed& feed, std::optional<std::uint64_t> last_seen,
                                    event_kinds kinds, answer_stream& out) {
    using namespace asio::experimental::awaitable_operators;
    reader r(feed, last_seen, std::move(kinds), out);
    co_await (watch_end(r) && send(r));
}

asio::awaitable<http_answer> get_events(service& service, http_request request) {
    std::optional<std::uint64_t> last_seen;
    if (const auto& text = request.last_event_id; !text.empty()) {
        last_seen = read_number<std::uint64_t>(text);
        if (!last_seen)
            co_return problem(400, "the header Last-Event-ID is '" + text + "': expected the id of an event");
    }
    const auto kinds = read_kinds(request);
    if (!kinds) co_return problem(kinds.error());
    http_answer answer;
    answer.content_type = "text/event-stream";
    answer.headers.emplace_back("X-Accel-Buffering", "no");
    answer.stream = [&feed = service.events(), last_seen, kinds = *kinds](answer_stream& out) {
        return stream_events(feed, last_seen, kinds, out);
    };
    co_return answer;
}

}  // namespace suprsync
