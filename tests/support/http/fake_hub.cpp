#include "tests/support/http/fake_hub.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include "engine/loop/as_value.hpp"

namespace asio = boost::asio;
namespace json = boost::json;

namespace suprsync::testing {

namespace {

failure hub_gone(const char* what) { return {failure_code::connection, what, "the hub of the test", "gone"}; }

}  // namespace

class fake_hub::channel final : public text_channel {
  public:
    explicit channel(fake_hub& hub) : hub_(hub), changed_(hub.loop_, asio::steady_timer::time_point::max()) {}
    ~channel() override { forget(); }

    asio::awaitable<result<void>> open() override {
        if (hub_.away) co_return hub_gone("connect to");
        hub_.channel_ = this;
        ++hub_.connections;
        co_return result<void>{};
    }
    asio::awaitable<result<received_text>> read() override {
        while (!closed_ && inbox_.empty()) co_await changed_.async_wait(as_value);
        if (inbox_.empty()) co_return hub_gone("read from");
        auto text = std::move(inbox_.front());
        inbox_.pop_front();
        co_return text;
    }
    asio::awaitable<result<void>> write(std::string text) override {
        while (hub_.deaf && !closed_) co_await changed_.async_wait(as_value);
        if (closed_) co_return hub_gone("write to");
        hub_.hear(text);
        co_return result<void>{};
    }
    void close() override {
        closed_ = true;
        forget();
        changed_.cancel();
    }
    void receive(received_text text) {
        inbox_.push_back(std::move(text));
        changed_.cancel();
    }

  private:
    void forget() {
        if (hub_.channel_ == this) {
            hub_.channel_ = nullptr;
            hub_.registered.clear();
        }
    }

    fake_hub& hub_;
    asio::steady_timer changed_;  // never expires: cancelled by news
    std::deque<received_text> inbox_;
    bool closed_ = false;
};

channel_maker fake_hub::maker() {
    return [this](const hub_address& hub) {
        asked.push_back(hub.text());
        return std::make_unique<channel>(*this);
    };
}

std::vector<std::string> fake_hub::take(const std::string& beginning) {
    auto all = take();
    std::erase_if(all, [&](const std::string& text) { return !text.starts_with(beginning); });
    return all;
}

void fake_hub::say(const std::string& text) {
    if (channel_) channel_->receive({text});
}

void fake_hub::say_beginning(const std::string& text) {
    if (channel_) channel_->receive({text, false});
}

void fake_hub::cut() {
    if (channel_) channel_->close();
}

std::uint64_t fake_hub::call(const std::string& procedure, const std::string& arguments,
                             const std::string& keywords) {
    const auto request = ++last_id_;
    say(fmt::format("[68,{},{},{{}},{},{}]", request, registered.at(procedure), arguments, keywords));
    return request;
}

void fake_hub::hear(const std::string& text) {
    if (on_text)
        on_text(text);
    else
        heard_.push_back(text);
    if (accepts_only) return;
    if (text.starts_with("[16,") || text.starts_with("[70,")) return;  // many, and nothing follows
    const auto message = json::parse(text).as_array();
    const auto request = [&] { return message.at(1).to_number<std::uint64_t>(); };
    switch (message.at(0).as_int64()) {
        case 1:
            return say(R"([2,7251873698457462,{"realm":"test_realm","roles":{"broker":{},"dealer":{}}}])");
        case 6:
            if (!ignores_goodbye) say(R"([6,{},"wamp.close.goodbye_and_out"])");
            return;
        case 64: {
            const std::string procedure(message.at(3).as_string());
            if (taken.contains(procedure))
                return say(fmt::format(R"([8,64,{},{{}},"{}",["{}"]])", request(), refuses_with, procedure));
            registered[procedure] = ++last_id_;
            return say(fmt::format("[65,{},{}]", request(), registered[procedure]));
        }
        case 66:
            std::erase_if(registered, [&](const auto& one) {
                return one.second == message.at(2).to_number<std::uint64_t>();
            });
            return say(fmt::format("[67,{}]", request()));
        default:
            return;
    }
}

}  // namespace suprsync::testing
