#include "engine/run/synced_stat.hpp"
#include "engine/report/log.hpp"

#include <fmt/format.h>

#include <utility>

namespace asio = boost::asio;

namespace suprsync {

namespace {

process_end catalog_is_silent() {
    return {failure{failure_code::catalog, "record", "what is on the disk at the destination",
                    "the catalog does not answer"},
            "catalog"};
}

}  // namespace

asio::awaitable<bool> note_boot(archive_context& archive, std::string boot, std::int64_t synced_to) {
    const bool met = boot.empty() || boot == archive.boot_met;
    if (met && synced_to == 0) co_return true;
    const auto doubtful =
        co_await archive.environment.catalog.meet_boot(archive.config.name, boot, synced_to);
    if (!archive.catalog_answered("meet_boot", doubtful)) co_return false;
    if (!boot.empty()) archive.boot_met = std::move(boot);
    if (*doubtful == 0) co_return true;
    log::info(
        {.archive = archive.config.name},
        "the machine at {} was started anew: copies that were verified since the last sync there ({}) may not have come to its disk, and are read anew before anything rests on them",
        archive.transport.name(), *doubtful);
    archive.prove_wake.notify();
    co_return true;
}

asio::awaitable<stat_report> synced_stat(archive_context& archive, stat_request request) {
    stat_report report;
    if (!archive.sync_failure) {
        const auto begun = archive.environment.clock.steady_now();
        const auto place = co_await archive.environment.catalog.sync_place(archive.config.name);
        if (!archive.catalog_answered("sync_place", place)) {
            report.end = catalog_is_silent();
            co_return report;
        }
        request.sync_first = true;
        // Said once: what fails after it was said, and is not answered, is to be noted there anew.
        request.failed_sync_known = std::exchange(archive.failed_sync_known, false);
        report = co_await archive.transport.stat(std::move(request));
        if (!report.sync_failed) {
            if (!report.end.finished()) co_return report;
            archive.synced_at = begun;
            if (!co_await note_boot(archive, report.boot, *place)) report.end = catalog_is_silent();
            co_return report;
        }
        log::tell<messages::sync_failed>({.archive = archive.config.name}, report.end.error->text());
        archive.sync_failure = report.end.error;
    }
    report.sync_failed = true;
    report.end = {archive.sync_failure, "sync failed"};
    // Another sync may answer as if nothing had been: first it is on record.
    ++archive.environment.failed_syncs;
    auto recorded = co_await archive.environment.catalog.distrust_copies(archive.config.name);
    if (!archive.catalog_answered("distrust_copies", recorded)) co_return report;
    archive.failed_sync_known = true;
    archive.sync_failure.reset();
    // Other archives may have their base directory on that file system.
    if (archive.environment.on_others_concerned) archive.environment.on_others_concerned();
    co_return report;
}

}  // namespace suprsync
