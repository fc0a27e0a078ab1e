// Tells people and programs what happens (spec, Being told): listens to the event feed, keeps a queue for
// each of those who are told, and gives messages to the sender. Nothing waits for it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/loop/task_group.hpp"
#include "engine/loop/wake.hpp"
#include "engine/ports/notice_sender.hpp"
#include "engine/rules/digest.hpp"
#include "engine/rules/notice_queue.hpp"
#include "engine/run/served_archive.hpp"

namespace suprsync {

/// Belongs to the loop thread.
class notifier {
  public:
    /// Seconds that messages get at the end.
    static constexpr double time_at_the_end = 3;

    /// The configuration is read anew each time: a reload changes it.
    notifier(environment& environment, served_archives& archives, const daemon_configuration& configuration);

    /// By whom messages are sent, and the name of this machine; without it nobody is told. Before run().
    void tell_through(notice_sender& sender, std::string host);

    /// Tells those of the configuration until stop(), and then what waits, within time_at_the_end.
    boost::asio::awaitable<void> run();
    void stop();

    /// The configuration has changed: those that stay as they are keep what waits for them.
    void configuration_changed();

  private:
    struct told {
        told(const boost::asio::any_io_executor& executor, notify_configuration c, std::size_t n,
             const notice_source& from)
            : config(std::move(c)), number(n), queue(config.at_most, from), wake(executor) {}
        const notify_configuration config;
        std::size_t number;  // of the entry, from 1
        notice_queue queue;
        suprsync::wake wake;
        bool leaving = false;
        std::string failure;  // the last one
        bool failed = false;  // since the condition began that says who cannot be told
    };
    using all_told = std::list<told>;

    notice_source source() const;
    double steady() const;
    std::string name_of(const told& one) const;
    void offer(told& one, notice what);
    void tell_events();
    void tell(const event& what);
    static bool is_told_of(told& one, const condition_event& change);
    boost::asio::awaitable<void> serve(all_told::iterator one);
    void not_delivered(told& one, const delivery_failure& failed);
    void say_who_fails();
    void tell_what_is_left(const told& one) const;
    boost::asio::awaitable<void> end_in_time();

    // In notifier_digest.cpp.
    boost::asio::awaitable<void> watch_digests();
    boost::asio::awaitable<void> check_digests();
    boost::asio::awaitable<void> check_digest(daily_time when);
    std::optional<std::vector<digest_archive>> archives_now() const;

    environment& environment_;
    served_archives& archives_;
    const daemon_configuration& configuration_;
    notice_sender* sender_ = nullptr;
    std::string host_;
    all_told told_;
    task_group tasks_;
    std::optional<event_listener> listener_;
    std::uint64_t seen_ = 0;                      // event
    std::map<std::string, digest_mark> digests_;  // by the name of their record
    wake digest_wake_;
    wake end_wake_;
    bool stopping_ = false;
    bool served_all_ = false;  // of a daemon that stops
};

}  // namespace suprsync
