// What is sent next to one of those who are told, and when (spec, Being told): at most so many messages an
// hour, then one summary of what came beyond; pauses after a failure; what cannot be delivered for an hour is
// told in a summary, too. State without time or I/O of its own.
#pragma once

#include <cstddef>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "engine/rules/notice.hpp"

namespace suprsync {

/// Notices that are told together.
class notice_tally {
  public:
    void add(const notice& one);
    void add(const notice_tally& others);
    bool empty() const { return count_ == 0; }
    std::size_t count() const { return count_; }

    /// One notice for all of them.
    notice summary(epoch_seconds at, const notice_source& from) const;

  private:
    struct alike {
        std::size_t count = 0;
        epoch_seconds first = 0;
        epoch_seconds last = 0;
        std::string subject;  // of the last one
    };
    using key = std::tuple<notice::kind, std::string, std::string>;  // with the condition and the archive
    std::map<key, alike> all_;
    std::size_t count_ = 0;
    std::size_t others_ = 0;  // of keys beyond those
};

/// How a delivery went that did not succeed.
struct undelivered {
    bool for_good = false;              ///< the same message would be refused again
    std::optional<double> retry_after;  ///< s, as whoever refused it says
};

/// Times are seconds of a monotonic clock, but for those of notices.
class notice_queue {
  public:
    static constexpr double hour = 3600;
    static constexpr std::size_t most_waiting = 100;  ///< notices; further ones are told in the summary
    static constexpr double patience = hour;          ///< s that one notice is tried
    static constexpr double first_pause = 10;         ///< s, of which half at least
    static constexpr double longest_pause = 600;      ///< s
    static constexpr int most_failures = 4;           ///< in a row, before a person is to look at it
    static constexpr double never = std::numeric_limits<double>::infinity();

    notice_queue(std::size_t at_most, notice_source from) : at_most_(at_most), from_(std::move(from)) {}

    void offer(notice one, double now);

    /// The notice to be sent at `now`, a summary where only that is left; none before `wait` seconds. It
    /// stays the first until delivered() or failed() is called. `wall`: the time of a summary.
    const notice* next(double now, epoch_seconds wall);
    /// Seconds until there may be something to send; `never` where nothing waits.
    double wait(double now) const;

    void delivered();
    /// `random`: in [0, 1). True where the notice is given up: it is told in the next summary.
    bool failed(const undelivered& how, double now, double random);

    /// A person is to look at it: something was given up, or failed several times in a row, and nothing has
    /// been delivered since.
    bool failing() const { return failing_; }
    /// Notices that are not delivered.
    std::size_t waiting() const;

  private:
    struct waiting_notice {
        notice what;
        double since = 0;
        notice_tally of{};  // what it sums up
    };
    /// Seconds until one more may be sent.
    double until_allowed(double now) const;
    void take_turn(double now);

    const std::size_t at_most_;
    const notice_source from_;
    std::deque<waiting_notice> queue_;  // all of them may be sent within the hour
    std::deque<double> sent_;           // when those of the last hour were
    notice_tally held_;
    int failures_ = 0;  // in a row
    double retry_at_ = -never;
    bool failing_ = false;
};

}  // namespace suprsync
