#include "engine/run/base_sample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/report/log.hpp"
#include "engine/rules/scrub.hpp"
#include "engine/run/copy_question.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::size_t samples = 20;

asio::awaitable<std::vector<kept_copy>> some_copies(archive_context& archive) {
    auto& catalog = archive.environment.catalog;
    std::vector<kept_copy> found;
    const auto memory = co_await catalog.recall_scrub(archive.config.name);
    if (!archive.catalog_answered("recall_scrub", memory)) co_return found;
    for (const auto point : sample_points(memory->newest, samples)) {
        copy_query query;
        query.archive = archive.config.name;
        query.after = found.empty() ? point : std::max(point, found.back().file.row.id);
        query.limit = 1;
        auto page = co_await catalog.load_copies(std::move(query));
        if (!archive.catalog_answered("load_copies", page)) co_return found;
        for (auto& copy : page->copies) found.push_back(std::move(copy));
        if (page->over) break;
    }
    co_return found;
}

}  // namespace

asio::awaitable<void> sample_copies(archive_context& archive) {
    auto copies = co_await some_copies(archive);
    if (copies.empty()) co_return;
    const auto asked = copies.size();
    auto report = co_await archive.transport.stat(ask_for(copies, check_depth::size));
    if (!report.end.finished()) co_return;
    auto& catalog = archive.environment.catalog;
    auto checked =
        co_await judge_answers(catalog, std::move(copies), std::move(report.answers), check_depth::size);
    if (!archive.catalog_answered("still_to_be_there", checked)) co_return;
    std::vector<bad_copy> bad;
    for (auto& [copy, finding, reason] : checked->copies)
        if (is_bad(finding))
            bad.push_back({std::move(copy), std::string(name_of(finding)), std::move(reason), archive.now()});
    log::info(
        {.archive = archive.config.name},
        "the base directory is taken as it is: of {} verified copies that were asked for, {} are not there as they were",
        asked, bad.size());
    if (bad.empty()) co_return;
    const auto recorded = co_await catalog.record_bad_copies(archive.config.name, std::move(bad), {});
    archive.catalog_answered("record_bad_copies", recorded);
    archive.bad_copies_changed = true;
    archive.scrub_wake.notify();
}

}  // namespace suprsync
