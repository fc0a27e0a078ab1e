// How far the slow check of an archive has come, and the copies that it found and nothing mends by itself.
#include <algorithm>
#include <map>
#include <set>

#include "engine/rules/registration_rules.hpp"
#include "engine/rules/scrub.hpp"
#include "storage/catalog/bad_copies.hpp"
#include "storage/catalog/catalog_impl.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// However many copies are on record: some of each day that is not announced yet, which they keep from being
// announced.
class room_of_open_days {
  public:
    room_of_open_days(sqlite_connection& connection, const archive_table& archives,
                      const std::string& archive)
        : connection_(connection), entry_(archives.find(archive)) {}

    bool has_room(const file_row& row) {
        const auto timecode = timecode_of(plain_remote_path(row.remote_path));
        if (!timecode || !entry_) return false;
        auto left = left_.find(*timecode);
        if (left == left_.end()) left = left_.emplace(*timecode, room_of(*timecode)).first;
        if (left->second <= 0) return false;
        --left->second;
        return true;
    }

  private:
    static constexpr std::int64_t most_of_open_day = 1000;

    std::int64_t room_of(int timecode) {
        const bool is_open = connection_.number(
                                 R"(SELECT count(*) FROM suprsync_timecodes
                                 WHERE archive_id = ?1 AND timecode = ?2 AND finalized = 0)",
                                 entry_->id, timecode) != 0;
        if (!is_open) return 0;
        return most_of_open_day - connection_.number(
                                      R"(SELECT count(*) FROM suprsync_bad_copies AS b
                                      CROSS JOIN suprsync_files AS f ON f.file_id = b.file_id
                                      WHERE b.archive = ?1 AND f.timecode = ?2)",
                                      entry_->name, timecode);
    }

    sqlite_connection& connection_;
    const archive_entry* entry_;
    std::map<int, std::int64_t> left_;
};

}  // namespace

asio::awaitable<result<scrub_memory>> sqlite_catalog::recall_scrub(std::string archive) {
    return read([archive = std::move(archive)](const snapshot& at) {
        scrub_memory found;
        found.newest = at.connection.number("SELECT coalesce(max(id), 0) FROM supersync_v0");
        auto q = at.connection.ask(
            R"(SELECT begun, reached, last, is_over, proven_since, ended, proven_files, proven_bytes, mismatches
            FROM suprsync_scrubs WHERE archive = ?1)",
            archive);
        if (q.next())
            found.state = {q.real(0),
                           q.integer(1),
                           q.integer(2),
                           q.integer(3) != 0,
                           q.real(4),
                           q.real(5),
                           {q.integer(6), q.integer(7), q.integer(8)}};
        return found;
    });
}

asio::awaitable<result<void>> sqlite_catalog::record_scrub(std::string archive, scrub_state state) {
    return write([archive = std::move(archive), state](sqlite_connection& connection,
                                                       change_index&) -> result<void> {
        connection.run(
            R"(INSERT OR REPLACE INTO suprsync_scrubs (archive, begun, reached, last, is_over, proven_since, ended,
                proven_files, proven_bytes, mismatches) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10))",
            archive, state.begun, state.reached, state.last, state.over, state.proven_since, state.ended,
            state.proven.files, state.proven.bytes, state.proven.mismatches);
        return {};
    });
}

asio::awaitable<result<std::vector<bad_copy>>> sqlite_catalog::bad_copies(std::string archive) {
    return read([archive = std::move(archive)](const snapshot& at) {
        std::vector<bad_copy> bad;
        for (auto& one : recorded_bad_copies(at.connection, at.archives, archive))
            if (one.stands) bad.push_back(std::move(one.bad));
        return bad;
    });
}

asio::awaitable<result<void>> sqlite_catalog::record_bad_copies(std::string archive,
                                                                std::vector<bad_copy> found,
                                                                std::vector<file_id> mended) {
    return write([archive = std::move(archive), found = std::move(found), mended = std::move(mended)](
                     sqlite_connection& connection, change_index& index) -> result<void> {
        const auto forget = [&](file_id id) {
            connection.run("DELETE FROM suprsync_bad_copies WHERE file_id = ?1", id);
        };
        for (const auto id : mended) forget(id);
        std::set<file_id> kept;
        for (const auto& one : recorded_bad_copies(connection, index.archives(), archive)) {
            if (one.stands)
                kept.insert(one.bad.copy.file.row.id);
            else
                forget(one.bad.copy.file.row.id);
        }
        room_of_open_days open(connection, index.archives(), archive);
        for (const auto& bad : found) {
            const auto& row = bad.copy.file.row;
            if (!kept.contains(row.id) && kept.size() >= most_bad_copies && !open.has_room(row)) continue;
            kept.insert(row.id);
            connection.run(
                R"(INSERT OR REPLACE INTO suprsync_bad_copies (file_id, archive, finding, reason, found_at, copied)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6))",
                row.id, archive, bad.finding, bad.reason, bad.found_at, row.copied.value_or(0));
        }
        return {};
    });
}

}  // namespace suprsync
