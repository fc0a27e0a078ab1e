// Sums of local files whose copy has to wait: which rows have none, and their recording (spec, Verifying).
#include "engine/rules/claims.hpp"
#include "storage/catalog/catalog_impl.hpp"
#include "storage/index/side_rows.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr int rows_in_a_part = 5000;

}  // namespace

asio::awaitable<result<unsummed_files>> sqlite_catalog::load_unsummed(std::string archive, file_id after) {
    return read([archive = std::move(archive), after](const snapshot& at) {
        unsummed_files found;
        // So many rows and not so many ids: between two rows may lie any number of these.
        auto reach = at.connection.ask(
            R"(SELECT count(*), ifnull(max(file_id), ?1) FROM
            (SELECT file_id FROM suprsync_files WHERE file_id > ?1 ORDER BY file_id LIMIT ?2))",
            after, rows_in_a_part);
        reach.next();
        found.end = reach.integer(0) < rows_in_a_part;
        found.scanned_to = reach.integer(1);
        const auto* entry = at.archives.find(archive);
        if (!entry) return found;
        // By primary key; SQLite would choose the index over unsettled rows, and read all of them.
        auto q = at.connection.ask("SELECT " SUPRSYNC_ROW_COLUMNS
                                   R"( FROM suprsync_files AS f NOT INDEXED
            CROSS JOIN supersync_v0 AS s ON s.id = f.file_id
            WHERE f.file_id > ?1 AND f.file_id <= ?2 AND f.archive_id = ?3 AND f.state < 2 AND s.local_md5sum = ''
            ORDER BY f.file_id)",
                                   after, found.scanned_to, entry->id);
        while (q.next()) found.rows.push_back(read_row(q));
        return found;
    });
}

asio::awaitable<result<void>> sqlite_catalog::record_sums(std::vector<local_sum> sums) {
    return write(
        [sums = std::move(sums)](sqlite_connection& connection, change_index& index) -> result<void> {
            for (const auto& [seen, md5] : sums) {
                const auto row = find_row(connection, seen.id);
                if (!row || !row->local_md5sum.empty() || !is_same_registration(*row, seen)) continue;
                // Equal sums mean "verified" to everybody who reads the row: only what is published may have
                // them.
                connection.run(
                    R"(UPDATE supersync_v0 SET local_md5sum = ?2,
                remote_md5sum = CASE WHEN remote_md5sum = ?2 THEN NULL ELSE remote_md5sum END WHERE id = ?1)",
                    seen.id, md5);
                index.touch(seen.id);
            }
            return {};
        });
}

}  // namespace suprsync
