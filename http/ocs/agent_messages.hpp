// What an agent of OCS says of itself and publishes, as the literal JSON of its readers: the registry,
// clients, the aggregator that records feeds, the publisher for Influx (spec, OCS). Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/report/status_snapshot.hpp"
#include "http/ocs/agent_operation.hpp"

namespace suprsync {

/// Which process it is that speaks.
struct agent_process {
    std::string host;
    std::int64_t pid = 0;
};

struct agent_identity {
    std::string archive;
    std::string address;      ///< "observatory.smurf-sync"
    epoch_seconds since = 0;  ///< when this agent began; as text it is the id of its session in feeds
};

enum class agent_feed { transfer_stats, archive_stats, heartbeat };

/// "observatory.smurf-sync.feeds.heartbeat"
std::string topic_of(const agent_identity& agent, agent_feed feed);

// The one argument of a publication: [payload, feed].
std::string heartbeat_argument(const agent_identity& agent, op_code code);
/// The same keys always, `finalized_until` always with a decimal point: one integer among floats, or another
/// set of keys, loses the whole frame of the record.
std::string archive_stats_argument(const agent_identity& agent, const archive_stats& stats,
                                   epoch_seconds now);
std::string transfer_stats_argument(const agent_identity& agent, const status_counters& counters,
                                    epoch_seconds now);

/// All that is known of an operation: what it is, and the session data of its archive (none where it is not
/// served yet). `conditions` are told among its messages.
struct agent_session {
    const agent_operation& operation;
    const std::optional<archive_session>& data;
    const std::vector<condition>& conditions;
};

/// The answer to a call of an operation: [code, message, session].
enum class answer_code : int { ok = 0, error = -1, timed_out = 1 };
std::string operation_answer(answer_code code, std::string_view message, const agent_session& session);
/// About an operation that there is not.
std::string operation_answer(answer_code code, std::string_view message);

/// The answer to a question about the agent: get_api, get_tasks, get_processes, get_feeds, get_agent_class;
/// `null` to any other.
std::string query_answer(std::string_view question, const agent_process& process, const agent_identity& agent,
                         const agent_session& session);

/// A text for a line of the Influx protocol: what ends or escapes a text there is `_`.
std::string feed_text(std::string_view text);

}  // namespace suprsync
