#include "engine/run/base_sample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/report/log.hpp"
#include "engine/rules/scrub.hpp"
#include "engine/run/copy_question.hpp"
#include "engine/run/synced_stat.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::size_t samples = 20;
constexpr std::uint64_t most_bytes_read = 64'000'000;  // of their content: whoever resumes waits for it

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

// Adds those that are not there as they were. What the destination says instead; a catalog that does not
// answer is its own condition.
asio::awaitable<std::optional<failure>> find_bad(archive_context& archive, std::vector<kept_copy> copies,
                                                 check_depth depth, std::vector<bad_copy>& bad) {
    if (copies.empty()) co_return std::nullopt;
    auto report = co_await archive.transport.stat(ask_for(copies, depth));
    if (!report.end.finished()) co_return report.end.error;
    auto checked = co_await judge_answers(archive.environment.catalog, std::move(copies),
                                          std::move(report.answers), depth);
    if (!archive.catalog_answered("still_to_be_there", checked)) co_return checked.error();
    for (auto& [copy, finding, reason] : checked->copies)
        if (is_bad(finding))
            bad.push_back({std::move(copy), std::string(name_of(finding)), std::move(reason), archive.now()});
    co_return std::nullopt;
}

}  // namespace

asio::awaitable<std::optional<failure>> sample_copies(archive_context& archive) {
    auto copies = co_await some_copies(archive);
    if (copies.empty()) co_return std::nullopt;
    const auto asked = copies.size();
    std::vector<std::optional<std::uint64_t>> sizes;
    for (const auto& copy : copies) sizes.push_back(copy.file.bytes);
    const auto read = sampled_by_content(sizes, most_bytes_read);
    std::vector<kept_copy> by_content, by_size;
    for (std::size_t i = 0; i < copies.size(); ++i)
        (read[i] ? by_content : by_size).push_back(std::move(copies[i]));
    const auto contents = by_content.size();
    std::vector<bad_copy> bad;
    auto error = co_await find_bad(archive, std::move(by_size), check_depth::size, bad);
    if (!error) error = co_await find_bad(archive, std::move(by_content), check_depth::content, bad);
    if (error && !fails_alone(error->code)) co_return error;
    if (error)
        log::info({.archive = archive.config.name},
                  "the base directory is taken as it is, and not all that was asked for is known: {}",
                  error->text());
    else
        log::info(
            {.archive = archive.config.name},
            "the base directory is taken as it is: of {} verified copies that were asked for, {} of them by their content, {} are not there as they were",
            asked, contents, bad.size());
    if (bad.empty()) co_return std::nullopt;
    const auto recorded =
        co_await archive.environment.catalog.record_bad_copies(archive.config.name, std::move(bad), {});
    archive.catalog_answered("record_bad_copies", recorded);
    archive.bad_copies_changed = true;
    archive.scrub_wake.notify();
    co_return std::nullopt;
}

}  // namespace suprsync
