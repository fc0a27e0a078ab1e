// The class behind make_far_transport. Internal to net/far.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/far/batch_sender.hpp"
#include "net/far/far_transport.hpp"
#include "net/far/lane_process.hpp"
#include "net/place/work_threads.hpp"

namespace suprsync::far {

class far_transport final : public transport {
  public:
    far_transport(boost::asio::any_io_executor executor, child_runner& runner, transport_options options,
                  std::unique_ptr<transport> scripts, std::shared_ptr<ssh_connection> connection,
                  std::shared_ptr<pace> rate, told_by_rsync by_rsync);
    ~far_transport() override;

    boost::asio::awaitable<result<destination_facts>> prepare(prepare_request request) override;
    boost::asio::awaitable<stage_report> stage(stage_request request) override;
    boost::asio::awaitable<digest_report> digests(digest_request request) override;
    boost::asio::awaitable<publish_report> publish(int slot, std::vector<publish_item> items) override;
    boost::asio::awaitable<publish_report> deliver(int slot, std::vector<publish_item> items,
                                                   std::uint64_t bytes) override;
    boost::asio::awaitable<stat_report> stat(stat_request request) override;
    std::vector<std::size_t> order_of(const std::vector<std::string_view>& remote_paths) const override;
    boost::asio::awaitable<result<void>> sweep(std::vector<staged_file> files) override;
    boost::asio::awaitable<result<disk_space>> space() override;
    void stop() override;
    std::string name() const override { return options_.name(); }

  private:
    using lane_handle = std::shared_ptr<lane_process>;

    // far_contact.cpp
    /// prepare() by the first lane, which is made where there is none. Failures: as prepare();
    /// missing_program: there is no far side that could be used; invalid: it does not understand the request.
    boost::asio::awaitable<result<destination_facts>> contact(prepare_request request);
    boost::asio::awaitable<result<destination_facts>> prepare_there(lane_handle l, prepare_request request);
    boost::asio::awaitable<result<destination_facts>> prepare_scripts(prepare_request request,
                                                                      std::string why, bool usual);
    /// What a verb goes by: the far side, connected again where that was lost since prepare(), or the
    /// scripts; they also do what does not fit into a message.
    enum class way { far_side, scripts };
    boost::asio::awaitable<result<way>> way_there(bool fits);
    /// For data, beside the first one; to be given back.
    boost::asio::awaitable<std::vector<lane_handle>> more_lanes(std::size_t wanted);
    boost::asio::awaitable<void> add_lane();
    void give_back(const std::vector<lane_handle>& lanes);
    static boost::asio::awaitable<void> keep_lanes(std::weak_ptr<far_transport*> self,
                                                   std::shared_ptr<boost::asio::steady_timer> timer);
    void tend_lanes();
    /// It has ended while it was asked that.
    void died_over_it(const lane_handle& l, const std::string& operation);

    // far_stage.cpp
    boost::asio::awaitable<stage_report> send(stage_request request);
    /// How long it may take, and be silent.
    work_limits limits_of(const stage_request& request) const;

    // far_transport.cpp
    struct answer {
        std::optional<process_end> end;  ///< not as the far side said, but a limit, a loss, or our stop
        std::string bytes;
    };
    boost::asio::awaitable<answer> ask(lane_handle l, kind what, std::string message, std::string operation,
                                       std::chrono::nanoseconds limit);
    struct question {
        kind what = kind::ping;
        std::optional<std::string> message;  ///< none: it is too long for one
        bool of_nothing = false;             ///< it need not be asked
        std::string operation;
        std::chrono::nanoseconds limit{};
    };
    /// What the far side reports, or the scripts where they do it.
    template <class Report, class ByScripts>
    boost::asio::awaitable<Report> reported(question asked, ByScripts by_scripts);
    boost::asio::awaitable<publish_report> published(kind what, int slot, std::vector<publish_item> items,
                                                     std::uint64_t bytes);
    failure not_understood(const std::string& operation) const;
    void end_lanes();
    process_end ended(work_end how, const std::string& operation) const;
    boost::asio::awaitable<process_end> lost(lane_handle l, std::string operation);

    boost::asio::any_io_executor executor_;
    child_runner& runner_;
    transport_options options_;
    std::unique_ptr<transport> scripts_;
    std::shared_ptr<ssh_connection> connection_;
    told_by_rsync by_rsync_;
    std::string told_;  ///< why rsync takes over, as it was told
    std::shared_ptr<pace> rate_;
    work_threads threads_;
    lane_handle lane_;                         ///< the first one, for every question
    std::vector<lane_handle> others_;          ///< for data alone
    std::optional<prepare_request> prepared_;  ///< that was answered; with the base directory that it found
    bool scripts_prepared_ = false;
    /// Far sides that ended by themselves while they were asked that, since one last answered it.
    std::map<std::string, int, std::less<>> deaths_;
    std::chrono::steady_clock::time_point asked_again_at_{};
    std::string words_of_the_dead_;
    way way_ = way::scripts;
    bool connecting_ = false;
    boost::asio::steady_timer connected_;                      ///< cancelled when connecting_ is over
    bool opening_ = false;                                     ///< further lanes
    boost::asio::steady_timer opened_;                         ///< cancelled when opening_ is over
    std::chrono::steady_clock::time_point opened_again_at_{};  ///< no further lane is tried before
    bool stopped_ = false;
    std::shared_ptr<far_transport*> self_ = std::make_shared<far_transport*>(this);
    std::shared_ptr<boost::asio::steady_timer> tend_ = std::make_shared<boost::asio::steady_timer>(executor_);
};

}  // namespace suprsync::far
