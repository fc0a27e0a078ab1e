#include "engine/run/early_sums.hpp"

#include <algorithm>

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double checked_every = 5;         // s, whether copies wait
constexpr double rest_of_the_catalog = 1;   // s, where it failed
constexpr std::size_t most_kept = 100'000;  // so that memory stays flat

// As it is told while it is read.
transfer as_hashed(const file_row& row) {
    transfer shown;
    shown.archive = row.archive_name;
    shown.stage = flight_stage::hashing;
    shown.local_path = row.local_path;
    shown.ids.push_back(row.id);
    return shown;
}

}  // namespace

// The destination is known not to answer, or nobody asks it: a batch that reads the files anyway is not near.
bool early_sums::copies_wait() const {
    if (archive_.files_in_flight > 0) return false;
    return archive_.rests() || (archive_.connection.failures_in_a_row() > 0 &&
                                archive_.connection.at(archive_.now()) != connection_state::phase::up);
}

bool early_sums::is_wanted() const {
    if (archive_.environment.grace_is_over) return false;
    if (archive_.stopping) return archive_.environment.stopping && archive_.files_in_flight == 0;
    return copies_wait();
}

asio::awaitable<void> early_sums::run() {
    while (!archive_.environment.grace_is_over) {
        if (archive_.stopping && !archive_.environment.stopping) co_return;
        double wait = checked_every;
        if (is_wanted()) {
            const bool all = co_await sum_some();
            if (!all) continue;
            if (archive_.stopping) co_return;
        } else if (!archive_.stopping) {
            scanned_to_ = 0;
            unreadable_.clear();
        } else {
            wait = std::min(wait, 0.1);  // batches end within the grace time
        }
        co_await archive_.sum_wake.wait_for(archive_.environment.clock, wait);
    }
}

// False where more may be there.
asio::awaitable<bool> early_sums::sum_some() {
    auto found = co_await archive_.environment.catalog.load_unsummed(archive_.config.name, scanned_to_);
    if (!archive_.catalog_answered("load_unsummed", found)) co_return co_await rest();
    std::erase_if(found->rows, [&](const file_row& row) { return unreadable_.contains(row.id); });
    if (!found->rows.empty()) {
        const auto summed = co_await sum(std::move(found->rows));
        if (summed == summing::not_recorded) co_return co_await rest();
        if (summed == summing::not_wanted) co_return false;
    }
    // New rows have higher ids.
    if (!found->end) scanned_to_ = found->scanned_to;
    co_return found->end;
}

// The catalog failed: what was read is read again, and so not at once. True at the end, which waits for
// nobody.
asio::awaitable<bool> early_sums::rest() {
    if (archive_.stopping) co_return true;
    co_await archive_.sum_wake.wait_for(archive_.environment.clock, rest_of_the_catalog);
    co_return false;
}

// One file at a time: whoever takes data needs the disk.
asio::awaitable<early_sums::summing> early_sums::sum(std::vector<file_row> rows) {
    std::vector<local_sum> sums;
    std::uint64_t bytes = 0;
    bool on = true, kept = true;
    for (std::size_t i = 0; i < rows.size() && on && kept; ++i) {
        auto& row = rows[i];
        archive_.being_summed.insert(row.id);
        flight shown(archive_.environment.transfers, as_hashed(row));
        const auto progress = std::make_shared<digest_progress>();
        shown.hashes(progress, {});
        std::vector<std::string> path{row.local_path};
        auto read = co_await archive_.environment.disk.digest(std::move(path), archive_.config.file_roots(),
                                                              progress);
        auto& digest = read.front();
        const auto id = row.id;
        if (digest && digest->before == digest->after) {
            bytes += digest->before.size;
            sums.push_back({std::move(row), std::move(digest->md5)});
        } else if (unreadable_.size() < most_kept) {
            unreadable_.insert(id);
            archive_.being_summed.erase(id);
        }
        on = is_wanted();
        const bool last = i + 1 == rows.size() || !on;
        if (sums.empty() || !(last || sums.size() >= files_at_once || bytes >= bytes_at_once)) continue;
        auto recorded = co_await archive_.environment.catalog.record_sums(std::exchange(sums, {}));
        archive_.being_summed.clear();
        bytes = 0;
        kept = archive_.catalog_answered("record_sums", recorded);
    }
    archive_.being_summed.clear();
    if (!archive_.stopping && !copies_wait()) archive_.copy_wake.notify();
    if (!kept) co_return summing::not_recorded;
    co_return on ? summing::done : summing::not_wanted;
}

}  // namespace suprsync
