// The operation `run` of an OCS agent, as its session shows it: starting, running, stopping, done. It only
// goes forward; whoever starts it again begins another session. No I/O, no time of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/model/file.hpp"

namespace suprsync {

/// What OCS calls the states of an operation.
enum class op_code : int { starting = 2, running = 3, stopping = 4, succeeded = 5, degraded = 8 };

/// How the archive stands that the operation works on.
struct operation_facts {
    bool ready = false;     ///< the daemon works
    bool ending = false;    ///< the daemon ends
    bool stopped = false;   ///< over OCS: no new work
    bool working = false;   ///< a batch or a deletion is in progress
    bool degraded = false;  ///< a person should look at something
};

class agent_operation {
  public:
    enum class phase { starting, running, stopping, done };

    explicit agent_operation(epoch_seconds now) { begin(now); }

    /// What follows from the facts as they are now.
    void update(const operation_facts& facts, epoch_seconds now);

    /// A session after one that is done.
    void begin(epoch_seconds now);

    op_code code() const;
    bool done() const { return phase_ == phase::done; }
    /// "starting", "running", "stopping" or "done".
    std::string status() const;
    bool degraded() const { return phase_ == phase::running && degraded_; }

    std::int64_t session_id() const { return session_id_; }
    epoch_seconds start_time() const { return start_time_; }
    std::optional<epoch_seconds> end_time() const { return end_time_; }
    /// None while it runs.
    std::optional<bool> success() const { return done() ? std::optional(true) : std::nullopt; }
    /// When it went where.
    const std::vector<std::pair<epoch_seconds, std::string>>& messages() const { return messages_; }

  private:
    void go_to(phase next, epoch_seconds now);

    phase phase_ = phase::starting;
    bool degraded_ = false;
    std::int64_t session_id_ = -1;
    epoch_seconds start_time_ = 0;
    std::optional<epoch_seconds> end_time_;
    std::vector<std::pair<epoch_seconds, std::string>> messages_;  // one a phase
};

}  // namespace suprsync
