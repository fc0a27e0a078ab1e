#include "net/notify/notice_sender.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/model/text.hpp"
#include "net/notify/web_thread.hpp"
#include "net/notify/webhook.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::size_t kept_output = 4096;
constexpr std::size_t shown_output = 200;

class sender final : public notice_sender {
  public:
    sender(asio::any_io_executor executor, child_runner& runner)
        : executor_(std::move(executor)), runner_(runner) {}

    asio::awaitable<std::optional<delivery_failure>> deliver(notify_configuration to,
                                                             std::string content_type,
                                                             std::string text) override {
        if (stopped_) co_return stopped();
        if (!to.command.empty()) co_return co_await run(std::move(to), std::move(text));
        if (!web_) web_ = std::make_unique<web_thread>(executor_);
        const auto answer = co_await web_->post(
            {to.url, std::move(content_type), std::move(text), to.ca_file.value_or(""), to.timeout});
        co_return judge_answer(to, answer);
    }

    void stop() override {
        stopped_ = true;
        runner_.stop();
        if (web_) web_->stop();
    }

  private:
    static delivery_failure stopped() {
        return {{failure_code::stopped, "send", "a message", "the daemon ends"}};
    }

    asio::awaitable<std::optional<delivery_failure>> run(notify_configuration to, std::string text) {
        child_request request;
        request.arguments = to.command;
        request.input = std::move(text);
        request.limit =
            std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(to.timeout));
        request.output_limit = kept_output;
        const auto ended = co_await runner_.run(std::move(request));
        if (!ended) co_return delivery_failure{ended.error()};
        if (ended->succeeded()) co_return std::nullopt;
        auto detail = ended->cause == ended_by::time_limit
                          ? fmt::format("it did not end within {:g} s (timeout)", to.timeout)
                          : ended->describe();
        auto said = std::string(first_line(ended->error));
        if (!said.empty()) detail += ": " + said.substr(0, shown_output);
        const auto code = ended->cause == ended_by::stop         ? failure_code::stopped
                          : ended->cause == ended_by::time_limit ? failure_code::timed_out
                                                                 : failure_code::io;
        co_return delivery_failure{{code, "send a message by", place_of(to), detail}};
    }

    asio::any_io_executor executor_;
    child_runner& runner_;
    std::unique_ptr<web_thread> web_;
    bool stopped_ = false;
};

}  // namespace

std::unique_ptr<notice_sender> make_notice_sender(asio::any_io_executor executor, child_runner& runner) {
    return std::make_unique<sender>(std::move(executor), runner);
}

}  // namespace suprsync
