// What comes after a directory was finalized: late files and revisions, back-dated registrations, and
// finalization files that were not delivered in time (spec, Timecode directories, Shared tables).
#include <boost/test/unit_test.hpp>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_late)

namespace {

constexpr double now = 1'700'250'000;

bool is_changed(const result<file_row>& r) { return !r && r.error().code == failure_code::changed; }

// One file in 17000, which is finalized at `now`.
struct finalized_day : ready_database {
    file_id id = foreign().insert(verified(row_of(1)));
    file_row file = finalize(17000, now);

    finalized_day() {
        record_verified({file.id});
        all_changes();
    }
    bool open() { return !timecodes_to_finalize().value().directories.empty(); }
    bool flagged() { return foreign().timecodes(archive).at(0).finalized; }
    archive_changes changes() { return all_changes().archives[archive]; }
    void update(const std::string& what, file_id which) {
        foreign().execute("UPDATE supersync_v0 SET " + what + " WHERE id = " + std::to_string(which));
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_late_file_opens_the_directory_for_a_further_revision) {
    finalized_day d;
    BOOST_TEST(!d.open());
    const auto late = d.foreign().insert(row_of(2));
    BOOST_TEST(d.changes().late == ids{late}, boost::test_tools::per_element());
    BOOST_TEST(d.changes().late.empty());  // told once
    BOOST_TEST(!d.flagged());
    BOOST_TEST(!d.foreign().timecodes(archive).at(0).synced);
    const auto open = d.timecodes_to_finalize().value().directories.at(0);
    BOOST_TEST(open.revision == 1);
    BOOST_TEST(open.last_finalized_at == now);
    BOOST_TEST(open.unsettled == 1);

    d.record_verified({late});
    auto summary = d.summarize(17000).value();
    BOOST_TEST(summary.revision == 2);
    BOOST_TEST(summary.num_files == 2);
    const auto second = d.finalize(17000, now + 10);
    BOOST_TEST(d.flagged());
    BOOST_TEST(d.foreign().timecodes(archive).at(0).finalize_file_id.value() == second.id);
    BOOST_TEST(!d.open());

    d.foreign().insert(verified(row_of(3)));  // verified by somebody else, and late all the same
    BOOST_TEST(d.changes().late.size() == 1);
    summary = d.summarize(17000).value();
    BOOST_TEST(summary.revision == 3);
    BOOST_TEST(summary.synced);
}

BOOST_AUTO_TEST_CASE(a_file_that_we_registered_late_is_late) {
    finalized_day d;
    const auto id = d.add({registration_of(row_of(2))}).value().at(0).file.row.id;
    BOOST_TEST(d.open());
    const auto changes = d.changes();
    BOOST_TEST(changes.late == ids{id}, boost::test_tools::per_element());
    BOOST_TEST(changes.registered == 1);
}

BOOST_AUTO_TEST_CASE(what_is_late_and_what_is_not) {
    struct step {
        std::string what;
        bool late;
    };
    const std::vector<step> steps = {
        {"removed = 5", false},
        {"deletable = 0", false},
        {"timestamp = timestamp + 1", false},
        {"failed_copy_attempts = 5", false},
        {"\"ignore\" = 1", false},
        {"\"ignore\" = 0", true},
        {"remote_md5sum = NULL", true},
        {"remote_md5sum = local_md5sum", false},
        {"remote_path = '17000/other'", true},
        {"remote_path = '17001/other'", false},
        {"remote_path = '17000/smurf/1.g3'", true},
        {"local_path = '/data/other'", true},
        {"archive_name = 'other'", false},
    };
    for (const auto& [what, late] : steps) {
        finalized_day d;
        if (what == "\"ignore\" = 0") {
            d.update("\"ignore\" = 1", d.id);
            d.foreign().execute("UPDATE timecode_dirs_v0 SET finalized = 1");
            d.changes();
        }
        if (what == "remote_path = '17000/smurf/1.g3'") {
            d.update("remote_path = '17001/x'", d.id);
            d.changes();
        }
        d.update(what, d.id);
        BOOST_TEST(d.changes().late.size() == (late ? 1U : 0U), what);
        BOOST_TEST(d.flagged() == !late, what);
    }
}

BOOST_AUTO_TEST_CASE(neither_ignored_files_nor_finalization_files_nor_other_archives_are_late) {
    finalized_day d;
    auto finalization = row_of(3);
    finalization.remote_path = "17000/suprsync/srv/2_data_16999_finalized.yaml";
    d.foreign().insert({ignored(row_of(2)), finalization, row_of(4, "other"), row_of(5, archive, 17001)});
    BOOST_TEST(d.changes().late.empty());
    BOOST_TEST(d.flagged());
}

// Clean-up downstream must not set off a further revision.
BOOST_AUTO_TEST_CASE(sending_a_vanished_file_again_keeps_the_day_finalized) {
    finalized_day d;
    d.record_deletions({{d.row(d.id), deletion_outcome::vanished, "gone", now, 0}}).value();
    BOOST_TEST(d.counts().value().unsettled == 1);
    BOOST_TEST(d.changes().late.empty());
    BOOST_TEST(d.flagged());
    d.record_verified({d.id});
    d.record_deletions({{d.row(d.id), deletion_outcome::lost_again, "gone", now, 0}}).value();
    BOOST_TEST(d.flagged());
    // A new version is new data.
    d.update("remote_md5sum = local_md5sum, failed_copy_attempts = 0", d.id);
    d.record_deletions({{d.row(d.id), deletion_outcome::new_version, "", now, 0}}).value();
    BOOST_TEST(d.changes().late == ids{d.id}, boost::test_tools::per_element());
    BOOST_TEST(!d.flagged());
}

BOOST_AUTO_TEST_CASE(another_program_finalizes_and_opens) {
    ready_database d;
    d.foreign().insert(verified(row_of(1)));
    d.foreign().insert_timecode(archive, {17000, true, true, true, std::nullopt});
    BOOST_TEST(d.timecodes_to_finalize().value().directories.empty());
    d.foreign().execute("UPDATE timecode_dirs_v0 SET finalized = 0");
    BOOST_TEST(d.timecodes_to_finalize().value().directories.at(0).revision == 1);
    d.foreign().execute("UPDATE timecode_dirs_v0 SET finalized = 1");
    BOOST_TEST(d.timecodes_to_finalize().value().directories.empty());
    d.foreign().execute("DELETE FROM timecode_dirs_v0");
    BOOST_TEST(d.timecodes_to_finalize().value().directories.size() == 1);

    // With unsettled files it is none, and they are late.
    d.all_changes();
    const auto id = d.foreign().insert(row_of(2));
    d.foreign().insert_timecode(archive, {17000, true, true, true, std::nullopt});
    BOOST_TEST(d.all_changes().archives[archive].late == ids{id}, boost::test_tools::per_element());
    BOOST_TEST(!d.foreign().timecodes(archive).at(0).finalized);
}

BOOST_AUTO_TEST_CASE(registrations_back_dated_by_more_than_a_minute_are_counted) {
    finalized_day d;  // finalized_until is `now`
    std::vector<catalog_row> rows;
    for (int n = 0; n < 12; ++n) {
        rows.push_back(row_of(100 + n, archive, 17001));
        rows.back().timestamp = now - 61;
    }
    auto in_time = row_of(200, archive, 17001);
    in_time.timestamp = now - 60;
    auto other = row_of(201, "other");
    rows.push_back(in_time);
    rows.push_back(other);
    const auto inserted = d.foreign().insert(rows);
    auto changes = d.changes();
    BOOST_TEST(changes.registered == 13);
    BOOST_TEST(changes.back_dated_count == 12);
    BOOST_TEST(changes.back_dated.size() == 10);
    BOOST_TEST(changes.back_dated.at(0).id == inserted.front());
    BOOST_TEST(changes.back_dated.at(0).local_path == "/data/100");
    BOOST_TEST(d.changes().back_dated_count == 0);

    auto file = registration_of(row_of(300, archive, 17001));
    file.timestamp = now - 100;
    d.add({file}).value();
    BOOST_TEST(d.changes().back_dated_count == 1);
}

// Not only by a file: what the site's bus was told counts as well.
BOOST_AUTO_TEST_CASE(whatever_was_promised_last_makes_a_registration_back_dated) {
    finalized_day d;
    BOOST_TEST(d.promise_finalized_until(now + 1000).value() == now + 1000);
    auto row = row_of(100, archive, 17001);
    row.timestamp = now + 939;
    d.foreign().insert(row);
    row.timestamp = now + 940;
    d.foreign().insert(row);
    // Announced while the clock is set back: no data that readers passed by.
    row.timestamp = now;
    row.remote_path = "17001/suprsync/smurf-sync/1_smurf_17000_finalized.yaml";
    d.foreign().insert(row);
    BOOST_TEST(d.changes().back_dated_count == 1);
}

BOOST_AUTO_TEST_CASE(an_undelivered_file_is_issued_anew) {
    ready_database d;
    d.foreign().insert(verified(row_of(1)));
    const auto old_row = d.finalize(17000, now);
    const auto announced = d.summary_of_finalization(old_row).value();
    BOOST_REQUIRE(announced.has_value());
    BOOST_TEST(announced->timecode == 17000);
    BOOST_TEST(announced->revision == 1);
    BOOST_TEST(announced->num_files == 1);
    BOOST_TEST(!announced->oldest_unsettled.has_value());  // the row itself makes way

    const auto file = finalization_of(17000, now + 2e5);
    const auto row = d.reissue_finalization(old_row, file, now + 2e5, "too old").value();
    BOOST_TEST((row == d.row(row.id)));
    BOOST_TEST(row.remote_path == file.remote_path);
    BOOST_TEST(d.view(old_row.id).state == "ignored");
    BOOST_TEST(d.view(old_row.id).ignore_reason.value() == "too old");
    BOOST_TEST(d.foreign().timecodes(archive).at(0).finalize_file_id.value() == row.id);
    BOOST_TEST(d.foreign().timecodes(archive).at(0).finalized);
    BOOST_TEST(d.memory().value().finalized_until_published == now + 2e5);
    BOOST_TEST(d.work_ids() == ids{row.id}, boost::test_tools::per_element());

    // The revision is the same: it says the same again.
    d.foreign().insert(verified(row_of(2)));
    BOOST_TEST(d.timecodes_to_finalize().value().directories.at(0).revision == 1);
    BOOST_TEST(d.timecodes_to_finalize().value().directories.at(0).last_finalized_at == now + 2e5);
}

BOOST_AUTO_TEST_CASE(only_what_is_still_to_be_delivered_is_issued_anew) {
    for (const std::string change : {"\"ignore\" = 1", "removed = 1", "remote_md5sum = local_md5sum",
                                     "remote_path = '17002/x'", "local_path = 'x'", "archive_name = 'x'"}) {
        ready_database d;
        d.foreign().insert(verified(row_of(1)));
        const auto old_row = d.finalize(17000, now);
        d.foreign().execute("UPDATE supersync_v0 SET " + change +
                            " WHERE id = " + std::to_string(old_row.id));
        BOOST_TEST(
            is_changed(d.reissue_finalization(old_row, finalization_of(17000, now + 2e5), now, "too old")),
            change);
        BOOST_TEST(d.foreign().rows().size() == 2, change);
    }
    ready_database d;
    d.foreign().insert(verified(row_of(1)));
    const auto old_row = d.finalize(17000, now);
    // It must not promise what an unsettled file contradicts.
    const auto id = d.foreign().insert(row_of(5, archive, 17001));
    const auto file = finalization_of(17000, now + 2e5);
    BOOST_TEST(is_changed(d.reissue_finalization(old_row, file, now + 2e5, "too old")));
    BOOST_TEST(d.summary_of_finalization(old_row).value()->oldest_unsettled.value() == early + 5);
    // Nor may it take back what was promised before; that stands, whatever has come in since.
    BOOST_TEST(is_changed(d.reissue_finalization(old_row, file, early + 4, "too old")));
    BOOST_TEST(d.reissue_finalization(old_row, file, now, "too old").has_value());
    d.foreign().execute("DELETE FROM supersync_v0 WHERE id = " + std::to_string(id));
}

BOOST_AUTO_TEST_CASE(what_a_finalization_row_announces) {
    ready_database d;
    d.foreign().insert({verified(row_of(1)), verified(row_of(2, "a_b_17001"))});
    d.serve("a_b_17001").value();
    const auto announced = [&](const std::string& remote_path, const std::string& name = archive) {
        file_row row;
        row.remote_path = remote_path;
        row.archive_name = name;
        const auto summary = d.summary_of_finalization(row).value();
        return summary ? summary->timecode : 0;
    };
    BOOST_TEST(announced("17002/suprsync/srv/1_data_17000_finalized.yaml") == 17000);
    BOOST_TEST(announced("17002/suprsync/srv/1_a_b_17001_17000_finalized.yaml", "a_b_17001") == 17000);
    BOOST_TEST(announced("17002/suprsync/srv/1_data_17001_finalized.yaml") == 0);  // no such directory
    BOOST_TEST(announced("17002/suprsync/srv/1_data_170000_finalized.yaml") == 0);
    BOOST_TEST(announced("17002/suprsync/srv/17000_finalized.yaml") == 0);
    BOOST_TEST(announced("17002/smurf/srv/1_data_17000_finalized.yaml") == 0);
    BOOST_TEST(announced("17002/suprsync/srv/1_data_17000_finalized.yaml", "unknown") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
