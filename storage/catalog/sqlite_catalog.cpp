#include "storage/catalog/sqlite_catalog.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "storage/catalog/catalog_impl.hpp"
#include "storage/index/backfill.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

asio::awaitable<void> leave_the_lock_free() {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(pause_between_steps());
    boost::system::error_code ignored;  // cancelled: the step was done all the same
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

}  // namespace

sqlite_catalog::sqlite_catalog(std::unique_ptr<impl> i) : impl_(std::move(i)) {}
sqlite_catalog::~sqlite_catalog() = default;

result<void> sqlite_catalog::lock_archive(const std::string& archive) {
    if (const auto held = impl_->locks.find(archive); held != impl_->locks.end() && held->second) return {};
    auto lock = archive_lock::take(impl_->options.path, archive, impl_->options.instance_id);
    if (!lock) return lock.error();
    impl_->locks[archive] = std::move(*lock);
    return {};
}

void sqlite_catalog::unlock_archive(const std::string& archive) { impl_->locks.erase(archive); }

asio::awaitable<result<preparation>> sqlite_catalog::prepare_step() {
    using step = std::pair<preparation, std::string>;
    const auto work = [](sqlite_connection& connection, impl& in) -> result<step> {
        return step{index_some(connection, index_step), in.uuid};
    };
    auto done = co_await run(work);
    if (!done) co_return done.error();
    uuid_ = done->second;
    if (!done->first.done) co_await leave_the_lock_free();
    co_return done->first;
}

std::uint64_t sqlite_catalog::sqlite_errors() const { return impl_->thread->errors(); }
std::optional<epoch_seconds> sqlite_catalog::locked_since() const { return impl_->thread->locked_since(); }
duration_histogram sqlite_catalog::wait_times() const { return impl_->thread->wait_times(); }

void sqlite_catalog::stop() {
    impl_->notice.stop();
    impl_->thread->stop();
}

double sqlite_catalog::longest_write_lock() const { return impl_->thread->longest_write_lock(); }

}  // namespace suprsync
