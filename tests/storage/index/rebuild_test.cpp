// Side tables made anew: nothing that cannot be found out again is lost, whatever program made them and
// whoever writes meanwhile.
#include "storage/index/rebuild.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "storage/index/side_tables.hpp"
#include "tests/storage/index/recount.hpp"
#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(side_tables_made_anew)

namespace {

constexpr file_identity identity{1, 2, 300, 4};

struct broken_database : open_database {
    file_id tried = 0, known = 0, vanished = 0;
    std::function<void()> meanwhile;

    // A catalog that has promised something and knows of attempts.
    void work() {
        make_ready();
        serve("other").value();
        std::vector<registration> files;
        for (int n = 0; n < 60; ++n) files.push_back(registration_of(row_of(n, n % 3 ? archive : "other")));
        files.push_back(registration_of(row_of(200, archive, 17001)));
        const auto added = add(files).value();
        known = added.at(11).file.row.id;
        vanished = added.at(13).file.row.id;
        tried = added.back().file.row.id;
        record_verified({known, vanished}, identity);
        foreign().execute("UPDATE supersync_v0 SET remote_md5sum = local_md5sum WHERE id <> " +
                          std::to_string(tried));
        finalize(17000, early + 100);
        record_deletions({{row(vanished), deletion_outcome::vanished, "it is not there", early, 0, {}}})
            .value();
        all_changes();
        file_outcome outcome;
        outcome.seen = row(tried);
        outcome.error = "checksums differ";
        outcome.error_at = early;
        outcome.next_attempt = later - 5;
        outcome.attempts_lost = 2;
        outcome.compare = true;
        record({outcome}).value();
        set_paused(true, "a reason").value();
        remember_base({"fs", 77}).value();
    }
    void check_kept() {
        make_ready();
        serve("other").value();
        check_against_recount(*this, {{archive, max_attempts}, {"other", max_attempts}});
        const auto view = this->view(tried);
        BOOST_TEST(view.state == "retrying");
        BOOST_TEST(view.last_error.value() == "checksums differ");
        BOOST_TEST(view.next_attempt_at.value() == later - 5);
        BOOST_TEST(view.row.failed_copy_attempts == 2);
        bool compared = false, resent = false;
        for (const auto& item : work_items()) {
            compared = compared || (item.row.id == tried && item.compare && item.sent_before);
            resent = resent || (item.row.id == vanished && item.vanished == 1);
        }
        BOOST_TEST(compared);
        BOOST_TEST(resent);
        for (const auto& item : load_deletable().value())
            if (item.row.id == known) BOOST_TEST((item.identity == identity));
        BOOST_TEST(this->view(known).bytes.value() == identity.size);
        const auto memory = this->memory().value();
        BOOST_TEST(memory.paused);
        BOOST_TEST(memory.pause_reason == "a reason");
        BOOST_TEST((memory.base == base_identity{"fs", 77}));
        BOOST_TEST(memory.finalized_until_published == early + 100);
        BOOST_TEST(foreign().number(
                       R"(SELECT revision FROM suprsync_timecodes WHERE timecode = 17000 AND
                archive_id = (SELECT id FROM suprsync_archives WHERE name = 'data'))") == 1);
        // It is sent again, and was announced before.
        BOOST_TEST(foreign().timecodes(archive).at(0).finalized);
    }
    std::vector<work_item> work_items() { return load_work({archive, later, 100, {}}).value().items; }

    result<rebuilt_side_tables> rebuild() {
        return rebuild_side_tables(path(), "doctor", [this](const preparation&) {
            if (meanwhile) std::exchange(meanwhile, nullptr)();
        });
    }
    std::string refusal() {
        auto opened = open();
        return opened ? "opened" : opened.error().detail;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(keep_attempts_pauses_promises_and_the_uuid, broken_database) {
    work();
    const auto uuid = catalog().uuid();
    close();
    const auto done = rebuild();
    BOOST_REQUIRE_MESSAGE(done, done.error().text());
    BOOST_TEST(done->uuid == uuid);
    BOOST_TEST(done->rows == foreign().number("SELECT count(*) FROM supersync_v0"));
    BOOST_TEST(done->archives == 2);
    BOOST_TEST(done->finalized == 1);
    BOOST_TEST(done->attempt_states == 3);
    BOOST_TEST(done->lost.empty());
    check_kept();
    BOOST_TEST(catalog().uuid() == uuid);
    BOOST_TEST(prepare_step().value().done);
}

BOOST_FIXTURE_TEST_CASE(replace_those_of_a_newer_major, broken_database) {
    work();
    close();
    foreign().execute("DROP TABLE suprsync_files; DROP TABLE suprsync_counts; DROP TABLE suprsync_blocks");
    foreign().execute(
        R"(CREATE TABLE suprsync_files (a TEXT, b INTEGER, PRIMARY KEY (b, a)) WITHOUT ROWID;
        CREATE TABLE suprsync_counts (x INTEGER); CREATE INDEX suprsync_x ON suprsync_counts (x);
        CREATE TABLE suprsync_other (y TEXT PRIMARY KEY);
        ALTER TABLE suprsync_archives ADD COLUMN more TEXT NOT NULL DEFAULT 'more';
        ALTER TABLE suprsync_archives DROP COLUMN registered;
        ALTER TABLE suprsync_notes ADD COLUMN more TEXT;
        DROP TRIGGER suprsync_file_inserted;
        CREATE TRIGGER suprsync_other_trigger AFTER UPDATE ON supersync_v0 BEGIN
        INSERT INTO suprsync_counts VALUES (1); END)");
    foreign().execute(
        R"(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
        INSERT INTO suprsync_files SELECT 'a' || i, i FROM n)");
    foreign().execute("INSERT INTO suprsync_counts SELECT b FROM suprsync_files");
    foreign().execute("INSERT INTO suprsync_other SELECT a FROM suprsync_files");
    foreign().execute("UPDATE suprsync_meta SET value = '6.1' WHERE key = 'version'");
    BOOST_TEST(refusal().find("suprsync doctor --rebuild-side-tables") != std::string::npos);
    const auto done = rebuild();
    BOOST_REQUIRE_MESSAGE(done, done.error().text());
    BOOST_TEST(done->lost.empty());
    check_kept();
    BOOST_TEST(
        foreign().number(
            "SELECT count(*) FROM sqlite_master WHERE name IN ('suprsync_other', 'suprsync_x', 'suprsync_other_trigger')") ==
        0);
    BOOST_TEST(foreign().text("SELECT value FROM suprsync_meta WHERE key = 'version'") ==
               our_side_version.text());
}

BOOST_FIXTURE_TEST_CASE(tell_what_could_not_be_kept, broken_database) {
    work();
    close();
    foreign().execute("DROP TABLE suprsync_notes; CREATE TABLE suprsync_notes (other TEXT)");
    foreign().execute("ALTER TABLE suprsync_notices ADD COLUMN other TEXT NOT NULL DEFAULT ''");
    const auto done = rebuild();
    BOOST_REQUIRE_MESSAGE(done, done.error().text());
    BOOST_TEST(done->lost == strings{"suprsync_notes"}, boost::test_tools::per_element());
    make_ready();
    BOOST_TEST(!view(tried).last_error.has_value());
    BOOST_TEST(memory().value().paused);
}

// What somebody had stopped is not to run because that is forgotten.
BOOST_FIXTURE_TEST_CASE(pause_archives_whose_pause_they_lost, broken_database) {
    work();
    set_paused(false, "").value();
    close();
    foreign().execute("ALTER TABLE suprsync_archives RENAME COLUMN paused TO is_paused");
    const auto done = rebuild();
    BOOST_REQUIRE_MESSAGE(done, done.error().text());
    BOOST_TEST(done->lost == strings{"paused of suprsync_archives"}, boost::test_tools::per_element());
    make_ready();
    BOOST_TEST(memory().value().paused);
    BOOST_TEST(memory().value().pause_reason.find("made anew") != std::string::npos);
    BOOST_TEST(memory().value().finalized_until_published == early + 100);
}

BOOST_FIXTURE_TEST_CASE(pause_every_archive_and_forget_its_days_where_the_archives_are_lost,
                        broken_database) {
    work();
    close();
    foreign().execute("DROP TABLE suprsync_archives; DROP TABLE suprsync_notices");
    const auto done = rebuild();
    BOOST_REQUIRE_MESSAGE(done, done.error().text());
    const strings lost{"suprsync_archives", "suprsync_notices", "suprsync_timecodes"};
    auto sorted = done->lost;
    std::sort(sorted.begin(), sorted.end());
    BOOST_TEST(sorted == lost, boost::test_tools::per_element());
    make_ready();
    serve("other").value();
    BOOST_TEST(memory().value().paused);
    BOOST_TEST(memory("other").value().paused);
    // As timecode_dirs_v0 has it.
    BOOST_TEST(foreign().number(
                   R"(SELECT finalized FROM suprsync_timecodes WHERE timecode = 17000 AND
        archive_id = (SELECT id FROM suprsync_archives WHERE name = 'data'))") == 1);
}

// Else a file that was renamed for its removal would not get its name back.
BOOST_FIXTURE_TEST_CASE(keep_removals_that_were_cut_short, broken_database) {
    work();
    close();
    const auto columns =
        foreign().text("SELECT group_concat(name) FROM pragma_table_info('suprsync_removals')");
    const auto values =
        foreign().text("SELECT group_concat(cid + 1) FROM pragma_table_info('suprsync_removals')");
    foreign().execute("INSERT INTO suprsync_removals (" + columns + ") VALUES (" + values + ")");
    const auto done = rebuild();
    BOOST_REQUIRE_MESSAGE(done, done.error().text());
    BOOST_TEST(foreign().number("SELECT count(*) FROM suprsync_removals") == 1);
}

BOOST_FIXTURE_TEST_CASE(replace_virtual_tables, broken_database) {
    work();
    close();
    foreign().execute("CREATE VIRTUAL TABLE suprsync_search USING fts5 (a)");
    foreign().execute("UPDATE suprsync_meta SET value = '6.0' WHERE key = 'version'");
    const auto done = rebuild();
    BOOST_REQUIRE_MESSAGE(done, done.error().text());
    check_kept();
    BOOST_TEST(foreign().number("SELECT count(*) FROM sqlite_master WHERE name LIKE 'suprsync_search%'") ==
               0);
}

BOOST_FIXTURE_TEST_CASE(are_gone_on_with_after_an_interruption, broken_database) {
    work();
    close();
    foreign().execute("INSERT INTO suprsync_meta VALUES ('rebuild', '1'); DROP TABLE suprsync_files");
    const auto said = refusal();
    BOOST_TEST(
        said.find("not finished: finish it with suprsync doctor --rebuild-side-tables") != std::string::npos,
        said);
    const auto done = rebuild();
    BOOST_REQUIRE_MESSAGE(done, done.error().text());
    check_kept();
}

// A catalog that was opened before does not make tables in the midst of it.
BOOST_FIXTURE_TEST_CASE(are_not_made_by_who_opened_the_catalog_before, broken_database) {
    work();
    close();
    open().value();
    foreign().execute("INSERT INTO suprsync_meta VALUES ('rebuild', '1'); DROP TABLE suprsync_files");
    BOOST_TEST(!prepare_step());
    BOOST_TEST(foreign().number("SELECT count(*) FROM sqlite_master WHERE name = 'suprsync_files'") == 0);
}

BOOST_FIXTURE_TEST_CASE(are_refused_while_a_daemon_works_on_an_archive, broken_database) {
    work();
    options.instance_id = "srv20";
    open().value();
    catalog().lock_archive("other").value();
    const auto refused = rebuild();
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == failure_code::archive_held));
    BOOST_TEST(refused.error().subject == "archive 'other'");
    BOOST_TEST(refused.error().detail.find("instance srv20") != std::string::npos);
    BOOST_TEST(foreign().number("SELECT count(*) FROM suprsync_meta WHERE key = 'rebuild'") == 0);
}

BOOST_FIXTURE_TEST_CASE(are_made_where_there_were_none, broken_database) {
    foreign().insert({row_of(1), verified(row_of(2))});
    const auto done = rebuild();
    BOOST_REQUIRE_MESSAGE(done, done.error().text());
    BOOST_TEST(done->rows == 2);
    make_ready();
    BOOST_TEST(catalog().uuid() == done->uuid);
    check_against_recount(*this, {{archive, max_attempts}});
    BOOST_TEST(!rebuild_side_tables(scratch / "none", "doctor", nullptr));
}

// Ids are used again: what is known of a file does not pass to another one that takes its id meanwhile.
BOOST_FIXTURE_TEST_CASE(bring_nothing_of_a_row_to_another_that_takes_its_id_meanwhile, broken_database) {
    work();
    close();
    std::vector<catalog_row> more;
    for (int n = 1000; n < 6000; ++n) more.push_back(verified(row_of(n, "other", 17003)));
    foreign().insert(more);
    // The row with the highest id is indexed last.
    const auto id = foreign().number("SELECT max(id) FROM supersync_v0");
    make_ready();
    record_verified({id - 1, id}, identity);
    close();
    BOOST_TEST(foreign().number("SELECT count(*) FROM suprsync_notes WHERE file_id >= " +
                                std::to_string(id - 1)) == 2);
    meanwhile = [&] {
        foreign().execute("DELETE FROM supersync_v0 WHERE id >= " + std::to_string(id - 1));
        auto other = verified(row_of(9000, archive, 17001));
        other.id = id;
        foreign().insert(other);
    };
    const auto done = rebuild();
    BOOST_REQUIRE_MESSAGE(done, done.error().text());
    BOOST_TEST(foreign().number("SELECT count(*) FROM suprsync_notes WHERE file_id >= " +
                                std::to_string(id - 1)) == 0);
    check_kept();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
