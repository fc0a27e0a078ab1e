// A daemon that tells somebody: what it sends is kept, and answered as a test wants.
#pragma once

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/engine/run/daemon_world.hpp"

namespace suprsync::test {

struct recording_sender final : notice_sender {
    struct sent {
        std::string by;  ///< the program of the entry
        std::string content_type;
        std::string text;
        boost::json::value json() const { return boost::json::parse(text); }
        std::string event() const { return std::string(json().at("event").as_string()); }
        std::string kind() const { return std::string(json().at("kind").as_string()); }
    };

    std::vector<sent> all;  ///< attempts
    /// What becomes of an attempt; none: it is taken.
    std::function<std::optional<delivery_failure>(const sent&)> answer = [](const sent&) {
        return std::nullopt;
    };
    manual_clock* time = nullptr;
    std::string holds;  ///< attempts of this program do not end before stop()
    bool stopped = false;

    boost::asio::awaitable<std::optional<delivery_failure>> deliver(notify_configuration to,
                                                                    std::string content_type,
                                                                    std::string text) override {
        all.push_back({to.command.front(), std::move(content_type), std::move(text)});
        const auto one = all.back();
        while (one.by == holds && !stopped) co_await time->sleep_for(std::chrono::milliseconds(100));
        if (stopped) co_return delivery_failure{{failure_code::stopped, "send", one.by, "the daemon ends"}};
        co_return answer(one);
    }
    void stop() override { stopped = true; }

    std::vector<sent> of(const std::string& program) const {
        std::vector<sent> found;
        for (const auto& one : all)
            if (one.by == program) found.push_back(one);
        return found;
    }
};

inline std::optional<delivery_failure> refused_by_it(bool for_good = false) {
    return delivery_failure{{failure_code::io, "send a message by", "the command mail", "exit 1: no"},
                            for_good};
}

inline notify_configuration told_by(const std::string& program) {
    notify_configuration entry;
    entry.command = {program};
    return entry;
}

// It outlives the daemon.
struct kept_sender {
    recording_sender sender;
};

struct notifier_world : kept_sender, daemon_world {
    static daemon_configuration telling(std::vector<notify_configuration> entries) {
        auto c = two_archives();
        c.notify = std::move(entries);
        return c;
    }

    explicit notifier_world(std::vector<notify_configuration> entries = {told_by("mail")})
        : daemon_world(telling(std::move(entries))) {
        sender.time = &time;
        served.tell_through(sender, "so1");
        // Hours go by in these tests.
        catalog.told_of_changes = 600;
    }

    void raise(const std::string& kind, const std::string& archive = "smurf",
               const std::string& message = "what to do") {
        served.conditions().raise(kind, archive, message);
        settle(loop);
    }
    void clear(const std::string& kind, const std::string& archive = "smurf") {
        served.conditions().clear(kind, archive);
        settle(loop);
    }
    void flap(int times) {
        for (int i = 0; i < times; ++i) raise("slot_busy"), clear("slot_busy");
    }
    void reload(std::vector<notify_configuration> entries) {
        BOOST_TEST(served.reload(telling(std::move(entries))).has_value());
        settle(loop);
    }
};

}  // namespace suprsync::test
