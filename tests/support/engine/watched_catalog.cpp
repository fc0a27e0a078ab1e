#include "tests/support/engine/watched_catalog.hpp"

#include <algorithm>

namespace asio = boost::asio;

namespace suprsync::test {

std::optional<failure> watched_catalog::enter(const std::string& function) {
    calls.push_back(function);
    if (before) before(function);
    auto& queue = failing_[function];
    if (queue.empty()) return std::nullopt;
    auto f = std::move(queue.front());
    queue.pop_front();
    return f;
}

std::size_t watched_catalog::count(const std::string& function) const {
    return static_cast<std::size_t>(std::count(calls.begin(), calls.end(), function));
}

asio::awaitable<result<preparation>> watched_catalog::prepare_step() {
    if (auto f = enter("prepare_step")) co_return *f;
    if (steps_before_ready == 0) co_return co_await real_->prepare_step();
    --steps_before_ready;
    co_return preparation{false, 1, 2 + steps_before_ready};
}

asio::awaitable<result<catalog_changes>> watched_catalog::take_changes() {
    if (auto f = enter("take_changes")) co_return *f;
    if (sees_no_changes) co_return catalog_changes{};
    co_return co_await real_->take_changes();
}

asio::awaitable<void> watched_catalog::wait_for_changes(double at_most) {
    const std::chrono::duration<double> wait(std::min(at_most, told_of_changes));
    co_await clock_.sleep_for(std::chrono::duration_cast<std::chrono::nanoseconds>(wait));
}

asio::awaitable<result<void>> watched_catalog::record(std::vector<file_outcome> files) {
    outcomes.insert(outcomes.end(), files.begin(), files.end());
    return pass("record", &catalog::record, files);
}

asio::awaitable<result<void>> watched_catalog::record_deletions(std::vector<deletion_record> records) {
    deletions.insert(deletions.end(), records.begin(), records.end());
    return pass("record_deletions", &catalog::record_deletions, records);
}

}  // namespace suprsync::test
