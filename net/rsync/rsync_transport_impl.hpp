// The class behind make_rsync_transport: one verb, one script or one rsync. Internal to net/.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "engine/rules/sending_order.hpp"
#include "net/remote/destination_shell.hpp"
#include "net/remote/destination_state.hpp"
#include "net/remote/verb_rules.hpp"
#include "net/rsync/rsync_output.hpp"
#include "net/rsync/rsync_transport.hpp"
#include "net/rsync/runtime_directory.hpp"
#include "net/rsync/symlink_tree.hpp"

namespace suprsync {

class rsync_transport final : public transport {
  public:
    rsync_transport(boost::asio::any_io_executor executor, child_runner& runner, transport_options options,
                    runtime_directory runtime);

    boost::asio::awaitable<result<destination_facts>> prepare(prepare_request request) override;
    boost::asio::awaitable<stage_report> stage(stage_request request) override;
    boost::asio::awaitable<digest_report> digests(digest_request request) override;
    boost::asio::awaitable<publish_report> publish(int slot, std::vector<publish_item> items) override;
    boost::asio::awaitable<publish_report> deliver(int slot, std::vector<publish_item> items,
                                                   std::uint64_t bytes) override;
    boost::asio::awaitable<stat_report> stat(stat_request request) override;
    std::vector<std::size_t> order_of(const std::vector<std::string_view>& remote_paths) const override {
        return sending_order(remote_paths);
    }
    boost::asio::awaitable<result<void>> sweep(std::vector<staged_file> files) override;
    boost::asio::awaitable<result<disk_space>> space() override;
    void stop() override;
    std::string name() const override;

    const std::shared_ptr<ssh_connection>& connection() const { return shell_.connection(); }

  private:
    std::chrono::nanoseconds command_limit(std::uint64_t bytes, std::size_t paths) const {
        return suprsync::command_limit(options_.archive, bytes, paths);
    }
    boost::asio::awaitable<script_answer> run(std::string operation, std::string_view script,
                                              std::string settings, std::string list,
                                              std::chrono::nanoseconds limit);
    boost::asio::awaitable<stat_report> stat_once(stat_request request);
    boost::asio::awaitable<std::uint64_t> bytes_in_the_way(const std::vector<publish_item>& items);
    /// scripts::deliver, without its call: for so many files of so many bytes together.
    script_request delivery(std::uint64_t bytes, std::size_t files) const;
    /// What --chmod makes of a directory's mode; asked of rsync here, once. Failures: missing_program, io.
    boost::asio::awaitable<result<directory_modes>> find_directory_modes();

    // rsync_leftovers.cpp
    /// Without staging: removes what killed receivers left of these files; its paths.
    boost::asio::awaitable<std::vector<std::string>> sweep_leftovers(const std::vector<stage_item>& items);

    // rsync_stage.cpp
    boost::asio::awaitable<stage_report> send(stage_request request);
    std::vector<std::string> rsync_arguments(const stage_request& request, const std::string& tree,
                                             const destination_shell::rsync_route& route) const;
    std::chrono::nanoseconds stage_stall(const stage_request& request) const;
    static double comparing_time(const stage_request& request);  ///< s
    /// What a prestarted rsync keeps: the tree that its list will lead into, and its connection.
    struct rsync_resources {
        symlink_tree tree;
        destination_shell::rsync_route route;
        bool usable() const { return route.channel.usable(); }
    };
    child_request rsync_child(const stage_request& request, const std::string& tree,
                              const destination_shell::rsync_route& route) const;
    boost::asio::awaitable<void> run_rsync(const stage_request& request, const symlink_tree& tree,
                                           destination_shell::rsync_route route, prestarted_child prestarted,
                                           stage_report& report);
    /// Whether links that were to be read are gone: then what was said of them is taken back.
    /// Whether rsync stalled over the local file `read`; the report says so.
    bool blame_local_file(const stage_request& request, const std::string& read, stage_report& report) const;
    bool forget_lost_links(const stage_request& request, const symlink_tree& tree,
                           stage_report& report) const;
    /// Starts the processes of the next small batch in a slot that is empty and at rest: connecting, and what
    /// a process costs to start, is most of what a small file takes.
    void prestart(int slot);
    /// The same as soon as the loop has nothing better to do.
    void prestart_soon(int slot);
    /// Bytes that arrived in the slot since the receiver began; the report's end becomes a connection failure
    /// where the destination does not answer.
    boost::asio::awaitable<std::uint64_t> arrived(int slot, std::string_view error);

    boost::asio::any_io_executor executor_;
    child_runner& runner_;
    transport_options options_;
    runtime_directory runtime_;
    destination_shell shell_;
    destination_state state_;
    /// By slot. They lock it: what needs a slot at rest ends them.
    prestarted_processes<int, rsync_resources> prestarted_;
    bool account_tried_ = false;  ///< it answered as it should, the last time that it was asked
    double trial_limit_ = options_.trial_limit;  ///< of the account's next trial (s)
    std::string no_locks_;                       ///< why nothing can be locked there; empty where it can
    bool other_file_systems_ = false;  ///< a published file was seen on another one than the base directory
    /// Directories below the base directory without such leftovers, since no transfer was cut short.
    std::unordered_set<std::string> swept_;
    std::size_t staging_ = 0;  ///< batches that are being sent
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace suprsync
