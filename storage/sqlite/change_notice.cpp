#include "storage/sqlite/change_notice.hpp"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;

namespace suprsync {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds between_checks = 100ms;
// Where the kernel tells of writes; nothing is to depend on that.
constexpr std::chrono::milliseconds between_checks_when_told = 800ms;
// From its first page a transaction takes so long at most, mostly, until it can be seen; a small one, unless
// the disk is slow, so long.
constexpr std::chrono::milliseconds commit_takes = 1s;
constexpr std::chrono::milliseconds small_commit_takes = 5ms;
// Whatever the log looks like, SQLite is asked as often as this.
constexpr std::chrono::milliseconds longest_trust_in_the_log = 900ms;
// Times of files come from a clock that ticks every few milliseconds (some file systems: every second or
// two).
constexpr std::chrono::nanoseconds tick = 50ms;
constexpr std::chrono::nanoseconds coarse_tick = 2s;
// The last three: the watched file is not the log any more, another one may have its name.
constexpr std::uint32_t interesting = IN_MODIFY | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);

// None where there is no log, or where it was written so recently that the next commit may leave the same
// stamp.
std::optional<commit_check::log_stamp> stamp_of(const std::filesystem::path& log) {
    struct ::stat seen{};
    if (::stat(log.c_str(), &seen) != 0) return std::nullopt;
    const commit_check::log_stamp stamp{
        seen.st_ino, seen.st_size, std::int64_t{seen.st_mtim.tv_sec} * 1'000'000'000 + seen.st_mtim.tv_nsec};
    const auto age =
        std::chrono::system_clock::now().time_since_epoch() - std::chrono::nanoseconds(stamp.written_ns);
    const bool whole_second = seen.st_mtim.tv_nsec == 0;
    if (age < (whole_second ? coarse_tick : tick)) return std::nullopt;
    return stamp;
}

}  // namespace

change_notice::change_notice(const asio::any_io_executor& loop, const std::filesystem::path& database)
    : log_(database.native() + "-wal"), events_(loop), timer_(loop) {
    if (const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC); fd >= 0) events_.assign(fd);
    watch();
}

// Again for each wait: it costs nothing where the file is the same.
bool change_notice::watch() {
    return events_.is_open() && ::inotify_add_watch(events_.native_handle(), log_.c_str(), interesting) >= 0;
}

asio::awaitable<bool> change_notice::wait(std::chrono::milliseconds at_most) {
    using std::chrono::steady_clock;
    const auto begun = steady_clock::now();
    if (stopped_) co_return false;
    const bool told = watch();
    const bool expecting = begun - written_at_ < commit_takes;
    timer_.expires_after(std::min(at_most, between_checks));
    co_await timer_.async_wait(quietly);
    if (stopped_ || !told) co_return false;
    timer_.expires_at(begun + std::min(at_most, expecting ? between_checks : between_checks_when_told));
    co_await asio::experimental::make_parallel_group(
        events_.async_wait(asio::posix::stream_descriptor::wait_read, asio::deferred),
        timer_.async_wait(asio::deferred))
        .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    std::array<char, 4096> said{};
    bool written = false;
    while (::read(events_.native_handle(), said.data(), said.size()) > 0) written = true;
    if (!written || stopped_) co_return false;
    written_at_ = steady_clock::now();
    timer_.expires_after(small_commit_takes);
    co_await timer_.async_wait(quietly);
    co_return !stopped_;
}

void change_notice::stop() {
    stopped_ = true;
    timer_.cancel();
    boost::system::error_code ignored;
    events_.cancel(ignored);
}

bool change_notice::may_have_changed() const {
    return !trusted_ || std::chrono::steady_clock::now() - trusted_at_ >= longest_trust_in_the_log ||
           stamp_of(log_) != trusted_;
}

void change_notice::trust(const commit_check& check) {
    trusted_ = check.stamp;
    trusted_at_ = check.begun;
}

commit_check change_notice::check(sqlite_connection& connection) const {
    commit_check check;
    check.begun = std::chrono::steady_clock::now();
    // Before SQLite is asked: what is committed meanwhile leaves another stamp.
    check.stamp = stamp_of(log_);
    check.version = connection.number("PRAGMA data_version");
    check.by_others = version_seen_ != -1 && check.version != version_seen_;
    check.by_anybody = check.version != version_seen_ || connection.database().getTotalChanges() != own_seen_;
    return check;
}

void change_notice::complete(sqlite_connection& connection, const commit_check& check) {
    version_seen_ = check.version;
    own_seen_ = connection.database().getTotalChanges();
}

}  // namespace suprsync
