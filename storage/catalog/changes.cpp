// What others committed: waited for, and taken in.
#include <chrono>

#include "storage/catalog/catalog_impl.hpp"

namespace asio = boost::asio;

namespace suprsync {

asio::awaitable<void> sqlite_catalog::wait_for_changes(double at_most) {
    const std::chrono::duration<double> limit(at_most);
    co_await impl_->notice.wait(std::chrono::duration_cast<std::chrono::milliseconds>(limit));
}

asio::awaitable<result<catalog_changes>> sqlite_catalog::take_changes() {
    using taken = std::pair<catalog_changes, commit_check>;
    auto& notice = impl_->notice;
    if (!notice.may_have_changed()) co_return catalog_changes{};
    const auto work = [](sqlite_connection& connection, impl& in) -> result<taken> {
        auto check = in.notice.check(connection);
        auto changes = in.watch.take(connection, check);
        if (changes.more)
            check.stamp.reset();  // the next call is to check again, whatever the log says
        else
            in.notice.complete(connection, check);
        return taken{std::move(changes), check};
    };
    auto answer = co_await run(work);
    if (!answer) co_return answer.error();
    // What moves time by hand is to do the same however fast it runs; the log is dated by true time.
    if (!impl_->options.run_inline) notice.trust(answer->second);
    co_return std::move(answer->first);
}

}  // namespace suprsync
