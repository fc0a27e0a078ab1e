// Asks for every copy of one archive again, slowly and round after round, slower still beside other work, and
// tells what is not as it was verified (spec, The scrub).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/rules/scrub.hpp"
#include "engine/run/archive_context.hpp"
#include "engine/run/copy_question.hpp"

namespace suprsync {

class scrubber {
  public:
    explicit scrubber(archive_context& archive) : archive_(archive) {}

    /// Runs until archive.stopping.
    boost::asio::awaitable<void> run();

    /// Copies that are on record as bad are asked for again so often (s).
    static constexpr double asked_again_after = 3600;

  private:
    boost::asio::awaitable<double> step();
    boost::asio::awaitable<bool> recall();
    boost::asio::awaitable<void> take_in_bad_copies();
    boost::asio::awaitable<double> go_on_with_round();
    boost::asio::awaitable<double> ask_again();
    boost::asio::awaitable<bool> ask(std::vector<kept_copy> copies);
    boost::asio::awaitable<bool> not_answered(std::vector<kept_copy> copies, failure error);
    boost::asio::awaitable<bool> perform(std::vector<checked_copy> checked);
    boost::asio::awaitable<std::vector<local_file>> look_here(const std::vector<checked_copy>& checked);
    boost::asio::awaitable<std::set<int>> ask_days(std::vector<checked_copy> checked);
    boost::asio::awaitable<std::vector<int>> gone_there(std::vector<int> days);
    boost::asio::awaitable<void> keep_state(bool at_once);
    scrub_surroundings surroundings() const;
    std::optional<double> rate() const;
    check_portion portion() const;
    bool is_on_record(file_id id) const;
    double pay_off();

    archive_context& archive_;
    std::vector<bad_copy> bad_;  // on record
    std::uint64_t changes_seen_ = 0;
    file_id asked_again_to_ = 0;  // of those
    epoch_seconds ask_again_at_ = 0;
    epoch_seconds kept_at_ = 0;          // when the state was recorded last
    std::optional<check_portion> less_;  // after one that took too long
    double owed_ = 0;                    // bytes that were read too fast, as of owed_at_
    std::chrono::steady_clock::time_point owed_at_{};
    double paid_off_at_ = 0;  // bytes a second, since then
};

}  // namespace suprsync
