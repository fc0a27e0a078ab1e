// sqlite_catalog's answers to people (engine/ports/catalog_admin.hpp): longer ones in several turns on the
// thread, so that the daemon's own work does not wait.
#include <algorithm>
#include <iterator>
#include <memory>

#include "storage/catalog/catalog_impl.hpp"
#include "storage/catalog/claimants.hpp"
#include "storage/catalog/timecodes.hpp"
#include "storage/catalog/hand_changes.hpp"
#include "storage/catalog/listing.hpp"
#include "storage/catalog/file_views.hpp"
#include "storage/index/change_index.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// Shared by the turns of one listing, and not changed by any.
using candidates = std::shared_ptr<const std::vector<file_id>>;

// Files that can be tried again are in one of these.
constexpr const char* states_to_retry[] = {"failed", "retrying"};

}  // namespace

asio::awaitable<result<file_page>> sqlite_catalog::list_files(file_query query) {
    if (query.state && !is_listed_state(*query.state))
        co_return failure{
            failure_code::invalid, "list files of state", "'" + *query.state + "'",
            "expected pending, retrying, failed, ignored, verified, deleted, unsettled or deletable"};
    const auto find = [query](sqlite_connection& connection, impl&) -> result<candidates> {
        drain_all(connection);
        auto ids = find_candidates(connection, query);
        return ids ? std::make_shared<const std::vector<file_id>>(std::move(*ids)) : nullptr;
    };
    const auto found = co_await run(find);
    if (!found) co_return found.error();
    file_page page;
    auto rest = query;
    while (true) {
        rest.limit = query.limit + 1 - page.files.size();
        const auto look = [rest, ids = *found](sqlite_connection& connection, impl&) -> result<listing_step> {
            const read_transaction snapshot(connection);
            return list_some(connection, rest, ids.get());
        };
        auto step = co_await run(look);
        if (!step) co_return step.error();
        std::move(step->files.begin(), step->files.end(), std::back_inserter(page.files));
        page.more = page.files.size() > query.limit;
        if (page.more) page.files.pop_back();
        if (page.more || step->end) co_return page;
        rest.after = step->examined_to;
    }
}

asio::awaitable<result<std::int64_t>> sqlite_catalog::retry(retry_request request) {
    std::int64_t retried = 0;
    const auto retry_some = [&](std::vector<file_id> ids) -> asio::awaitable<result<void>> {
        const auto work = [request, ids = std::move(ids)](sqlite_connection& connection, impl&) {
            return retry_files(connection, request, ids);
        };
        auto done = co_await run(work);
        if (!done) co_return done.error();
        retried += *done;
        co_return result<void>{};
    };
    for (std::size_t at = 0; at < request.ids.size(); at += most_retried_at_once) {
        const auto end = std::min(at + most_retried_at_once, request.ids.size());
        std::vector<file_id> ids(request.ids.begin() + static_cast<std::ptrdiff_t>(at),
                                 request.ids.begin() + static_cast<std::ptrdiff_t>(end));
        if (auto done = co_await retry_some(std::move(ids)); !done) co_return done.error();
    }
    if (!request.ids.empty()) co_return retried;
    for (const auto* state : states_to_retry) {
        file_query query;
        query.archive = request.archive;
        query.remote_prefix = request.remote_prefix;
        query.state = state;
        query.limit = most_retried_at_once;
        for (bool more = true; more;) {
            auto page = co_await list_files(query);
            if (!page) co_return page.error();
            more = page->more;
            if (page->files.empty()) break;
            query.after = page->files.back().row.id;
            std::vector<file_id> ids;
            for (const auto& file : page->files) ids.push_back(file.row.id);
            if (auto done = co_await retry_some(std::move(ids)); !done) co_return done.error();
        }
    }
    co_return retried;
}

asio::awaitable<result<std::optional<file_view>>> sqlite_catalog::change_file(file_id id,
                                                                              file_change change) {
    return run([id, change = std::move(change)](sqlite_connection& connection, impl&) {
        return suprsync::change_file(connection, id, change);
    });
}

asio::awaitable<result<std::vector<timecode_view>>> sqlite_catalog::timecodes(timecode_query query) {
    return run([query = std::move(query)](sqlite_connection& connection,
                                          impl&) -> result<std::vector<timecode_view>> {
        drain_all(connection);
        const read_transaction snapshot(connection);
        return list_directories(connection, query);
    });
}

asio::awaitable<result<std::vector<file_view>>> sqlite_catalog::claimants_of(file_row row) {
    return run(
        [row = std::move(row)](sqlite_connection& connection, impl&) -> result<std::vector<file_view>> {
            drain_all(connection);
            std::vector<file_view> found;
            const archive_table archives(connection);
            for (const auto& claimant :
                 suprsync::claimants_of(connection, archives, row.archive_name, row.remote_path, row.id))
                if (auto view = find_file(connection, claimant.id)) found.push_back(std::move(*view));
            std::sort(found.begin(), found.end(),
                      [](const auto& one, const auto& other) { return one.row.id < other.row.id; });
            return found;
        });
}

asio::awaitable<result<std::vector<bool>>> sqlite_catalog::registered(std::string archive,
                                                                      std::vector<std::string> local_paths) {
    return run([archive = std::move(archive), paths = std::move(local_paths)](
                   sqlite_connection& connection, impl&) -> result<std::vector<bool>> {
        drain_all(connection);
        const read_transaction snapshot(connection);
        const archive_table archives(connection);
        const auto* entry = archives.find(archive);
        std::vector<bool> answers;
        for (const auto& path : paths) answers.push_back(entry && is_registered(connection, entry->id, path));
        return answers;
    });
}

asio::awaitable<result<std::vector<std::string>>> sqlite_catalog::archive_names() {
    return run([](sqlite_connection& connection, impl&) -> result<std::vector<std::string>> {
        drain_all(connection);
        return list_archives(connection);
    });
}

}  // namespace suprsync
