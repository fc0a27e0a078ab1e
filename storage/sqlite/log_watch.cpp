#include "storage/sqlite/log_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::chrono::milliseconds between_two_words{100};
// From its first page a small transaction takes so long, unless the disk is slow.
constexpr std::chrono::milliseconds a_commit_takes{5};
constexpr std::chrono::seconds before_another_try{1};
// The others: it is not the log any more, another file may have its name.
constexpr std::uint32_t interesting = IN_MODIFY | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

}  // namespace

log_watch::log_watch(const asio::any_io_executor& loop, const std::filesystem::path& database)
    : log_(database.native() + "-wal"), events_(loop), rest_(loop) {
    if (const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC); fd >= 0) events_.assign(fd);
    works_ = watch();
}

// Again for each wait: it costs nothing where the file is the same.
bool log_watch::watch() {
    return events_.is_open() && ::inotify_add_watch(events_.native_handle(), log_.c_str(), interesting) >= 0;
}

asio::awaitable<bool> log_watch::wait() {
    constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
    works_ = !stopped_ && watch();
    if (!stopped_) {
        rest_.expires_after(works_ ? std::chrono::milliseconds(between_two_words) : before_another_try);
        co_await rest_.async_wait(quietly);
    }
    if (works_ && !stopped_) {
        co_await events_.async_wait(asio::posix::stream_descriptor::wait_read, quietly);
        if (!stopped_) {
            rest_.expires_after(a_commit_takes);
            co_await rest_.async_wait(quietly);
        }
        std::array<char, 4096> said{};
        while (::read(events_.native_handle(), said.data(), said.size()) > 0) {
        }
    }
    co_return works_ && !stopped_;
}

void log_watch::stop() {
    stopped_ = true;
    works_ = false;
    rest_.cancel();
    boost::system::error_code ignored;
    events_.cancel(ignored);
}

}  // namespace suprsync
