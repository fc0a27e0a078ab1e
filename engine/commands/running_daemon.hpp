// One daemon of `suprsync run` with all that it consists of: catalog, locks, disk, transports, HTTP server,
// OCS agents, signals.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/commands/reload_desk.hpp"
#include "engine/commands/run_options.hpp"
#include "engine/loop/system_clock.hpp"
#include "engine/run/daemon.hpp"
#include "http/ocs/ocs_client.hpp"
#include "http/server/server.hpp"
#include "net/notify/notice_sender.hpp"
#include "net/place/pace.hpp"
#include "net/process/guardian.hpp"
#include "net/process/guardian_keeper.hpp"
#include "net/rsync/rsync_transport.hpp"
#include "storage/catalog/sqlite_catalog.hpp"
#include "storage/disk/patient_threads.hpp"

namespace suprsync {

/// Logs what was said of options that have no effect, or are another program's.
void tell_of_options(const run_options& options);

/// Members are destroyed from the last to the first: whatever waits on another goes before it.
class running_daemon {
  public:
    explicit running_daemon(run_options options);

    /// Opens everything. Failures end the start; `stopped`: it was told to end while the catalog was locked.
    result<void> open();

    /// Works until SIGTERM or SIGINT, or with --once until everything is settled. Returns the exit status.
    int run();

  private:
    // running_daemon_open.cpp
    result<std::unique_ptr<sqlite_catalog>> open_when_free(catalog_options catalog);
    std::unique_ptr<transport> make_transport(const archive_configuration& a);

    // running_daemon_http.cpp
    result<void> open_http_server();
    result<std::vector<listen_address>> listen_also(const std::vector<std::string>& wanted);
    void listen_as_before(const std::vector<listen_address>& before);
    std::vector<listen_address> listen_by_default();
    result<listen_address> open_default_socket();
    void mend_sockets();
    void tell_where(const listen_address& where) const;
    void warn_of_listening() const;
    /// Reloads with the listening addresses of `wanted`, which are other ones; a failure changes nothing.
    result<configuration_changes> take_over_elsewhere(const daemon_configuration& wanted);

    // running_daemon_ocs.cpp
    void open_ocs_client();
    boost::asio::awaitable<result<std::vector<boost::asio::ip::address>>> addresses_of(std::string host);

    // running_daemon_reload.cpp
    void listen_for_reloads();
    boost::asio::awaitable<void> reload_when_asked();
    boost::asio::awaitable<void> reload();
    boost::asio::awaitable<reload_answer> read_again();
    result<configuration_changes> take_over(const daemon_configuration& wanted);

    // running_daemon.cpp
    boost::asio::awaitable<int> everything();
    boost::asio::awaitable<void> obey_signals();
    boost::asio::awaitable<void> feed_watchdog();
    std::string status();
    boost::asio::awaitable<void> show_progress_line();

    run_options options_;
    boost::asio::io_context loop_{1};
    patient_threads reader_;    // reads the configuration again
    patient_threads resolver_;  // finds hosts
    boost::asio::signal_set ending_{loop_, SIGTERM, SIGINT};
    boost::asio::signal_set hang_ups_{loop_};
    boost::asio::steady_timer watchdog_timer_{loop_};
    boost::asio::steady_timer progress_timer_{loop_};
    system_clock clock_{loop_.get_executor()};
    reload_desk reload_desk_{loop_.get_executor()};
    std::unique_ptr<sqlite_catalog> catalog_;
    std::optional<guardian> guardian_;
    std::optional<guardian_keeper> guardian_keeper_;
    std::unique_ptr<local_disk> disk_;
    std::list<child_runner> runners_;
    archive_paces paces_;
    std::unique_ptr<notice_sender> notice_sender_;
    std::unique_ptr<daemon> daemon_;
    std::unique_ptr<http_server> http_server_;
    std::unique_ptr<ocs_client> ocs_client_;
    std::vector<listen_address> lost_sockets_;  // not made anew yet
    bool ready_ = false;
    bool desk_is_missed_ = false;  // the log tells that there is no place for it
    bool told_to_end_ = false;
    bool ended_ = false;
};

}  // namespace suprsync
