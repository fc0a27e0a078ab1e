#include "engine/commands/run.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <list>
#include <random>
#include <thread>
#include <utility>

#include "engine/commands/environment.hpp"
#include "engine/commands/exit_code.hpp"
#include "engine/commands/once_progress.hpp"
#include "engine/commands/run_options.hpp"
#include "engine/commands/service_manager.hpp"
#include "engine/loop/system_clock.hpp"
#include "engine/model/version.hpp"
#include "engine/run/daemon.hpp"
#include "http/server/server.hpp"
#include "net/process/guardian.hpp"
#include "net/rsync/rsync_transport.hpp"
#include "storage/catalog/sqlite_catalog.hpp"
#include "storage/disk/local_disk.hpp"
#include "storage/disk/off_loop.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace suprsync {

namespace {

constexpr auto as_value = asio::as_tuple(asio::use_awaitable);
// Requests that are running when everything else has ended.
constexpr auto http_server_grace = 1s;
constexpr auto progress_every = 500ms;
constexpr auto longest_between_words = 10s;  // to systemd while the catalog is prepared

// A short path of our own: control sockets live there, whose names have at most 108 bytes, and a symbolic
// link for each file of a batch, which on a disk take longer to make than small files take to send.
std::string runtime_directory_path() {
    if (auto of_systemd = environment_variable("RUNTIME_DIRECTORY")) return *of_systemd;
    if (auto of_session = environment_variable("XDG_RUNTIME_DIR");
        of_session && of_session->size() < 40 && ::access(of_session->c_str(), W_OK | X_OK) == 0)
        return *of_session + "/suprsync";
    const char* parent = ::access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
    return fmt::format("{}/suprsync-{}", parent, ::geteuid());
}

random_source real_random() {
    return [engine = std::mt19937_64(std::random_device{}())]() mutable {
        return std::uniform_real_distribution<double>(0, 1)(engine);
    };
}

// All that one daemon consists of. Members are destroyed from the last to the first: whatever waits on
// another goes before it.
class running_daemon {
  public:
    running_daemon(run_options options, std::vector<std::string> arguments)
        : options_(std::move(options)), arguments_(std::move(arguments)) {}

    // Opens everything; failures end the start.
    result<void> open() {
        auto& c = options_.daemon;
        catalog_options catalog;
        catalog.path = c.db_path;
        catalog.instance_id = c.instance_id;
        if (c.db_echo) catalog.echo = [](const std::string& sql) { spdlog::info("sql: {}", sql); };
        auto opened = open_when_free(std::move(catalog));
        if (!opened) return opened.error();
        catalog_ = std::move(*opened);
        for (const auto& archive : c.archives)
            if (auto held = catalog_->lock_archive(archive.name); !held) return held.error();
        auto watch = guardian::start("/proc/self/exe");
        if (!watch) return watch.error();
        guardian_.emplace(std::move(*watch));
        const auto cores = static_cast<int>(std::thread::hardware_concurrency());
        disk_ = make_local_disk(loop_.get_executor(), std::clamp(cores, 2, 4));
        daemon_ = std::make_unique<daemon>(
            loop_.get_executor(), c, *catalog_, *disk_, clock_, real_random(),
            [this](const archive_configuration& archive) { return make_transport(archive); });
        daemon_->lock_archive = [this](const std::string& archive) {
            return catalog_->lock_archive(archive);
        };
        daemon_->unlock_archive = [this](const std::string& archive) { catalog_->unlock_archive(archive); };
        return open_http_server();
    }

    int run() {
        for (const auto& notice : options_.notices) spdlog::warn("{}", notice);
        int status = exit_code::failed;
        asio::co_spawn(loop_, everything(), [&](const std::exception_ptr& bug, int code) {
            if (bug) std::rethrow_exception(bug);
            status = code;
        });
        loop_.run();
        return status;
    }

  private:
    // A locked database never ends the daemon (spec 3.1), at its start neither: it waits, until it is told to
    // end (failure `stopped`).
    result<std::unique_ptr<sqlite_catalog>> open_when_free(catalog_options catalog) {
        bool told_to_end = false;
        asio::signal_set ending(loop_, SIGTERM, SIGINT);
        ending.async_wait([&](const boost::system::error_code& error, int) { told_to_end = !error; });
        catalog.open_patience = std::chrono::seconds(1);
        for (bool first = true;; first = false) {
            auto opened = open_catalog(loop_.get_executor(), catalog);
            const bool locked = !opened && opened.error().code == failure_code::locked;
            if (locked && first) spdlog::warn("{}; waiting for it", opened.error().text());
            loop_.restart();
            loop_.poll();
            if (locked && told_to_end)
                return failure{failure_code::stopped, "open the catalog", catalog.path.string(),
                               "it was locked until the end"};
            if (locked) continue;
            ending.cancel();
            loop_.restart();
            loop_.poll();  // the wait ends before what it refers to
            loop_.restart();
            return opened;
        }
    }

