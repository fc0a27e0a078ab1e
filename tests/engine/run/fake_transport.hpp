// A destination in memory: what is staged, slot by slot, and what is published.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/ports/transport.hpp"
#include "engine/rules/sending_order.hpp"
#include "tests/engine/run/fake_local_disk.hpp"

namespace suprsync::test {

/// Copies faithfully from the fake disk unless told otherwise. Belongs to the loop thread.
class fake_transport final : public transport {
  public:
    fake_transport(boost::asio::io_context& loop, const fake_local_disk& disk);

    std::map<std::string, std::string> published;              ///< remote path: content
    std::map<int, std::map<std::string, std::string>> staged;  ///< slot: remote path: content
    destination_facts facts;                                   ///< what `prepare` finds
    std::map<std::string, std::string> replaced;               ///< what had to yield, by remote path
    std::set<std::string> directories_gone;                    ///< timecodes; all others are there
    std::optional<failure> down;                               ///< every verb fails with this error
    std::optional<disk_space> free_space;                      ///< none: it does not tell
    bool tells_progress = true;                                ///< while files are staged
    bool delivers = false;  ///< sums are compared and files published in one step

    /// Called with the request and the faithful report; may change the report and the destination.
    std::function<void(const prepare_request&, result<destination_facts>&)> on_prepare;
    std::function<void(const stage_request&, stage_report&)> on_stage;
    std::function<void(const digest_request&, digest_report&)> on_digests;
    std::function<void(const std::vector<publish_item>&, publish_report&)> on_publish;
    std::function<void(const stat_request&, stat_report&)> on_stat;
    std::function<void()> on_space;

    std::vector<std::string> calls;  ///< "prepare", "stage 0 17000/a 17000/b", "publish 0 17000/a", ...
    std::vector<prepare_request> prepared;
    std::vector<stage_request> stage_requests;
    std::vector<stat_request> stat_requests;
    std::vector<staged_file> swept;
    bool stopped = false;

    /// From now on transfers (`stage`) wait after they have begun, until released.
    void hold() { held_ = true; }
    /// The same of `prepare`.
    void hold_prepare() { held_prepare_ = true; }
    /// The same of a look at files.
    void hold_stat() { held_stat_ = true; }
    void release();
    /// Transfers that wait, and the most that ever did at a time.
    std::size_t waiting() const { return waiting_; }
    std::size_t most_waiting() const { return most_waiting_; }
    std::size_t count(std::string_view verb) const;  ///< calls of one verb

    boost::asio::awaitable<result<destination_facts>> prepare(prepare_request) override;
    boost::asio::awaitable<stage_report> stage(stage_request) override;
    std::vector<std::size_t> order_of(const std::vector<std::string_view>& remote_paths) const override {
        return sending_order(remote_paths);  // as rsync does
    }
    boost::asio::awaitable<digest_report> digests(digest_request) override;
    boost::asio::awaitable<publish_report> publish(int slot, std::vector<publish_item>) override;
    boost::asio::awaitable<publish_report> deliver(int slot, std::vector<publish_item>,
                                                   std::uint64_t bytes) override;
    boost::asio::awaitable<stat_report> stat(stat_request) override;
    boost::asio::awaitable<result<void>> sweep(std::vector<staged_file>) override;
    boost::asio::awaitable<result<disk_space>> space() override;
    void stop() override;
    std::string name() const override { return "user@host:/base"; }

  private:
    process_end end() const;
    std::map<std::string, std::string>& place(const std::optional<int>& slot);

    const fake_local_disk& disk_;
    bool held_ = false;
    bool held_prepare_ = false;
    bool held_stat_ = false;
    std::size_t waiting_ = 0;
    std::size_t most_waiting_ = 0;
    boost::asio::steady_timer gate_;  // never expires: cancelled when opened
};

}  // namespace suprsync::test
