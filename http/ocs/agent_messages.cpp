#include "http/ocs/agent_messages.hpp"

#include <cmath>
#include <iterator>
#include <map>

#include "engine/model/shown_text.hpp"
#include "http/api/views.hpp"

namespace suprsync {

namespace {

constexpr const char* agent_class = "SupRsync";
constexpr std::size_t most_path_bytes =
    std::size_t{256} * 1024;  // of the files that a session names, as JSON

struct feed_kind {
    std::string_view name;
    bool record = false;
    bool aggregated = true;
};

feed_kind kind_of(agent_feed feed) {
    switch (feed) {
        case agent_feed::transfer_stats:
            return {"transfer_stats", true, false};
        case agent_feed::archive_stats:
            return {"archive_stats", true};
        case agent_feed::heartbeat:
            break;
    }
    return {"heartbeat"};
}

// A float that is written with a decimal point, whatever it is.
double with_point(double number) {
    return std::isfinite(number) && std::abs(number) >= 1e-4 && std::abs(number) < 1e15 ? number : 0.0;
}

std::string text_of(epoch_seconds time) { return json_writer().value(with_point(time)).take(); }

void write_feed(json_writer& json, const agent_identity& agent, agent_feed feed) {
    const auto kind = kind_of(feed);
    json.begin_object().member("agent_address", agent.address).key("agg_params").begin_object();
    if (!kind.aggregated) json.member("exclude_aggregator", true);
    json.end_object()
        .member("feed_name", kind.name)
        .member("address", topic_of(agent, feed))
        .member("record", kind.record)
        .member("session_id", text_of(agent.since))
        .member("agent_class", agent_class)
        .end_object();
}

// A block of one sample each.
class block_writer {
  public:
    block_writer(json_writer& json, std::string_view name) : json_(json) {
        json_.begin_object().key(name).begin_object().member("block_name", name).key("data").begin_object();
    }
    template <class T>
    block_writer& sample(std::string_view name, const T& value) {
        json_.key(name).begin_array().value(value).end_array();
        return *this;
    }
    void end(epoch_seconds at) {
        json_.end_object().key("timestamps").begin_array().value(with_point(at)).end_array();
        json_.end_object().end_object();
    }

