// When to try again: the destination after a failure of the connection (a circuit breaker with a half-open
// probe), and a file after a failure of its own (spec, Copying). Decisions without time or I/O of their own.
#pragma once

#include <functional>
#include <optional>

#include "engine/model/file.hpp"

namespace suprsync {

/// Uniform random number in [0, 1), injected so that tests choose it.
using random_source = std::function<double()>;

/// Exponential delay of the `failures`-th failure in a row (from 1): first * 2^(failures - 1), at most
/// `most`, of which the upper half is jittered ("equal jitter": many clients that failed together do not
/// return together).
double exponential_delay(int failures, double first, double most, double random);

/// Stands for no time at all.
inline constexpr epoch_seconds never = 1e12;

/// Whether a wait until `when`, which was `longest` (s) at most when it began, is over at `now`. A clock that
/// was set back meanwhile would make it as long as the jump: what lies further ahead than any wait is over.
constexpr bool is_over(epoch_seconds when, epoch_seconds now, double longest) {
    return when <= now || (when > now + longest && when < never);
}

/// Longest delay (s) of a file: after a lost attempt to copy, or of a deletion that is postponed.
inline constexpr double longest_file_delay = 3600;

/// The connection to one destination. Starts unknown: the first use is a probe.
class connection_state {
  public:
    enum class phase {
        probe,    ///< try it once (connect, stat the base directory) before any transfer
        probing,  ///< that is under way
        up,
        down,  ///< wait until retry_at()
    };

    static constexpr double first_delay = 1;   ///< s, spec, Copying
    static constexpr double most_delay = 300;  ///< s, spec, Copying

    /// The phase at `now`: `down` becomes `probe` when its time has come.
    phase at(epoch_seconds now) const;

    void probe_started();
    /// The probe was answered: transfers may go. Failures stay counted until one of them succeeds (a full
    /// disk answers every probe).
    void answered();
    /// A transfer came through.
    void succeeded();
    /// A failure of the connection, of the probe or of a transfer. A transfer that fails while the connection
    /// is already known to be down changes nothing: several batches die of one cut.
    void failed(epoch_seconds now, double random);
    /// Ask anew at once (a person resumed it, the configuration changed).
    void reset();

    int failures_in_a_row() const { return failures_; }
    std::optional<epoch_seconds> retry_at() const { return retry_at_; }
    /// The first failure since it answered last; none while it answers.
    std::optional<epoch_seconds> down_since() const { return down_since_; }

  private:
    phase phase_ = phase::probe;
    int failures_ = 0;
    std::optional<epoch_seconds> retry_at_;
    std::optional<epoch_seconds> down_since_;
};

/// Delay (s) before a file that has lost `attempts` attempts is tried again: 10 s, 1 min, 10 min, then 1 h.
double file_retry_delay(int attempts);

/// Delay (s) before files are looked for again in a place of this machine that has had a problem for so
/// long (s): as long again, at least 10 s, at most 2 min.
double place_retry_delay(double problem_for);

}  // namespace suprsync