    std::unique_ptr<transport> make_transport(const archive_configuration& a) {
        transport_options t{a, runtime_directory_path(), environment_variable("SUPRSYNC_SSH_CONFIG")};
        auto& runner = runners_.emplace_back(loop_.get_executor(), &*guardian_);
        return make_rsync_transport(loop_.get_executor(), runner, std::move(t));
    }

    result<void> open_http_server() {
        const auto& c = options_.daemon;
        http_server_options d;
        d.listen = c.http_listen;
        d.token = options_.token;
        d.tls_certificate = c.http_tls_certificate.value_or("");
        d.tls_key = c.http_tls_key.value_or("");
        d.host_names = c.http_host_names;
        d.report = [](const std::string& what) { spdlog::warn("{}", what); };
        auto opened = http_server::open(loop_.get_executor(), std::move(d), *daemon_);
        if (opened) {
            http_server_ = std::move(*opened);
            if (http_server_->address() != "off")
                spdlog::info("listening on {}{}",
                             http_server_->address().starts_with("unix:") ? ""
                             : c.http_tls_key                             ? "https://"
                                                                          : "http://",
                             http_server_->address());
            return {};
        }
        // Several daemons on one host want the default port; one that was asked for is meant.
        if (opened.error().code != failure_code::in_use || c.http_listen_given) return opened.error();
        daemon_->conditions().raise(
            condition_kind::port_busy, "",
            opened.error().text() + "; this daemon answers no requests: give it a --http-listen of its own");
        return {};
    }

    asio::awaitable<int> everything() {
        const auto loop = loop_.get_executor();
        task_group others(loop);
        others.spawn(obey_signals());
        others.spawn(feed_watchdog());
        others.spawn(reload_when_asked());
        if (options_.daemon.once && ::isatty(STDERR_FILENO)) others.spawn(show_progress_line());
        task_group requests(loop);
        if (http_server_) requests.spawn(http_server_->run());

        daemon_->on_ready = [this] {
            ready_ = true;
            reload_wake_.notify();  // for a SIGHUP that came meanwhile
            service_manager::ready("working");
            spdlog::info("ready: suprsync {} as {}", version(), options_.daemon.instance_id);
        };
        const bool settled = co_await daemon_->run();
        ended_ = true;
        service_manager::stopping();
        // A request that waits for a locked database is answered by the catalog's end.
        catalog_->stop();
        if (http_server_) http_server_->stop(http_server_grace);
        co_await requests.join();
        signals_.cancel();
        reload_wake_.notify();
        watchdog_timer_.cancel();
        progress_timer_.cancel();
        co_await others.join();
        if (options_.daemon.once) spdlog::info("{}", closing_line(daemon_->status()));
        spdlog::info("ended");
        co_return options_.daemon.once && !settled ? exit_code::unsettled : exit_code::done;
    }

    // The first signal lets running transfers end, a second one does not; SIGHUP reads the file again.
    asio::awaitable<void> obey_signals() {
        for (bool first = true; !ended_;) {
            const auto [error, number] = co_await signals_.async_wait(as_value);
            if (error) co_return;
            if (number == SIGHUP && !hung_up()) {
                reload_asked_ = true;
                reload_wake_.notify();
                continue;
            }
            service_manager::stopping();
            if (first) {
                spdlog::info("{}: no new work; running transfers get {:.0f} s", ::strsignal(number),
                             options_.daemon.shutdown_grace);
                daemon_->stop();
            } else {
                spdlog::info("{} again: running transfers are ended", ::strsignal(number));
                daemon_->stop_at_once();
            }
            first = false;
        }
    }

    // Without a file to read, a SIGHUP of a daemon that a person runs says that the terminal is gone.
    bool hung_up() const { return options_.file.empty() && has_terminal_; }

    asio::awaitable<void> reload_when_asked() {
        while (!ended_) {
            if (ready_ && std::exchange(reload_asked_, false)) co_await reload();
            if (ended_) co_return;
            co_await reload_wake_.wait_for(clock_, 86400);
        }
    }

    // A file that cannot be used leaves everything as it is (spec 2.2).
    asio::awaitable<void> reload() {
        if (options_.file.empty()) {
            spdlog::warn("SIGHUP: there is nothing to read again, without --config or --site-file");
            co_return;
        }
        // Reading may wait for a file server; the loop does not.
        auto parsed = co_await off_loop(reader_, [this] { return parse_run_options(arguments_, ""); });
        if (ended_) co_return;
        auto changes =
            parsed ? daemon_->reload(parsed->options->daemon) : result<configuration_changes>(parsed.error());
        if (!changes) {
            if (changes.error().code == failure_code::stopped) co_return;
            daemon_->conditions().raise(
                condition_kind::configuration_not_reloaded, "",
                fmt::format(
                    "{}; the daemon goes on with the configuration that it had: mend it, then send SIGHUP (systemctl reload suprsync) again",
                    changes.error().text()));
            co_return;
        }
        daemon_->conditions().clear(condition_kind::configuration_not_reloaded, "");
        for (const auto& notice : parsed->options->notices) spdlog::warn("{}", notice);
        for (const auto& line : changes->lines()) spdlog::info("{} was read again: {}", options_.file, line);
        if (changes->none()) spdlog::info("{} was read again: nothing has changed", options_.file);
        options_.daemon.shutdown_grace = parsed->options->daemon.shutdown_grace;
        spdlog::set_level(parsed->options->logging.level);
    }

