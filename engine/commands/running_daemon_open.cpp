// How all that a daemon consists of is opened, one after another.
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>

#include <algorithm>
#include <random>
#include <thread>

#include "engine/commands/running_daemon.hpp"
#include "engine/commands/service_manager.hpp"
#include "engine/commands/way_there.hpp"
#include "engine/loop/this_machine.hpp"
#include "engine/report/log.hpp"
#include "net/process/descriptor_limit.hpp"
#include "storage/disk/local_disk.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

random_source real_random() {
    return [engine = std::mt19937_64(std::random_device{}())]() mutable {
        return std::uniform_real_distribution<double>(0, 1)(engine);
    };
}

// How long requests wait for a catalog that others keep locked: their clients wait with them.
constexpr std::chrono::seconds client_patience{5};

}  // namespace

result<void> running_daemon::open() {
    const auto descriptors = raise_descriptor_limit();
    // Our rsync reads what we have open by way of /proc, which is closed to it for a program that its user
    // may not read.
    ::prctl(PR_SET_DUMPABLE, 1);
    auto& c = options_.daemon;
    catalog_options catalog;
    catalog.path = c.db_path;
    catalog.instance_id = c.instance_id;
    catalog.client_patience = client_patience;
    if (c.db_echo) catalog.echo = [](const std::string& sql) { spdlog::info("sql: {}", sql); };
    auto opened = open_when_free(std::move(catalog));
    if (!opened) return opened.error();
    catalog_ = std::move(*opened);
    for (const auto& archive : c.archives)
        if (auto locked = catalog_->lock_archive(archive.name); !locked) return locked.error();
    auto watch = guardian::start("/proc/self/exe");
    if (!watch) return watch.error();
    guardian_.emplace(std::move(*watch));
    guardian_keeper_.emplace(loop_.get_executor(), *guardian_,
                             [](const std::string& what) { log::tell<messages::guardian_ended>({}, what); });
    const auto cores = static_cast<int>(std::thread::hardware_concurrency());
    disk_ = make_local_disk(loop_.get_executor(), std::clamp(cores, 2, 4));
    daemon_ = std::make_unique<daemon>(
        loop_.get_executor(), c, *catalog_, *disk_, clock_, real_random(),
        [this](const archive_configuration& archive) { return make_transport(archive); });
    notice_sender_ =
        make_notice_sender(loop_.get_executor(), runners_.emplace_back(loop_.get_executor(), &*guardian_));
    daemon_->tell_through(*notice_sender_, host_name());
    // Half of the descriptors: the others are for connections, children, the catalog and deletions.
    if (descriptors > 0) daemon_->limit_open_files(descriptors / 2);
    daemon_->ask_for_memory(available_memory);
    daemon_->lock_archive = [this](const std::string& archive) { return catalog_->lock_archive(archive); };
    daemon_->unlock_archive = [this](const std::string& archive) { catalog_->unlock_archive(archive); };
    open_ocs_client();
    return open_http_server();
}

// A locked database never ends the daemon (spec, Shared tables), at its start neither: it waits, until it is
// told to end (failure `stopped`).
result<std::unique_ptr<sqlite_catalog>> running_daemon::open_when_free(catalog_options catalog) {
    bool told_to_end = false;
    asio::signal_set ending(loop_, SIGTERM, SIGINT);
    ending.async_wait([&](const boost::system::error_code& error, int) { told_to_end = !error; });
    catalog.open_patience = std::chrono::seconds(1);
    for (bool first = true;; first = false) {
        auto opened = open_catalog(loop_.get_executor(), catalog);
        const bool locked = !opened && opened.error().code == failure_code::locked;
        if (locked && first) log::tell<messages::catalog_is_locked>({}, opened.error().text());
        if (locked) service_manager::extend_start(10 * catalog.open_patience, opened.error().text());
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

std::unique_ptr<transport> running_daemon::make_transport(const archive_configuration& a) {
    auto& runner = runners_.emplace_back(loop_.get_executor(), &*guardian_);
    return make_way_there(loop_.get_executor(), runner, a, paces_.of(a),
                          [archive = a.name](const std::string& why, bool usual) {
                              if (usual)
                                  log::info({.archive = archive}, "files are copied by rsync: {}", why);
                              else
                                  log::tell<messages::copied_by_rsync>({.archive = archive}, why);
                          });
}

}  // namespace suprsync
