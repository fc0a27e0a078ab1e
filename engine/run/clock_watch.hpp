// Watches the clock of this machine beside those of the destinations. While it may be ahead of the right time
// (spec, The clock), no day is announced and nothing is deleted.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/loop/clock.hpp"
#include "engine/loop/wake.hpp"
#include "engine/ports/catalog.hpp"
#include "engine/rules/clock_trust.hpp"

namespace suprsync {

/// Lives on the loop thread.
class clock_watch {
  public:
    clock_watch(const boost::asio::any_io_executor& executor, suprsync::clock& c, suprsync::catalog& k)
        : clock_(c), catalog_(k), wake_(executor) {}

    /// To be awaited before anything is decided by the clock: learns what it was set to before a restart and
    /// whether a person has accepted it, and remembers it where it is believed.
    boost::asio::awaitable<void> check();

    /// Checks until stop(), every 10 s, and whenever check_soon() is called.
    boost::asio::awaitable<void> run();
    void check_soon() { wake_.notify(); }
    void stop() {
        stopping_ = true;
        wake_.notify();
    }

    /// As of this very moment, a jump that no check has met yet included.
    bool is_trusted() const { return state_at(clock_.reading()) == clock_state::trusted; }

    /// Whether announcements and deletions wait: it is not believed and may be ahead, or it is not known yet
    /// what the catalog and the destinations say of it.
    bool holds() const;

    /// Why it is not believed; empty where it is.
    std::string doubt() const;

    /// Now; where the clock is not believed, a time that is past by whichever clock is right.
    epoch_seconds certainly_past() const;

    /// The archive's destination is to be asked soon: until it has answered, or any other where it does not,
    /// a clock that nobody vouches for is not believed.
    void expect(const std::string& archive) {
        expected_.insert(archive);
        tell_if_released();
    }
    /// It did not answer, or will not be asked.
    void asked_in_vain(const std::string& archive) {
        in_vain_ = true;
        expected_.erase(archive);
        tell_if_released();
    }
    void answered(const std::string& archive) {
        any_answered_ = true;
        expected_.erase(archive);
        tell_if_released();
    }

    /// The clock does not hold any more: who waited for it checks again.
    std::function<void()> on_released;
    /// Calls that where it is so since the last call.
    void tell_if_released();

    /// What the clock of an archive's destination on another machine said when it answered a question that
    /// was begun at `asked`.
    void heard_from(const std::string& archive, const clock_reading& asked, epoch_seconds said);
    /// It says nothing any more.
    void forget(const std::string& archive) {
        destinations_.erase(archive);
        if (expected_.erase(archive) > 0) in_vain_ = true;
    }
    /// Another catalog is open: what is known is recorded there, too.
    void catalog_changed() { recorded_.reset(); }
    /// Seconds that the destination's clock is ahead; none where it is not known, or near enough.
    std::optional<double> difference_of(const std::string& archive) const;

  private:
    bool lacks_witness(const clock_reading& here) const;
    clock_state state_at(const clock_reading& here) const { return judge_clock(here, last_, others()); }
    std::vector<destination_clock> others() const;

    suprsync::clock& clock_;
    suprsync::catalog& catalog_;
    wake wake_;
    bool stopping_ = false;
    bool held_ = false;    // when it was told last
    bool asked_ = false;   // the catalog
    bool loaded_ = false;  // and it answered
    std::optional<trusted_clock> last_;
    std::optional<trusted_clock> recorded_;  // in the catalog
    std::map<std::string, destination_clock> destinations_;
    std::set<std::string> expected_;
    // Since the daemon began.
    bool any_answered_ = false, in_vain_ = false;
};

}  // namespace suprsync