  private:
    json_writer& json_;
};

template <class Payload>
std::string argument(const agent_identity& agent, agent_feed feed, Payload write_payload) {
    json_writer json;
    json.begin_array();
    write_payload(json);
    write_feed(json, agent, feed);
    return json.end_array().take();
}

// As many of the newest files as a message may name.
void shorten(std::optional<last_copy>& copy) {
    if (!copy) return;
    std::size_t bytes = 0;
    auto first = copy->files.end();
    while (first != copy->files.begin() &&
           (bytes += json_text(std::prev(first)->first).size()) <= most_path_bytes)
        --first;
    copy->files.erase(copy->files.begin(), first);
}

void write_messages(json_writer& json, const agent_session& session) {
    std::multimap<epoch_seconds, std::string> all;  // equal times keep their order
    for (const auto& [at, text] : session.operation.messages()) all.emplace(at, text);
    for (const auto& raised : session.conditions)
        all.emplace(raised.since, raised.kind + ": " + raised.message);
    json.begin_array();
    for (const auto& [at, text] : all) json.begin_array().value(at).value(text).end_array();
    json.end_array();
}

void write_session(json_writer& json, const agent_session& session) {
    const auto& operation = session.operation;
    json.begin_object()
        .member("session_id", operation.session_id())
        .member("op_name", "run")
        .member("op_code", static_cast<int>(operation.code()))
        .member("cred_level", 1)
        .member("status", operation.status())
        .member("degraded", operation.degraded())
        .member("success", operation.success())
        .member("start_time", operation.start_time())
        .member("end_time", operation.end_time())
        .key("data");
    if (session.data) {
        auto data = *session.data;
        shorten(data.last_copy);
        json.value(data);
    } else {
        json.begin_object().end_object();
    }
    json.key("messages");
    write_messages(json, session);
    json.end_object();
}

void write_feeds(json_writer& json, const agent_identity& agent) {
    json.begin_array();
    for (const auto feed : {agent_feed::transfer_stats, agent_feed::archive_stats, agent_feed::heartbeat}) {
        json.begin_array().value(kind_of(feed).name);
        write_feed(json, agent, feed);
        json.end_array();
    }
    json.end_array();
}

void write_processes(json_writer& json, const agent_session& session) {
    json.begin_array().begin_array().value("run");
    write_session(json, session);
    json.begin_object()
        .member("blocking", true)
        .member("docstring",
                "Copies the files of the archive, verifies and deletes them, and announces complete days.")
        .member("op_type", "process")
        .member("min_privs", 1)
        .end_object()
        .end_array()
        .end_array();
}

void write_api(json_writer& json, const agent_process& process, const agent_identity& agent,
               const agent_session& session) {
    json.begin_object()
        .member("agent_class", agent_class)
        .member("instance_hostname", process.host)
        .member("instance_pid", process.pid)
        .key("feeds");
    write_feeds(json, agent);
    json.key("processes");
    write_processes(json, session);
    json.key("tasks").begin_array().end_array().key("access_control").begin_object();
    json.member("version", 1)
        .member("policy", "none")
        .member("update_timestamp", agent.since)
        .member("update_count", 0)
        .member("step", 0)
        .end_object()
        .end_object();
}

}  // namespace

std::string topic_of(const agent_identity& agent, agent_feed feed) {
    return agent.address + ".feeds." + std::string(kind_of(feed).name);
}

std::string feed_text(std::string_view text) {
    std::string safe(text);
    for (char& c : safe)
        if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '_';
    return safe;
}

std::string heartbeat_argument(const agent_identity& agent, op_code code) {
    return argument(agent, agent_feed::heartbeat, [&](json_writer& json) {
        json.begin_object().member("run", static_cast<int>(code)).end_object();
    });
}

std::string archive_stats_argument(const agent_identity& agent, const archive_stats& stats,
                                   epoch_seconds now) {
    return argument(agent, agent_feed::archive_stats, [&](json_writer& json) {
        block_writer(json, agent.archive)
            .sample("finalized_until", with_point(stats.finalized_until))
            .sample("num_files", stats.num_files)
            .sample("uncopied_files", stats.uncopied_files)
            .sample("last_file_added", feed_text(stats.last_file_added))
            .sample("last_file_copied", feed_text(stats.last_file_copied))
            .end(now);
    });
}

std::string transfer_stats_argument(const agent_identity& agent, const status_counters& counters,
                                    epoch_seconds now) {
    return argument(agent, agent_feed::transfer_stats, [&](json_writer& json) {
        block_writer(json, "block0")
            .sample("iterations", counters.iterations)
            .sample("copies", counters.copies)
            .sample("errors_timeout", counters.errors_timeout)
            .sample("errors_nonzero", counters.errors_nonzero)
            .sample("errors_sqlite", counters.errors_sqlite)
            .end(now);
    });
}

std::string operation_answer(answer_code code, std::string_view message, const agent_session& session) {
    json_writer json;
    json.begin_array().value(static_cast<int>(code)).value(message);
    write_session(json, session);
    return json.end_array().take();
}

std::string operation_answer(answer_code code, std::string_view message) {
    json_writer json;
    json.begin_array().value(static_cast<int>(code)).value(message).begin_object().end_object();
    return json.end_array().take();
}

std::string query_answer(std::string_view question, const agent_process& process, const agent_identity& agent,
                         const agent_session& session) {
    json_writer json;
    if (question == "get_api")
        write_api(json, process, agent, session);
    else if (question == "get_processes")
        write_processes(json, session);
    else if (question == "get_feeds")
        write_feeds(json, agent);
    else if (question == "get_tasks")
        json.begin_array().end_array();
    else if (question == "get_agent_class")
        json.value(agent_class);
    else
        json.null();
    return json.take();
}

}  // namespace suprsync
