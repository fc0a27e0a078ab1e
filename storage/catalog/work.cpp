// What is to be copied, and whether it still is: reads on up-to-date side tables, each as long as its answer,
// however many rows the catalog has.
#include <unordered_set>

#include "engine/rules/backoff.hpp"
#include "storage/catalog/catalog_impl.hpp"
#include "storage/catalog/claimants.hpp"
#include "storage/index/attempt_state.hpp"
#include "storage/index/side_rows.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

class work_loader {
  public:
    /// `known_at_start` is the highest id when this process opened the catalog: what was sent of such rows is
    /// not known.
    work_loader(const snapshot& at, const work_query& wanted, file_id known_at_start)
        : at_(at),
          wanted_(wanted),
          known_at_start_(known_at_start),
          archive_(at.archives.find(wanted.archive)),
          in_flight_(wanted.in_flight.begin(), wanted.in_flight.end()) {}

    work_list load() {
        if (!archive_) return {};
        const auto now = wanted_.now;
        // What lies further ahead than any delay was set before the clock was set back (is_over).
        if (take(lane::finalization, 0, of_undated) && take(lane::untried, 0, of_undated) &&
            take(lane::later, 0, now))
            take(lane::later, now + longest_file_delay, never - 1);
        auto q = at_.connection.ask(
            R"(SELECT f.due FROM suprsync_files AS f INDEXED BY suprsync_files_pending
            WHERE f.state = 0 AND f.archive_id = ?1 AND f.lane = 2 AND f.due > ?2
            ORDER BY f.due LIMIT 1)",
            archive_->id, now);
        if (q.next()) list_.next_attempt = q.real(0);
        return std::move(list_);
    }

  private:
    // False where the limit is reached.
    bool take(lane from, double earliest, double latest) {
        auto q = at_.connection.ask("SELECT " SUPRSYNC_ROW_COLUMNS
                                    R"( FROM suprsync_files AS f INDEXED BY suprsync_files_pending
            CROSS JOIN supersync_v0 AS s ON s.id = f.file_id
            WHERE f.state = 0 AND f.archive_id = ?1 AND f.lane = ?2 AND f.due >= ?3 AND f.due <= ?4
            ORDER BY f.due, f.file_id)",
                                    archive_->id, static_cast<int>(from), earliest, latest);
        while (q.next()) {
            if (in_flight_.contains(q.integer(0))) continue;
            auto row = read_row(q);
            if (row.archive_name != archive_->name ||
                state_of(row, archive_->max_attempts) != row_state::pending)
                continue;
            const auto known = find_attempt_state(at_.connection, row.id);
            if (!is_over(known.not_before_of(row).value_or(wanted_.now), wanted_.now, longest_file_delay))
                continue;
            if (list_.items.size() >= wanted_.limit) {
                list_.more = true;
                return false;
            }
            list_.items.push_back(item_of(std::move(row), known));
        }
        return true;
    }

    work_item item_of(file_row row, const attempt_state& known) {
        work_item item;
        item.finalization = is_finalization_path(row.remote_path);
        item.compare = known.compare;
        item.vanished = known.vanished;
        item.sent_before = known.sent_before || known.vanished > 0 || row.failed_copy_attempts > 0 ||
                           row.copied.has_value() || row.id <= known_at_start_;
        item.claimants = find_claimants(at_.connection, at_.archives, row);
        item.row = std::move(row);
        return item;
    }

    const snapshot& at_;
    const work_query& wanted_;
    const file_id known_at_start_;
    const archive_entry* archive_;
    const std::unordered_set<file_id> in_flight_;
    work_list list_;
};

// Whether an unsettled row of the archive has this remote path.
bool is_awaited(const snapshot& at, const archive_entry& archive, const std::string& remote_path) {
    auto q = at.connection.ask("SELECT " SUPRSYNC_ROW_COLUMNS
                               R"( FROM suprsync_files AS f INDEXED BY suprsync_files_remote
        CROSS JOIN supersync_v0 AS s ON s.id = f.file_id
        WHERE f.remote_key = ?1 AND f.archive_id = ?2 AND f.state < 2)",
                               remote_key(remote_path), archive.id);
    while (q.next()) {
        const auto row = read_row(q);
        // Hashes may collide, paths do not.
        if (row.remote_path == remote_path && row.archive_name == archive.name && is_unsettled(row))
            return true;
    }
    return false;
}

}  // namespace

asio::awaitable<result<work_list>> sqlite_catalog::load_work(work_query query) {
    return run([query = std::move(query)](sqlite_connection& connection, impl& in) -> result<work_list> {
        const snapshot at(connection);
        return work_loader(at, query, in.known_at_start).load();
    });
}

asio::awaitable<result<std::vector<bool>>> sqlite_catalog::still_wanted(std::vector<file_row> rows) {
    return read([rows = std::move(rows)](const snapshot& at) {
        std::vector<bool> wanted;
        for (const auto& seen : rows) {
            const auto row = find_row(at.connection, seen.id);
            wanted.push_back(row &&
                             may_be_published(seen, *row, find_claimants(at.connection, at.archives, *row)));
        }
        return wanted;
    });
}

asio::awaitable<result<std::vector<bool>>> sqlite_catalog::awaited(std::string archive,
                                                                   std::vector<std::string> remote_paths) {
    return read([archive = std::move(archive), paths = std::move(remote_paths)](const snapshot& at) {
        const auto* entry = at.archives.find(archive);
        std::vector<bool> answers;
        for (const auto& path : paths) answers.push_back(entry && is_awaited(at, *entry, path));
        return answers;
    });
}

}  // namespace suprsync
