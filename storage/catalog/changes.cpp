// What was committed by others: taken in, and waited for.
#include "storage/catalog/catalog_impl.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// Whatever the log looks like, SQLite is asked as often as this.
constexpr std::chrono::milliseconds longest_trust_in_the_log{900};

}  // namespace

asio::awaitable<result<catalog_changes>> sqlite_catalog::take_changes() {
    using taken = std::pair<catalog_changes, std::optional<log_stamp>>;
    const auto now = std::chrono::steady_clock::now();
    auto& in = *impl_;
    if (in.log_seen && now - in.asked_at < longest_trust_in_the_log &&
        look_at_log(in.options.path) == in.log_seen)
        co_return catalog_changes{};
    in.log_seen.reset();
    const auto work = [](sqlite_connection& connection, impl& i) -> result<taken> {
        // Before SQLite is asked: what is committed meanwhile leaves another stamp.
        auto stamp = look_at_log(i.options.path);
        auto changes = i.watch.take(connection);
        if (changes.more) stamp.reset();
        return taken{std::move(changes), stamp};
    };
    auto answer = co_await run(work);
    if (!answer) co_return answer.error();
    in.log_seen = answer->second;
    in.asked_at = now;
    co_return std::move(answer->first);
}

}  // namespace suprsync
