// Timecode directories: their counts, and the finalization file that is one transaction with them (spec,
// Timecode directories).
#include <boost/test/unit_test.hpp>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_finalization)

namespace {

constexpr double now = 1'700'250'000;

catalog_row at_path(int n, const std::string& remote_path, const std::string& archive_name = archive) {
    auto row = verified(row_of(n, archive_name));
    row.remote_path = remote_path;
    return row;
}

open_timecode directory(open_database& d, int timecode, const std::string& name = archive) {
    for (auto& t : d.timecodes_to_finalize(name).value().directories)
        if (t.timecode == timecode) return std::move(t);
    throw std::runtime_error("it is not open");
}

bool is_changed(const result<file_row>& r) { return !r && r.error().code == failure_code::changed; }

}  // namespace

BOOST_AUTO_TEST_CASE(open_directories_have_their_counts) {
    ready_database d;
    d.foreign().insert({verified(row_of(1)), row_of(2), failed(row_of(3)), failed(row_of(4)),
                        failed(row_of(5)), failed(row_of(6)), ignored(row_of(7)),
                        verified(row_of(8, archive, 16999)), row_of(9, "other", 17000),
                        row_of(10, "other", 17005), ignored(row_of(11, archive, 17001)),
                        at_path(12, "17002/suprsync/srv/1_data_17000_finalized.yaml"),
                        at_path(13, "no/timecode"), at_path(14, "170003/x"), at_path(15, "17003")});
    auto open = d.timecodes_to_finalize().value();
    BOOST_TEST(open.directories.size() == 3);
    BOOST_TEST(open.directories.at(0).timecode == 16999);
    BOOST_TEST(open.directories.at(0).files == 1);
    BOOST_TEST(open.directories.at(0).unsettled == 0);
    const auto& t = open.directories.at(1);
    BOOST_TEST(t.timecode == 17000);
    BOOST_TEST(t.files == 6);
    BOOST_TEST(t.unsettled == 5);
    BOOST_TEST(t.failed == 4);
    BOOST_TEST(t.revision == 0);
    BOOST_TEST(t.last_finalized_at == 0);
    BOOST_TEST(t.failed_examples == (strings{"/data/3", "/data/4", "/data/5"}),
               boost::test_tools::per_element());
    BOOST_TEST(open.newest_with_data.value() == 17003);
    BOOST_TEST(d.timecodes_to_finalize("unknown").value().directories.empty());
}

BOOST_AUTO_TEST_CASE(the_newest_directory_is_one_that_is_believed_however_many_are_beyond_it) {
    ready_database d;
    const auto newest = [&](int believed) {
        return d.timecodes_to_finalize(archive, believed).value().newest_with_data.value_or(-1);
    };
    BOOST_TEST(newest(17001) == -1);
    for (const int timecode : {17000, 17001, 17003, 17050, 18000, 99999})
        d.foreign().insert(row_of(timecode, archive, timecode));
    d.work();
    for (const auto& [believed, expected] :
         {std::pair(16999, -1), std::pair(17000, 17000), std::pair(17002, 17001), std::pair(99999, 99999)})
        BOOST_TEST(newest(believed) == expected, believed);
}

BOOST_AUTO_TEST_CASE(flags_of_the_shared_table_are_read_and_kept) {
    ready_database d;
    d.foreign().insert(row_of(1));
    BOOST_TEST(!directory(d, 17000).completed);
    d.mark_timecode(17000, true, false).value();
    BOOST_TEST(directory(d, 17000).completed);
    BOOST_TEST(!directory(d, 17000).synced);
    d.mark_timecode(17000, true, true).value();
    BOOST_TEST(directory(d, 17000).synced);
    const auto shared = d.foreign().timecodes(archive);
    BOOST_TEST(shared.size() == 1);
    BOOST_TEST(shared.at(0).timecode == 17000);
    BOOST_TEST(shared.at(0).completed);
    BOOST_TEST(shared.at(0).synced);
    BOOST_TEST(!shared.at(0).finalized);
    BOOST_TEST(d.foreign().timecodes("other").empty());
    d.mark_timecode(17000, false, false, "other").value();
    BOOST_TEST(directory(d, 17000).completed);
}

