// The class behind make_direct_transport. Internal to net/direct.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/direct/direct_transport.hpp"
#include "net/place/base_directory.hpp"
#include "net/place/pace.hpp"
#include "net/place/work_threads.hpp"
#include "net/remote/verb_rules.hpp"

namespace suprsync {

/// An answer that does not say by itself how its work ended.
template <class Answer>
struct told {
    process_end end;
    std::optional<Answer> answer{};
};

class direct_transport final : public transport {
  public:
    direct_transport(const boost::asio::any_io_executor& executor, archive_configuration archive,
                     std::shared_ptr<pace> rate, other_way otherwise)
        : archive_(std::move(archive)),
          otherwise_(std::move(otherwise)),
          threads_(executor),
          pace_(std::move(rate)) {}

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
    std::string name() const override { return archive_.destination(); }

  private:
    using linking_work = std::function<publish_report(const base_directory&, work_watch&)>;
    boost::asio::awaitable<publish_report> link(std::size_t items, work_limits within, linking_work work);

    work_limits limits(std::optional<std::chrono::nanoseconds> whole) const {
        return {whole, as_duration(archive_.stall_timeout)};
    }
    std::chrono::nanoseconds command(std::uint64_t bytes, std::size_t paths) const {
        return command_limit(archive_, bytes, paths);
    }
    /// How the work ended, where that was not by itself; `report_end` is what it said otherwise.
    process_end end_of(const worked& how, process_end report_end, const std::string& operation) const;
    boost::asio::awaitable<result<destination_facts>> hand_over(prepare_request request, std::string why);

    /// Runs `work(base, watch)` and returns what it found; with what was found until then where it was ended.
    template <class Report>
    boost::asio::awaitable<Report> ask(std::string operation, work_limits within,
                                       std::function<Report(const base_directory&, work_watch&)> work) {
        Report report;
        if (!base_) {
            report.end = not_prepared(name());
            co_return report;
        }
        const auto found = std::make_shared<Report>();
        const auto how = co_await threads_.run(
            [found, work = std::move(work), base = base_](work_watch& watch) { *found = work(*base, watch); },
            within);
        if (how.returned) report = std::move(*found);
        report.end = end_of(how, std::move(report.end), operation);
        co_return report;
    }

    archive_configuration archive_;
    other_way otherwise_;
    work_threads threads_;
    std::shared_ptr<pace> pace_;
    std::shared_ptr<const base_directory> base_;  ///< none: not prepared
    std::unique_ptr<transport> rsync_;            ///< made when it was needed first
    bool by_rsync_ = false;
    bool stopped_ = false;
};

}  // namespace suprsync
