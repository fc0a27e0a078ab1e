#include "storage/catalog/timecode_summaries.hpp"

#include <algorithm>
#include <string_view>

#include "engine/model/text.hpp"
#include "engine/rules/registration_rules.hpp"
#include "storage/catalog/catalog_impl.hpp"
#include "storage/index/side_rows.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr int rows_read_at_once = 20'000;

struct directory_state {
    std::int64_t version = 0, files = 0, unsettled = 0;
    int revision = 0;
};

std::optional<directory_state> find_directory(sqlite_connection& connection, std::int64_t archive,
                                              int timecode) {
    auto q = connection.ask(
        R"(SELECT version, files, unsettled, revision FROM suprsync_timecodes
        WHERE archive_id = ?1 AND timecode = ?2)",
        archive, timecode);
    if (!q.next()) return std::nullopt;
    return directory_state{q.integer(0), q.integer(1), q.integer(2), static_cast<int>(q.integer(3))};
}

}  // namespace

std::optional<epoch_seconds> oldest_unsettled(sqlite_connection& connection, std::int64_t archive,
                                              std::optional<file_id> but) {
    auto q = connection.ask(
        R"(SELECT timestamp FROM suprsync_files INDEXED BY suprsync_files_unsettled
        WHERE state < 2 AND archive_id = ?1 AND file_id IS NOT ?2 AND timestamp >= 0 AND timestamp < ?3
        ORDER BY timestamp LIMIT 1)",
        archive, but, of_undated);
    if (!q.next()) return std::nullopt;
    return q.real(0);
}

std::optional<int> announced_timecode(sqlite_connection& connection, const archive_table& archives,
                                      const file_row& finalization) {
    // <time>_<archive>_<timecode>_finalized.yaml
    if (!is_finalization_path(finalization.remote_path)) return std::nullopt;
    auto name = name_of(finalization.remote_path);
    name.remove_suffix(finalization_suffix.size());
    const auto before = name.rfind('_');
    if (before == std::string_view::npos) return std::nullopt;
    const auto timecode = read_timecode(name.substr(before + 1));
    const auto* entry = archives.find(finalization.archive_name);
    if (!timecode || !entry || !find_directory(connection, entry->id, *timecode)) return std::nullopt;
    return timecode;
}

std::optional<timecode_summary> timecode_summaries::read_on(const snapshot& at, const std::string& archive,
                                                            int timecode, reading& state) {
    const auto* entry = at.archives.find(archive);
    const auto directory = entry ? find_directory(at.connection, entry->id, timecode) : std::nullopt;
    timecode_summary summary;
    summary.timecode = timecode;
    summary.revision = 1;
    if (!directory) return summary;
    summary.revision = directory->revision + 1;
    summary.synced = directory->unsettled == 0;
    if (state.version != directory->version) {
        state = {};
        state.version = directory->version;
        state.next_key = std::int64_t{timecode} << remote_hash_bits;
    }
    auto q = at.connection.ask(
        R"(SELECT f.remote_key, s.remote_path FROM suprsync_files AS f INDEXED BY suprsync_files_remote
        CROSS JOIN supersync_v0 AS s ON s.id = f.file_id
        WHERE f.remote_key >= ?1 AND f.remote_key < ?2 AND f.archive_id = ?3 AND f.timecode = ?4 AND f.state <> 2
        ORDER BY f.remote_key)",
        state.next_key, (std::int64_t{timecode} + 1) << remote_hash_bits, entry->id, timecode);
    int rows = 0;
    std::int64_t key = -1;
    std::set<std::string> same_key;  // a remote path counts once: versions of a file share it
    while (q.next()) {
        if (q.integer(0) != key) {
            if (++rows > rows_read_at_once) {
                state.next_key = q.integer(0);
                return std::nullopt;
            }
            key = q.integer(0);
            same_key.clear();
        }
        const auto path = plain_remote_path(q.text(1));
        if (!same_key.insert(path).second) continue;
        ++state.num_files;
        if (auto subdir = subdir_of(path)) state.subdirs.insert(std::move(*subdir));
    }
    summary.num_files = state.num_files;
    summary.subdirs.assign(state.subdirs.begin(), state.subdirs.end());
    summary.oldest_unsettled = oldest_unsettled(at.connection, entry->id);
    made_[{archive, timecode}] = {directory->version, summary};
    return summary;
}

bool timecode_summaries::is_current(sqlite_connection& connection, std::int64_t archive_id,
                                    const std::string& archive, const timecode_summary& summary) const {
    const auto made = made_.find({archive, summary.timecode});
    const auto now = find_directory(connection, archive_id, summary.timecode);
    return now && now->unsettled == 0 && made != made_.end() && made->second.first == now->version &&
           made->second.second == summary;
}

void timecode_summaries::forget(const std::string& archive, int timecode) {
    made_.erase({archive, timecode});
}

asio::awaitable<result<timecode_summary>> sqlite_catalog::summarize(std::string archive, int timecode) {
    using part = std::pair<std::optional<timecode_summary>, timecode_summaries::reading>;
    timecode_summaries::reading state;
    while (true) {
        const auto work = [=](sqlite_connection& connection, impl& in) -> result<part> {
            part p{std::nullopt, state};
            p.first = in.summaries.read_on(snapshot(connection), archive, timecode, p.second);
            return p;
        };
        auto done = co_await run(work);
        if (!done) co_return done.error();
        if (done->first) co_return std::move(*done->first);
        state = std::move(done->second);
    }
}

asio::awaitable<result<std::optional<timecode_summary>>> sqlite_catalog::summary_of_finalization(
    file_row row) {
    struct announced {
        std::optional<int> timecode;
        std::optional<epoch_seconds> oldest;
        bool lost = false;
    };
    const auto work = [row](sqlite_connection& connection, impl&) -> result<announced> {
        const archive_table archives(connection);
        const auto timecode = announced_timecode(connection, archives, row);
        const auto* entry = archives.find(row.archive_name);
        return announced{
            timecode, entry ? oldest_unsettled(connection, entry->id, row.id) : std::nullopt,
            timecode && lost_copies_of_days(connection, archives, row.archive_name).any(*timecode)};
    };
    auto known = co_await run(work);
    if (!known) co_return known.error();
    if (!known->timecode) co_return std::optional<timecode_summary>{};
    auto summary = co_await summarize(row.archive_name, *known->timecode);
    if (!summary) co_return summary.error();
    // It says again what was announced; only a new state has a new revision.
    summary->revision = std::max(1, summary->revision - 1);
    // The row itself yields to the new one: it delays nothing.
    summary->oldest_unsettled = known->oldest;
    summary->lost = known->lost;
    co_return std::optional<timecode_summary>(std::move(*summary));
}

}  // namespace suprsync