BOOST_AUTO_TEST_CASE(summary_counts_the_files_of_a_directory) {
    ready_database d;
    auto again = at_path(2, "17000/smurf/1.g3");
    again.local_path = "/data/1";
    d.foreign().insert({at_path(1, "17000/smurf/1.g3"), again, at_path(3, "17000/hk/deep/3"),
                        at_path(4, "17000/top"), ignored(at_path(5, "17000/ignored/5")),
                        at_path(6, "17000/x/6", "other"), at_path(7, "17001/y/7"),
                        at_path(8, "17000/suprsync/srv/1_data_16999_finalized.yaml"),
                        at_path(9, "17000/suprsync/srv/notes.txt")});
    const auto summary = d.summarize(17000).value();
    BOOST_TEST(summary.timecode == 17000);
    BOOST_TEST(summary.num_files == 4);
    BOOST_TEST(summary.subdirs == (strings{"hk", "smurf", "suprsync"}), boost::test_tools::per_element());
    BOOST_TEST(summary.revision == 1);
    BOOST_TEST(summary.synced);
    BOOST_TEST(!summary.oldest_unsettled.has_value());

    d.foreign().insert({row_of(20), row_of(10, archive, 17005)});
    BOOST_TEST(!d.summarize(17000).value().synced);
    BOOST_TEST(d.summarize(17000).value().num_files == 5);
    BOOST_TEST(d.summarize(17000).value().oldest_unsettled.value() == early + 10);
    BOOST_TEST(d.summarize(12345).value().num_files == 0);
    BOOST_TEST(d.summarize(17000, "unknown").value().num_files == 0);
}

