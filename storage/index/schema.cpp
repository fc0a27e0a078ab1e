#include "storage/index/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

#include "storage/index/backfill.hpp"
#include "storage/index/from_version_4.hpp"
#include "storage/index/replaced_tables.hpp"
#include "storage/index/side_tables.hpp"

namespace suprsync {

namespace {

const std::set<std::string> file_columns = {
    "id",        "local_path",    "local_md5sum", "archive_name", "remote_path",
    "timestamp", "remote_md5sum", "copied",       "removed",      "failed_copy_attempts",
    "deletable", "ignore"};
const std::set<std::string> timecode_columns = {"id",     "timecode",  "archive_name",    "completed",
                                                "synced", "finalized", "finalize_file_id"};

std::string differences(const std::string& table, const std::set<std::string>& found,
                        const std::set<std::string>& expected) {
    if (found.empty() || found == expected) return "";
    std::vector<std::string> missing, unexpected;
    std::set_difference(expected.begin(), expected.end(), found.begin(), found.end(),
                        std::back_inserter(missing));
    std::set_difference(found.begin(), found.end(), expected.begin(), expected.end(),
                        std::back_inserter(unexpected));
    std::string text = "its table " + table;
    if (!missing.empty()) text += fmt::format(" lacks the columns {}", fmt::join(missing, ", "));
    if (!unexpected.empty())
        text += fmt::format("{} has the unexpected columns {}", missing.empty() ? "" : " and",
                            fmt::join(unexpected, ", "));
    return text;
}

std::string random_uuid() {
    std::random_device random;
    std::uint32_t words[4];
    for (auto& word : words) word = random();
    words[1] = (words[1] & 0xffff0fffU) | 0x4000U;      // version 4
    words[2] = (words[2] & 0x3fffffffU) | 0x80000000U;  // variant 1
    return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:04x}{:08x}", words[0], words[1] >> 16,
                       words[1] & 0xffffU, words[2] >> 16, words[2] & 0xffffU, words[3]);
}

// Why the side tables cannot be used as they are; '' where they can, or where there are none.
std::string wrong_version(sqlite_connection& connection) {
    if (!has_table(connection, "suprsync_meta")) return "";
    constexpr const char* command =
        "suprsync doctor --rebuild-side-tables (attempts, pauses and what was promised stay)";
    if (const auto cause = meta(connection, rebuild_key); !cause.empty() && cause != being_mended)
        return fmt::format(
            "its side tables were being made anew, and that was not finished: finish it with {}", command);
    const auto text = meta(connection, "version");
    const auto version = parse_side_version(text);
    if (text.empty() || version == version_4 || version.major_number == our_side_version.major_number)
        return "";
    return fmt::format(
        "its side tables have version {}, this program knows version {}: use the program that made them, or stop every daemon of this catalog and make them anew with {}",
        text, our_side_version.text(), command);
}

// Somebody dropped some of what was there, or nobody finished mending that.
bool is_broken(sqlite_connection& connection) {
    if (has_table(connection, "suprsync_meta")) {
        if (meta(connection, rebuild_key) == being_mended) return true;
        // An earlier minor version has not all of them.
        if (parse_side_version(meta(connection, "version")) < our_side_version) return false;
    } else if (!has_table(connection, "suprsync_files")) {
        return false;
    }
    return !side_tables_stand(connection);
}

void install(sqlite_connection& connection) {
    write_transaction transaction(connection);
    // It was right when the catalog was opened; another program may have been faster.
    if (const auto wrong = wrong_version(connection); !wrong.empty()) throw SQLite::Exception(wrong);
    make_shared_tables(connection);
    make_side_tables(connection);
    bool to_be_indexed = !triggers_stand(connection);
    if (meta(connection, "uuid").empty()) {
        set_meta(connection, "uuid", random_uuid());
    } else if (parse_side_version(meta(connection, "version")) == version_4) {
        upgrade_from_version_4(connection);
        // It counted bytes in another way while it indexed.
        to_be_indexed = to_be_indexed || !is_indexed(connection);
    }
    // A newer minor keeps its number: what it added is there.
    if (parse_side_version(meta(connection, "version")) < our_side_version)
        set_meta(connection, "version", our_side_version.text());
    if (to_be_indexed) begin_indexing(connection);
    transaction.commit();
}

failure cannot_use(const std::string& path, const std::string& why) {
    return {failure_code::not_a_catalog, "use the catalog", path, why};
}

}  // namespace

result<void> check_shared_tables(sqlite_connection& connection, const std::string& path) {
    std::string wrong;
    for (const auto& text :
         {differences("supersync_v0", column_names(connection, "supersync_v0"), file_columns),
          differences("timecode_dirs_v0", column_names(connection, "timecode_dirs_v0"), timecode_columns)})
        if (!text.empty()) wrong += (wrong.empty() ? "" : "; ") + text;
    if (wrong.empty()) return {};
    return cannot_use(path, wrong + "; it is not a catalog of the SupRsync agent");
}

result<void> check_schema(sqlite_connection& connection, const std::string& path) {
    if (auto fine = check_shared_tables(connection, path); !fine) return fine.error();
    if (const auto wrong = wrong_version(connection); !wrong.empty()) return cannot_use(path, wrong);
    return {};
}

void set_up_connection(sqlite_connection& connection) {
    const auto mode = connection.database().execAndGet("PRAGMA journal_mode = WAL").getString();
    if (mode != "wal")
        throw SQLite::Exception("its file system does not support SQLite's WAL mode (journal mode is " +
                                mode + ")");
    // A reader that takes long keeps the log growing: when it has gone, the log is cut to 8 MiB.
    connection.execute(
        "PRAGMA synchronous = FULL; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 8388608");
}

bool has_earlier_major(sqlite_connection& connection) {
    return has_table(connection, "suprsync_meta") &&
           parse_side_version(meta(connection, "version")) == version_4;
}

bool schema_stands(sqlite_connection& connection) {
    if (!has_table(connection, "supersync_v0") || !has_table(connection, "timecode_dirs_v0") ||
        !has_table(connection, "suprsync_meta") || meta(connection, "uuid").empty())
        return false;
    return wrong_version(connection).empty() && !is_broken(connection) &&
           parse_side_version(meta(connection, "version")) >= our_side_version && triggers_stand(connection);
}

std::string install_schema(sqlite_connection& connection) {
    set_up_connection(connection);
    if (is_broken(connection)) {
        if (const auto wrong = wrong_version(connection); !wrong.empty()) throw SQLite::Exception(wrong);
        make_shared_tables(connection);
        remake_side_tables(connection, being_mended);
    }
    if (!schema_stands(connection)) install(connection);
    return meta(connection, "uuid");
}

}  // namespace suprsync
