// The daemon's way to a far_host, with the promises of the scripts that run there (net/remote): slots, what
// is staged, who yields at a final path, syncs. A connection that is lost takes its answer with it, and
// perhaps what was asked.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/settings.hpp"
#include "engine/ports/transport.hpp"
#include "tests/simulation/far_host.hpp"
#include "tests/simulation/simulated_disk.hpp"

namespace suprsync::simulation {

/// What the simulation wants to know of all transports.
struct transport_watch {
    std::function<void()> on_step;  ///< something is about to be done there
    /// Other content had to yield to the item's file, and is kept.
    std::function<void(const std::string& archive, const publish_item&, const far_file& yielded)> on_replaced;
    std::size_t most_staging = 0;  ///< at a time, of one archive
    std::size_t lost_answers = 0;
};

class simulated_transport final : public transport {
  public:
    simulated_transport(far_host& host, const local_files& here, simulated_clock& time,
                        transport_watch& watch, random chance, const archive_configuration& archive)
        : host_(host),
          here_(here),
          time_(time),
          watch_(watch),
          random_(chance),
          archive_(archive.name),
          base_directory_(archive.remote_basedir),
          stall_timeout_(archive.stall_timeout),
          copy_timeout_(archive.copy_timeout) {}

    boost::asio::awaitable<result<destination_facts>> prepare(prepare_request request) override;
    boost::asio::awaitable<stage_report> stage(stage_request request) override;
    std::vector<std::size_t> order_of(const std::vector<std::string_view>& remote_paths) const override;
    boost::asio::awaitable<digest_report> digests(digest_request request) override;
    boost::asio::awaitable<publish_report> publish(int slot, std::vector<publish_item> items) override;
    boost::asio::awaitable<publish_report> deliver(int slot, std::vector<publish_item> items,
                                                   std::uint64_t bytes) override;
    boost::asio::awaitable<stat_report> stat(stat_request request) override;
    boost::asio::awaitable<result<void>> sweep(std::vector<staged_file> files) override;
    boost::asio::awaitable<result<disk_space>> space() override;
    void stop() override { stopped_ = true; }
    std::string name() const override { return "user@far:" + base_directory_; }

  private:
    /// One command: how it began. What it asks is done there when this has returned without an error.
    struct call {
        std::uint64_t cuts = 0;
        std::optional<failure> error;
    };
    using moment = std::chrono::steady_clock::time_point;
    boost::asio::awaitable<call> begin(double takes, std::optional<moment> limit = {});
    /// The answer's way back: an error where it is lost.
    boost::asio::awaitable<std::optional<failure>> answer(call made);
    process_end end_of(const std::optional<failure>& error) const;
    failure lost(failure_code code, const std::string& why) const;
    std::optional<failure> enter_base() const;
    std::string place(int slot, const std::string& path) const;
    void receive(const stage_request& request, const stage_item& item, std::size_t bytes);
    boost::asio::awaitable<std::optional<failure>> send(const stage_request& request, std::size_t which,
                                                        std::optional<moment> limit, stage_report& report);
    boost::asio::awaitable<std::optional<failure>> read_here(const stage_item& item, stage_report& report,
                                                             std::size_t which);
    stat_answer answer_of(const stat_request& request, const std::string& path);
    void publish_one(int slot, const publish_item& item, publish_outcome& outcome, std::string& detail,
                     std::optional<remote_object>& object);
    remote_object object_of(const far_file& file) const;

    far_host& host_;
    const local_files& here_;
    simulated_clock& time_;
    transport_watch& watch_;
    random random_;
    const std::string archive_;
    const std::string base_directory_;
    const double stall_timeout_;
    const std::optional<double> copy_timeout_;
    std::string staging_;  // "<uuid>/<archive>"
    std::string uuid_;
    base_identity base_;
    bool stopped_ = false;
    std::size_t staging_now_ = 0;
};

}  // namespace suprsync::simulation