    // The loop shows that it lives by running this; the transfers by daemon::healthy().
    asio::awaitable<void> feed_watchdog() {
        const auto interval = service_manager::watchdog_interval();
        const auto every = std::min<std::chrono::microseconds>(interval.value_or(longest_between_words) / 3,
                                                               longest_between_words);
        while (!ended_) {
            watchdog_timer_.expires_after(every);
            if (std::get<0>(co_await watchdog_timer_.async_wait(as_value))) co_return;
            if (!ready_) service_manager::extend_start(6 * every, daemon_->ready().reason);
            if (daemon_->healthy())
                service_manager::alive(progress_line(daemon_->status()));
            else
                spdlog::error("a transfer makes no progress and does not end: the watchdog is not fed");
        }
    }

    asio::awaitable<void> show_progress_line() {
        while (!ended_) {
            progress_timer_.expires_after(progress_every);
            if (std::get<0>(co_await progress_timer_.async_wait(as_value))) break;
            show_progress(progress_line(daemon_->status()));
        }
        show_progress("");
    }

    run_options options_;
    const std::vector<std::string> arguments_;
    const bool has_terminal_ = ::isatty(STDERR_FILENO) != 0;
    asio::io_context loop_{1};
    asio::thread_pool reader_{1};  // reads the configuration again
    asio::signal_set signals_{loop_, SIGTERM, SIGINT, SIGHUP};
    asio::steady_timer watchdog_timer_{loop_};
    asio::steady_timer progress_timer_{loop_};
    system_clock clock_{loop_.get_executor()};
    wake reload_wake_{loop_.get_executor()};
    bool reload_asked_ = false;
    std::unique_ptr<sqlite_catalog> catalog_;
    std::optional<guardian> guardian_;
    std::unique_ptr<local_disk> disk_;
    std::list<child_runner> runners_;
    std::unique_ptr<daemon> daemon_;
    std::unique_ptr<http_server> http_server_;
    bool ready_ = false;
    bool ended_ = false;
};

constexpr const char* usage =
    "usage: suprsync run --archive-name NAME --remote-basedir DIR --db-path FILE --suprsync-file-root DIR [OPTION]...\n"
    "       suprsync run --config FILE [OPTION]...\n"
    "       suprsync run --site-file FILE [OPTION]...\n\n"
    "The daemon: copies, verifies, deletes, finalizes, until SIGTERM. Times are seconds, or have a unit: 90, 90s, 15m, 2h, 7d.\n";

int report_check(const run_options& options) {
    for (const auto& notice : options.notices) std::cerr << "suprsync run: " << notice << std::endl;
    std::cout << "the configuration is fine: instance " << options.daemon.instance_id << ", catalog "
              << options.daemon.db_path << std::endl;
    for (const auto& archive : options.daemon.archives)
        std::cout << "  archive " << archive.name << " to " << archive.destination() << std::endl;
    return exit_code::done;
}

}  // namespace

std::string run_help() {
    const auto parsed = parse_run_options({"--help"}, usage);
    return parsed ? parsed->help : "";
}

int run_daemon(const std::vector<std::string>& arguments) {
    auto parsed = parse_run_options(arguments, usage);
    if (!parsed) {
        std::cerr << "suprsync run: " << parsed.error().text() << "\nSee suprsync run --help" << std::endl;
        return exit_code::usage;
    }
    if (!parsed->options) {
        std::cout << parsed->help;
        return exit_code::done;
    }
    if (parsed->options->check_config) return report_check(*parsed->options);
    start_logging(parsed->options->logging);
    // A reader that went away is an error of its write, not the end of the daemon.
    std::signal(SIGPIPE, SIG_IGN);
    try {
        running_daemon program(std::move(*parsed->options), arguments);
        if (auto opened = program.open(); !opened) {
            if (opened.error().code == failure_code::stopped) {
                spdlog::info("{}: ended", opened.error().text());
                return exit_code::done;
            }
            spdlog::critical("{}", opened.error().text());
            return opened.error().code == failure_code::invalid ? exit_code::usage : exit_code::failed;
        }
        return program.run();
    } catch (const std::exception& bug) {
        spdlog::critical("{}", bug.what());
        return exit_code::failed;
    }
}

}  // namespace suprsync
