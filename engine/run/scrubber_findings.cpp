// What becomes of what the check of copies finds: nothing, it is sent again, or told.
#include <algorithm>

#include "engine/rules/delete_guard.hpp"
#include "engine/run/lost_copies.hpp"
#include "engine/run/scrubber.hpp"

namespace asio = boost::asio;

namespace suprsync {

asio::awaitable<std::vector<local_file>> scrubber::look_here(const std::vector<checked_copy>& checked) {
    std::vector<local_file> found(checked.size(), local_file::not_known);
    std::vector<std::string> paths;
    std::vector<std::size_t> asked;
    for (std::size_t i = 0; i < checked.size(); ++i) {
        const auto& row = checked[i].copy.file.row;
        if (row.removed) found[i] = local_file::gone;
        if (row.removed || !is_bad(checked[i].finding)) continue;
        paths.push_back(row.local_path);
        asked.push_back(i);
    }
    if (paths.empty()) co_return found;
    const auto seen = co_await archive_.environment.disk.stat(std::move(paths));
    for (std::size_t n = 0; n < asked.size(); ++n) {
        if (seen[n])
            found[asked[n]] = local_file::here;
        else if (seen[n].error().code == failure_code::not_found)
            found[asked[n]] = local_file::gone;
    }
    co_return found;
}

asio::awaitable<bool> scrubber::perform(std::vector<checked_copy> checked) {
    const auto here = co_await look_here(checked);
    const auto removed = co_await ask_days(checked);
    std::vector<deletion_record> lost;
    std::vector<bad_copy> told;
    std::vector<file_id> mended;
    proof_counts counts;
    auto of_removed_days =
        static_cast<std::size_t>(std::count_if(bad_.begin(), bad_.end(), is_of_removed_day));
    for (std::size_t i = 0; i < checked.size(); ++i) {
        const auto& [copy, finding, reason] = checked[i];
        const auto& row = copy.file.row;
        const auto day = timecode_of(row.remote_path);
        const bool with_its_day = finding == copy_finding::vanished && day && removed.contains(*day);
        const bool known = is_on_record(row.id);
        if (finding == copy_finding::fine) {
            ++counts.files;
            counts.bytes += static_cast<std::int64_t>(copy.file.bytes.value_or(0));
        }
        if (is_bad(finding) && !with_its_day && !known) ++counts.mismatches;
        switch (judge_scrubbed(finding, row, here[i], copy.day)) {
            case scrub_step::none:
                mended.push_back(row.id);
                break;
            case scrub_step::mend: {
                const auto judged = judge_lost_copy(copy.file.vanished, reason);
                deletion_record record;
                record.seen = row;
                record.outcome = judged.step == deletion_step::vanished ? deletion_outcome::vanished
                                                                        : deletion_outcome::lost_again;
                record.error = judged.reason;
                record.at = archive_.now();
                lost.push_back(std::move(record));
                mended.push_back(row.id);
                break;
            }
            case scrub_step::tell:
                if (!with_its_day || known || of_removed_days++ < most_of_removed_days)
                    told.push_back({copy, std::string(name_of(finding)), reason, archive_.now()});
                break;
        }
    }
    archive_.count_proven(counts);
    auto& catalog = archive_.environment.catalog;
    if (!lost.empty()) {
        log_deletions(archive_, lost);
        if (!co_await record_deletions(archive_, std::move(lost))) co_return false;
        archive_.wake_all();
    }
    const bool any_known =
        std::any_of(mended.begin(), mended.end(), [&](file_id id) { return is_on_record(id); });
    if (told.empty() && !any_known) co_return true;
    const auto recorded =
        co_await catalog.record_bad_copies(archive_.config.name, std::move(told), std::move(mended));
    archive_.bad_copies_changed = true;
    co_return archive_.catalog_answered("record_bad_copies", recorded);
}

}  // namespace suprsync
