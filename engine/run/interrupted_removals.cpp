#include "engine/run/interrupted_removals.hpp"

#include <fmt/format.h>

#include <vector>

#include "engine/report/log.hpp"
#include "engine/rules/backoff.hpp"
#include "engine/run/local_places.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double undone_again_after = 60;  // s

}  // namespace

asio::awaitable<void> interrupted_removals::undo() {
    if (!any_left() || !is_over(tried_at_ + undone_again_after, archive_.now(), undone_again_after))
        co_return;
    const auto begun = co_await archive_.environment.catalog.begun_removals(archive_.config.name);
    if (!archive_.catalog_answered("begun_removals", begun)) co_return;
    tried_at_ = archive_.now();
    known_ = true;
    left_.clear();
    problem_.clear();
    std::vector<file_id> ended;
    for (const auto& [row, device, file] : *begun) {
        auto undone = co_await archive_.environment.disk.undo_removal(row.local_path, row.id, file);
        // Nothing to be found says nothing while another file system stands at the path.
        if (undone && !*undone && device) {
            result<file_identity> seen = file_identity{};
            co_await find_unmounted(archive_.environment.disk, {{row.local_path, *device, &seen}});
            if (!seen) undone = seen.error();
        }
        if (undone && *undone)
            log::info({archive_.config.name, row.id, row.local_path},
                      "{} (id {}) has its name back: its removal was cut short", row.local_path, row.id);
        if (undone) {
            ended.push_back(row.id);
            continue;
        }
        left_.insert(row.id);
        if (problem_.empty()) problem_ = undone.error().text();
    }
    if (ended.empty()) co_return;
    const auto forgotten = co_await archive_.environment.catalog.end_removals(ended);
    if (!archive_.catalog_answered("end_removals", forgotten)) known_ = false;
}

}  // namespace suprsync
