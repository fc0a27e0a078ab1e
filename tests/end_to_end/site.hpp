// A telescope site in a scratch directory: data, a catalog, a destination, and the daemon that serves it.
// Every end-to-end test begins with one, changes what it is about, and starts the daemon.
#pragma once

#include <boost/json/value.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/daemon.hpp"
#include "tests/support/destination_watcher.hpp"
#include "tests/support/files.hpp"
#include "tests/support/foreign_writer.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/scratch_directory.hpp"
#include "tests/support/sshd.hpp"
#include "tests/support/tcp_proxy.hpp"
#include "tests/support/waiting.hpp"

namespace suprsync::test {

/// A timecode so old that its directories are complete at once.
inline constexpr int old_timecode = 17000;
/// int(now // 1e5).
int timecode_now();

class site {
  public:
    /// Data and destination are empty, the base directory does not exist yet. The daemon is to copy locally,
    /// listens on a Unix socket, deletes nothing, and looks on its own only every 10 min: what happens in a
    /// test happens because something woke it.
    site();
    ~site();

    const scratch_directory scratch;
    const std::filesystem::path data;         ///< local files
    const std::filesystem::path destination;  ///< holds the base directory and, beside it, staging
    const std::filesystem::path base;
    const std::filesystem::path database;
    const std::filesystem::path finalization_root;
    const std::filesystem::path log;
    const std::string archive = "timestreams";
    const std::string instance = "test-instance";

    /// Options of `suprsync run` and their values; an empty value is a flag. Tests change them before
    /// start().
    std::map<std::string, std::string> options;
    std::map<std::string, std::string> environment;

    /// The destination is the same directory behind a throwaway sshd.
    void use_ssh();
    void stop_sshd();
    /// On the same port, with the same host key.
    void start_sshd();
    /// Stops (SIGSTOP) or continues every sshd process, connections included.
    void freeze_sshd(bool frozen);
    /// The known_hosts file becomes empty.
    void forget_host_key();

    /// The same, through a TCP proxy.
    void use_ssh_through_proxy();
    /// Bytes a second, each way.
    void limit_proxy_rate(std::uint64_t bytes_per_second);
    /// Cuts every connection once, when so many bytes have passed towards the destination from now on.
    void cut_proxy_after(std::uint64_t bytes);
    /// Connections stay open, and nothing passes any more.
    void swallow_at_proxy(bool swallow);
    /// Bytes that passed towards the destination so far.
    std::uint64_t bytes_through_proxy() const;

    /// As root no permission is ever refused: the daemon is run as another user, who owns everything in the
    /// scratch directory so far. Does nothing where the test runs as an ordinary user.
    void run_without_root();

    /// Puts a shell script in place of a program, here and on the destination; in it `$real` is the program,
    /// and `first` succeeds only the first time that it is asked. Where it is only tried whether the program
    /// is there, it is the program itself.
    void wrap(const std::string& program, const std::string& script);

    /// A directory with every program of this machine but one, to be the whole PATH.
    std::filesystem::path programs_without(const std::string& name) const;

    /// What start() runs.
    std::vector<std::string> command() const;
    /// The PATH of the destination's programs; to be set before use_ssh().
    std::string remote_path_variable;

    /// Starts the daemon and waits until it is ready.
    daemon_process& start();
    /// Starts it without waiting for anything.
    daemon_process& start_unready();
    daemon_process& daemon() { return *daemon_; }
    /// SIGTERM, and waits for the end; throws where it did not end with status 0.
    void stop();
    /// kill -9, and forgets it.
    void kill();

    http_client http() const;
    boost::json::object status() const;
    /// The condition of this kind; null where it does not hold.
    boost::json::value condition(const std::string& kind) const;
    void await_condition(const std::string& kind) const;
    void await_no_condition(const std::string& kind) const;
    /// GET /files/{id}
    boost::json::object file(std::int64_t id) const;

    /// The catalog as another program sees it; the tables are made where they are missing.
    foreign_writer& catalog();

    /// A local file with this content and modified an hour ago, and the row that registers it now, as
    /// pysmurf-monitor would; the row is not inserted.
    catalog_row make_file(const std::string& name, const std::string& remote_path, std::string_view content);
    /// The same, inserted; returns its id.
    std::int64_t add_file(const std::string& name, const std::string& remote_path, std::string_view content);

    void await_verified(std::int64_t id);
    /// Waits until every row that is not ignored is verified.
    void await_all_verified();
    /// Waits for the finalization file of a timecode, delivered; returns its row.
    catalog_row await_finalized(int timecode, int revision = 1);
    /// A revision waits for its day to be quiet for a minute or more: as if an hour had gone by since.
    void let_days_be_quiet();

    /// Files in the slots of the default staging directory.
    std::vector<std::string> staged_files() const;

    /// The promise of the spec (Staging and publishing), as far as a reader can see it: every name below the
    /// base directory was a registered file or a directory that leads to one, and every content that was read
    /// is that row's. `also` allows further content by remote path.
    void check_clean(const destination_watcher::sightings& seen,
                     const std::map<std::string, std::set<std::string>>& also = {});
    /// Every file that is verified lies at the destination with its content, and nothing else does.
    void check_delivered();

    /// Processes that the daemon has started on this side, and those that they started.
    std::vector<process> processes() const;

  private:
    std::vector<std::string> program_;
    std::unique_ptr<sshd> sshd_;
    std::unique_ptr<tcp_proxy> proxy_;
    std::unique_ptr<daemon_process> daemon_;
    std::unique_ptr<foreign_writer> catalog_;
};

}  // namespace suprsync::test