BOOST_AUTO_TEST_CASE(summary_of_more_files_than_are_read_at_once_is_whole) {
    ready_database d;
    std::vector<catalog_row> rows;
    for (int n = 0; n < 20'500; ++n)
        rows.push_back(at_path(n, "17000/" + std::to_string(n % 7) + "/" + std::to_string(n)));
    d.foreign().insert(rows);
    const auto summary = d.summarize(17000).value();
    BOOST_TEST(summary.num_files == 20'500);
    BOOST_TEST(summary.subdirs.size() == 7);
}

BOOST_AUTO_TEST_CASE(a_finalization_file_is_known_from_before_it_is_written_until_it_is_registered) {
    ready_database d;
    d.foreign().insert({verified(row_of(1)), verified(row_of(2, "other"))});
    const auto summary = d.summarize(17000).value();
    const auto file = finalization_of(17000, now);
    BOOST_TEST(d.memory().value().unregistered_finalization.empty());
    d.begin_finalization(file.local_path).value();
    BOOST_TEST(d.memory().value().unregistered_finalization == file.local_path);
    BOOST_TEST(d.memory("other").value().unregistered_finalization.empty());
    BOOST_TEST(is_changed(d.register_finalization({}, file, now)));
    BOOST_TEST(d.memory().value().unregistered_finalization == file.local_path);
    const auto row = d.register_finalization(summary, file, now - 1).value();
    BOOST_TEST(d.memory().value().unregistered_finalization.empty());
    const auto anew = finalization_of(17000, now + 1e5);
    d.begin_finalization(anew.local_path).value();
    BOOST_TEST(d.reissue_finalization(row, anew, now, "too old").has_value());
    BOOST_TEST(d.memory().value().unregistered_finalization.empty());
}

BOOST_AUTO_TEST_CASE(finalization_is_registered_and_flagged_in_one_transaction) {
    ready_database d;
    d.foreign().insert({verified(row_of(1)), verified(row_of(2, "other"))});
    const auto summary = d.summarize(17000).value();
    const auto file = finalization_of(17000, now);
    const auto row = d.register_finalization(summary, file, now - 1).value();
    BOOST_TEST((row == d.row(row.id)));
    BOOST_TEST(row.remote_path == file.remote_path);
    BOOST_TEST(row.local_md5sum == file.local_md5sum);
    BOOST_TEST(row.timestamp == now);
    const auto shared = d.foreign().timecodes(archive).at(0);
    BOOST_TEST(shared.completed);
    BOOST_TEST(shared.synced);
    BOOST_TEST(shared.finalized);
    BOOST_TEST(shared.finalize_file_id.value() == row.id);
    BOOST_TEST(d.memory().value().finalized_until_published == now - 1);
    BOOST_TEST(d.timecodes_to_finalize().value().directories.empty());
    // It is work of the first lane, and its own delivery opens nothing.
    BOOST_TEST(d.work().items.at(0).finalization);
    d.record_verified({row.id});
    BOOST_TEST(d.timecodes_to_finalize().value().directories.empty());
    BOOST_TEST(d.timecodes_to_finalize("other").value().directories.size() == 1);
    BOOST_TEST(d.foreign().timecodes("other").empty());
    BOOST_TEST(d.all_changes().archives[archive].late.empty());
}

BOOST_AUTO_TEST_CASE(the_row_of_another_program_is_used) {
    ready_database d;
    d.foreign().insert(verified(row_of(1)));
    d.foreign().insert_timecode(archive, {17000, false, false, false, std::nullopt});
    const auto row = d.finalize(17000, now);
    const auto shared = d.foreign().timecodes(archive);
    BOOST_TEST(shared.size() == 1);
    BOOST_TEST(shared.at(0).finalized);
    BOOST_TEST(shared.at(0).finalize_file_id.value() == row.id);
}

BOOST_AUTO_TEST_CASE(whatever_slips_in_makes_it_changed) {
    using slip = std::function<void(open_database&)>;
    const auto sql = [](const std::string& text) {
        return slip([text](open_database& d) { d.foreign().execute(text); });
    };
    const std::vector<slip> slips = {
        [](open_database& d) { d.foreign().insert(row_of(5)); },
        [](open_database& d) { d.foreign().insert(verified(row_of(5))); },
        [](open_database& d) { d.add({registration_of(row_of(5))}).value(); },
        sql("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id = 1"),
        sql("UPDATE supersync_v0 SET \"ignore\" = 0 WHERE id = 3"),
        sql("UPDATE supersync_v0 SET remote_md5sum = NULL WHERE id = 1"),
        sql("UPDATE supersync_v0 SET remote_path = '17000/elsewhere/1' WHERE id = 1"),
        sql("UPDATE supersync_v0 SET remote_path = '17001/1' WHERE id = 1"),
        sql("DELETE FROM supersync_v0 WHERE id = 1"),
        // An older unsettled file of another directory: the file would promise too much.
        [](open_database& d) { d.foreign().insert(row_of(-100, archive, 17001)); },
    };
    for (std::size_t i = 0; i < slips.size(); ++i) {
        ready_database d;
        d.foreign().insert({verified(row_of(1)), verified(row_of(2)), ignored(row_of(3))});
        const auto summary = d.summarize(17000).value();
        slips[i](d);
        const auto rows = d.foreign().rows().size();
        BOOST_TEST(is_changed(d.register_finalization(summary, finalization_of(17000, now), now)), i);
        BOOST_TEST(d.foreign().rows().size() == rows, i);
        BOOST_TEST(d.foreign().timecodes(archive).empty(), i);
        BOOST_TEST(d.memory().value().finalized_until_published == 0, i);
    }
}

BOOST_AUTO_TEST_CASE(what_does_not_concern_the_directory_does_not_hold_it_up) {
    ready_database d;
    d.foreign().insert(verified(row_of(1)));
    const auto summary = d.summarize(17000).value();
    d.foreign().insert({verified(row_of(2, archive, 17001)), row_of(3, "other")});
    BOOST_TEST(d.register_finalization(summary, finalization_of(17000, now), now).has_value());
}

// The site's bus is told more often than files are written.
BOOST_AUTO_TEST_CASE(what_was_promised_is_kept_and_never_taken_back) {
    ready_database d;
    d.foreign().insert({verified(row_of(1)), row_of(20, archive, 17001)});
    BOOST_TEST(d.promise_finalized_until(early + 100).value() == early + 19);
    BOOST_TEST(d.counts().value().finalized_until_published == early + 19);
    BOOST_TEST(d.memory().value().finalized_until_published == early + 19);
    BOOST_TEST(d.promise_finalized_until(early + 5).value() == early + 19);  // a clock that was set back

    // Dated before the promise: nothing is taken back.
    d.foreign().insert(row_of(-100, archive, 17001));
    BOOST_TEST(d.promise_finalized_until(early + 200).value() == early + 19);

    // Another archive has its own.
    BOOST_TEST(d.promise_finalized_until(early + 300, "other").value() == early + 300);
    BOOST_TEST(d.counts("other").value().finalized_until_published == early + 300);
    BOOST_TEST(d.counts().value().finalized_until_published == early + 19);
}

BOOST_AUTO_TEST_CASE(a_promise_outlives_the_process) {
    ready_database d;
    d.promise_finalized_until(early + 100).value();
    d.close();
    d.make_ready();
    BOOST_TEST(d.promise_finalized_until(early).value() == early + 100);
}

BOOST_AUTO_TEST_CASE(a_finalization_file_says_no_less_than_was_promised) {
    ready_database d;
    d.foreign().insert(verified(row_of(1)));
    d.foreign().insert(row_of(20, archive, 17001));
    const auto summary = d.summarize(17000).value();
    d.promise_finalized_until(early + 10).value();
    BOOST_TEST(is_changed(d.register_finalization(summary, finalization_of(17000, now), early + 9)));
    // The summary is older than the promise: the engine makes another.
    const auto anew = d.summarize(17000).value();
    BOOST_TEST(d.register_finalization(anew, finalization_of(17000, now), early + 10).has_value());
}

BOOST_AUTO_TEST_CASE(nobody_elses_summary_is_taken) {
    ready_database d;
    d.foreign().insert({verified(row_of(1)), row_of(2, archive, 17001)});
    BOOST_TEST(is_changed(d.register_finalization({}, finalization_of(17000, now), now)));
    auto summary = d.summarize(17000).value();
    BOOST_TEST(is_changed(d.register_finalization(summary, finalization_of(17000, now), now)));  // too late
    auto other = summary;
    other.num_files = 5;
    BOOST_TEST(is_changed(d.register_finalization(other, finalization_of(17000, now), early)));
    const auto unsynced = d.summarize(17001).value();
    BOOST_TEST(is_changed(d.register_finalization(unsynced, finalization_of(17001, now), early)));
    BOOST_TEST(d.register_finalization(summary, finalization_of(17000, now), early).has_value());
    BOOST_TEST(is_changed(d.register_finalization(summary, finalization_of(17000, now), early)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
