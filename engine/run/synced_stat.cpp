#include "engine/run/synced_stat.hpp"
#include "engine/report/log.hpp"

#include <fmt/format.h>

#include <utility>

namespace asio = boost::asio;

namespace suprsync {

asio::awaitable<stat_report> synced_stat(archive_context& archive, stat_request request) {
    stat_report report;
    if (!archive.sync_failure) {
        request.sync_first = true;
        // Said once: what fails after it was said, and is not answered, is to be noted there anew.
        request.failed_sync_known = std::exchange(archive.failed_sync_known, false);
        report = co_await archive.transport.stat(std::move(request));
        if (!report.sync_failed) co_return report;
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
    if (archive.environment.on_copies_distrusted) archive.environment.on_copies_distrusted();
    co_return report;
}

}  // namespace suprsync
