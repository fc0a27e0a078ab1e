// Which copies a sync at the destination brought to the disk there, and which of the others may be lost since
// its machine was started anew.
#include "engine/rules/removed_days.hpp"
#include "storage/catalog/catalog_impl.hpp"
#include "storage/catalog/checks.hpp"
#include "storage/catalog/unsynced.hpp"
#include "storage/index/side_rows.hpp"
#include "storage/index/unproved.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::int64_t most_forgotten_at_once = 5000;
constexpr std::int64_t most_listed_at_once = 500;
// Several machines may answer in turn under one name.
constexpr int most_boots = 32;

// The places of the archive's rows; 0: there is none.
std::int64_t last_unsynced(sqlite_connection& connection, const std::string& archive) {
    return connection.number("SELECT coalesce(max(seq), 0) FROM suprsync_unsynced WHERE archive = ?1",
                             archive);
}

std::int64_t first_unsynced(sqlite_connection& connection, const std::string& archive) {
    return connection.number("SELECT coalesce(min(seq), 0) FROM suprsync_unsynced WHERE archive = ?1",
                             archive);
}

// Forgets some thousand rows up to this place, which a sync that began later brought to the disk; false where
// none was left. The last place stays, without its file: no place is used twice, so that nobody takes a later
// row for one that was synced.
bool forget_synced(sqlite_connection& connection, const std::string& archive, std::int64_t place) {
    const auto last = last_unsynced(connection, archive);
    const auto first = first_unsynced(connection, archive);
    if (last == 0 || first > place) return false;
    const auto to = std::min(place, first + most_forgotten_at_once);
    connection.run("DELETE FROM suprsync_unsynced WHERE archive = ?1 AND seq <= ?2 AND seq < ?3", archive, to,
                   last);
    if (to >= last)
        connection.run("UPDATE suprsync_unsynced SET file_id = 0 WHERE archive = ?1 AND seq = ?2", archive,
                       last);
    return to < std::min(place, last);
}

// Whether this run of a kernel answers for the first time, after others.
bool is_new_start(sqlite_connection& connection, const std::string& archive, const std::string& boot) {
    return connection.number("SELECT EXISTS (SELECT 1 FROM suprsync_boots WHERE archive = ?1)", archive) !=
               0 &&
           connection.number("SELECT count(*) FROM suprsync_boots WHERE archive = ?1 AND boot = ?2", archive,
                             boot) == 0;
}

void remember_boot(sqlite_connection& connection, const std::string& archive, const std::string& boot) {
    if (boot.empty()) return;
    connection.run("INSERT OR IGNORE INTO suprsync_boots (archive, boot) VALUES (?1, ?2)", archive, boot);
    connection.run(
        R"(DELETE FROM suprsync_boots WHERE archive = ?1 AND seq NOT IN
        (SELECT seq FROM suprsync_boots WHERE archive = ?1 ORDER BY seq DESC LIMIT ?2))",
        archive, most_boots);
}

struct listed_rows {
    std::int64_t doubtful = 0;
    bool more = true;
};

// Of a day that somebody removed there, people say what becomes of it.
listed_rows list_some(sqlite_connection& connection, const archive_table& archives,
                      const std::string& archive) {
    const auto days = find_removed_days(connection, archive);
    listed_rows listed;
    std::vector<std::pair<std::int64_t, file_id>> noted;
    {
        auto q = connection.ask(
            R"(SELECT seq, file_id FROM suprsync_unsynced WHERE archive = ?1 AND file_id <> 0
            ORDER BY seq LIMIT ?2)",
            archive, most_listed_at_once);
        while (q.next()) noted.emplace_back(q.integer(0), q.integer(1));
    }
    for (const auto& [place, id] : noted) {
        const auto copy = find_kept_copy(connection, archives, days, id);
        if (!copy || copy->file.row.archive_name != archive || copy->file.row.removed ||
            went_with_day(copy->file.row, copy->day))
            continue;
        list_after_new_start(connection, copy->file.row);
        ++listed.doubtful;
    }
    if (!noted.empty()) forget_synced(connection, archive, noted.back().first);
    listed.more = noted.size() == most_listed_at_once;
    return listed;
}

}  // namespace

bool is_unsynced(sqlite_connection& connection, file_id id) {
    return connection.number("SELECT EXISTS (SELECT 1 FROM suprsync_unsynced WHERE file_id = ?1)", id) != 0;
}

void note_unsynced(sqlite_connection& connection, const file_row& row) {
    connection.run(
        R"(INSERT INTO suprsync_unsynced (archive, seq, file_id) VALUES (?1,
        (SELECT coalesce(max(seq), 0) + 1 FROM suprsync_unsynced WHERE archive = ?1), ?2))",
        row.archive_name, row.id);
}

asio::awaitable<result<std::int64_t>> sqlite_catalog::sync_place(std::string archive) {
    return read([archive = std::move(archive)](const snapshot& at) -> std::int64_t {
        const bool any = at.connection.number(
                             R"(SELECT EXISTS (SELECT 1 FROM suprsync_unsynced
                             WHERE archive = ?1 AND file_id <> 0))",
                             archive) != 0;
        return any ? last_unsynced(at.connection, archive) : 0;
    });
}

// The boot is remembered last: what was cut short is begun anew.
asio::awaitable<result<std::int64_t>> sqlite_catalog::meet_boot(std::string archive, std::string boot,
                                                                std::int64_t synced_to) {
    const auto ask = [archive, boot](const snapshot& at) {
        return !boot.empty() && is_new_start(at.connection, archive, boot);
    };
    const auto new_start = co_await read(ask);
    if (!new_start) co_return new_start.error();
    std::int64_t doubtful = 0;
    for (bool more = *new_start; more;) {
        const auto list = [archive](sqlite_connection& connection,
                                    change_index& index) -> result<listed_rows> {
            return list_some(connection, index.archives(), archive);
        };
        const auto some = co_await write(list);
        if (!some) co_return some.error();
        doubtful += some->doubtful;
        more = some->more;
    }
    for (bool more = true; more;) {
        const auto forget = [archive, boot, synced_to](sqlite_connection& connection,
                                                       change_index&) -> result<bool> {
            remember_boot(connection, archive, boot);
            return forget_synced(connection, archive, synced_to);
        };
        const auto left = co_await write(forget);
        if (!left) co_return left.error();
        more = *left;
    }
    co_return doubtful;
}

}  // namespace suprsync
