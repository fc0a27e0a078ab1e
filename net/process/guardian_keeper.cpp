#include "net/process/guardian_keeper.hpp"

#include <utility>

#include "engine/loop/as_value.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::chrono::minutes before_another_try{1};

}  // namespace

guardian_keeper::guardian_keeper(asio::any_io_executor executor, guardian& kept,
                                 std::function<void(const std::string&)> report)
    : kept_(kept), report_(std::move(report)), its_end_(executor), again_(executor) {}

asio::awaitable<void> guardian_keeper::run() {
    for (unsigned known = kept_.started(); !stopped_;) {
        if (const int watched = kept_.watched_end(); watched >= 0) {
            its_end_.assign(watched);
            // It never says anything: what can be read is its end.
            co_await its_end_.async_wait(asio::posix::stream_descriptor::wait_read, as_value);
            its_end_.close();
            if (stopped_) co_return;
        }
        const auto renewed = kept_.renew();
        if (!renewed) {
            report_("the guardian has ended, and no other can be started: " + renewed.error().text());
            again_.expires_after(before_another_try);
            co_await again_.async_wait(as_value);
        } else if (kept_.started() != known) {
            known = kept_.started();
            report_(
                "the guardian, which ends what this daemon started when the daemon is killed, has ended (killed?): another one was started");
        }
    }
}

void guardian_keeper::stop() {
    stopped_ = true;
    if (its_end_.is_open()) its_end_.cancel();
    again_.cancel();
}

}  // namespace suprsync
