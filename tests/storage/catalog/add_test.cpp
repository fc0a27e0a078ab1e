// Registering files: all or none, one local file for one destination path (spec, Copying, HTTP interface).
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_add)

namespace {

registration of(int n) { return registration_of(row_of(n)); }

registration with_sum(registration r, const std::string& sum) {
    r.local_md5sum = sum;
    return r;
}

registration at_path(registration r, const std::string& remote_path) {
    r.remote_path = remote_path;
    return r;
}

}  // namespace

BOOST_AUTO_TEST_CASE(rows_are_as_registered) {
    ready_database d;
    auto second = of(2);
    second.deletable = false;
    second.local_md5sum = "";
    second.local_path = "/data/ '\";\n\xc3\xa4";
    const auto added = d.add({of(1), second}).value();
    BOOST_TEST(added.size() == 2);
    for (const auto& a : added) {
        BOOST_TEST(!a.existed);
        BOOST_TEST(a.file.state == "pending");
        BOOST_TEST((a.file.row == d.row(a.file.row.id)));
    }
    const auto row = d.foreign().row(added[1].file.row.id);
    BOOST_TEST(row.local_path == second.local_path);
    BOOST_TEST(row.local_md5sum.empty());
    BOOST_TEST(row.remote_path == second.remote_path);
    BOOST_TEST(row.timestamp == second.timestamp);
    BOOST_TEST(row.failed_copy_attempts.value() == 0);
    BOOST_TEST(!row.deletable.value());
    BOOST_TEST(!row.ignore.value());
    BOOST_TEST(!row.copied.has_value());
    BOOST_TEST(!row.removed.has_value());
    BOOST_TEST(!row.remote_md5sum.has_value());
    BOOST_TEST(d.counts().value().unsettled == 2);
    BOOST_TEST(d.work_ids() == (ids{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(d.add({}).value().empty());
}

// Many callers at once: each has its own answer, and they share transactions.
BOOST_AUTO_TEST_CASE(those_who_wait_together_are_registered_together) {
    open_database d;
    auto commits = std::make_shared<std::atomic<int>>(0);
    d.options.echo = [commits](const std::string& sql) { *commits += sql == "COMMIT" ? 1 : 0; };
    d.make_ready();
    *commits = 0;
    constexpr int count = 500;
    int done = 0;
    bool refused = false;
    const auto one = [&](int n) -> boost::asio::awaitable<void> {
        auto file = of(n);
        // One of them wants the place of the first.
        if (n == 7) file.remote_path = of(1).remote_path;
        auto added = co_await d.catalog().add({file});
        if (n == 7)
            refused =
                !added && added.error().code == failure_code::conflict && added.error().subject == "files[0]";
        else
            BOOST_TEST(added.value().at(0).file.row.local_path == file.local_path);
        ++done;
    };
    // The thread is busy with the first when the others come.
    for (int n = 1; n <= count; ++n) boost::asio::co_spawn(d.loop, one(n), boost::asio::detached);
    d.loop.restart();
    d.loop.run();
    BOOST_TEST(done == count);
    BOOST_TEST(refused);
    BOOST_TEST(d.foreign().number("SELECT count(*) FROM supersync_v0") == count - 1);
    BOOST_TEST(d.counts().value().unsettled == count - 1);
    BOOST_TEST(*commits < count / 2);
}

BOOST_AUTO_TEST_CASE(files_are_registered_before_the_first_index_is_done) {
    open_database d;
    d.open().value();
    BOOST_TEST(d.add({of(1)}).value().at(0).file.row.id == 1);
    BOOST_TEST(d.view(1).state == "pending");
    d.make_ready();
    BOOST_TEST(d.work_ids() == ids{1}, boost::test_tools::per_element());
    BOOST_TEST(d.counts().value().files == 1);
}

BOOST_AUTO_TEST_CASE(an_identical_unsettled_registration_is_the_answer) {
    ready_database d;
    d.add({of(1)}).value();
    const auto again = [&](const registration& r) { return d.add({r}).value().at(0); };
    BOOST_TEST(again(of(1)).existed);
    BOOST_TEST(again(of(1)).file.row.id == 1);
    BOOST_TEST(again(with_sum(of(1), "")).existed);  // one of the sums is not known
    auto older = of(1);
    older.timestamp = 5;
    older.deletable = false;
    BOOST_TEST(again(older).existed);
    BOOST_TEST(d.row(1).timestamp == of(1).timestamp);

    d.foreign().execute("UPDATE supersync_v0 SET failed_copy_attempts = 5");
    BOOST_TEST(again(of(1)).existed);
    BOOST_TEST(again(of(1)).file.state == "failed");
    BOOST_TEST(d.foreign().rows().size() == 1);

    // A settled one is none.
    d.record_verified({1});
    BOOST_TEST(!again(of(1)).existed);
    d.foreign().execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id = 2");
    BOOST_TEST(!again(of(1)).existed);
    BOOST_TEST(d.foreign().rows().size() == 3);
}

BOOST_AUTO_TEST_CASE(another_archive_is_no_identical_registration) {
    ready_database d;
    d.add({of(1)}).value();
    auto other = of(1);
    other.archive_name = "other";
    BOOST_TEST(!d.add({other}).value().at(0).existed);
    BOOST_TEST(d.foreign().rows("\"ignore\" = 1").empty());
}

BOOST_AUTO_TEST_CASE(a_new_version_takes_the_place_of_an_unsettled_one) {
    ready_database d;
    d.add({of(1)}).value();
    const auto added = d.add({with_sum(of(1), sum_of("new"))}).value().at(0);
    BOOST_TEST(!added.existed);
    BOOST_TEST(d.view(1).state == "ignored");
    BOOST_TEST(d.view(1).ignore_reason.value() ==
               "superseded by a later registration of the same file (id 2)");
    BOOST_TEST(d.work_ids() == ids{2}, boost::test_tools::per_element());

    // A verified older one stays as it is.
    d.record_verified({2});
    d.add({with_sum(of(1), sum_of("newer"))}).value();
    BOOST_TEST(d.view(2).state == "verified");
    BOOST_TEST(d.work_ids() == ids{3}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_later_of_two_versions_in_one_call_counts) {
    ready_database d;
    const auto added = d.add({of(1), with_sum(of(1), sum_of("new")), with_sum(of(1), sum_of("new"))}).value();
    BOOST_TEST(added[1].file.row.id == 2);
    BOOST_TEST(added[2].existed);
    BOOST_TEST(added[2].file.row.id == 2);
    BOOST_TEST(d.view(1).state == "ignored");
    BOOST_TEST(d.view(1).ignore_reason.value() ==
               "superseded by a later registration of the same file (id 2)");
    BOOST_TEST(d.work_ids() == ids{2}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_conflict_names_its_index_and_nothing_is_registered) {
    ready_database d;
    d.add({of(1)}).value();
    const auto refused = d.add({of(2), of(3), at_path(of(4), of(1).remote_path), of(5)});
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == failure_code::conflict));
    BOOST_TEST(refused.error().subject == "files[2]");
    for (const std::string part : {"/data/1", "id 1", "archive data", "17000/smurf/1.g3"})
        BOOST_TEST(refused.error().detail.find(part) != std::string::npos, refused.error().detail);
    BOOST_TEST(d.foreign().rows().size() == 1);
    BOOST_TEST(d.counts().value().files == 1);

    // Among those of one call, too.
    const auto within = d.add({of(2), at_path(of(3), of(2).remote_path)});
    BOOST_REQUIRE(!within);
    BOOST_TEST(within.error().subject == "files[1]");
    BOOST_TEST(d.foreign().rows().size() == 1);
}

BOOST_AUTO_TEST_CASE(path_is_owned_by_rows_of_one_destination_that_are_not_ignored) {
    for (const bool is_verified : {false, true}) {
        ready_database d;
        d.serve("same", max_attempts, destination).value();
        d.serve("elsewhere", max_attempts, "host:/base/data").value();
        auto owner = row_of(1);
        d.foreign().insert(is_verified ? verified(owner) : failed(owner));
        auto other = at_path(of(2), owner.remote_path);
        BOOST_TEST(!d.add({other}));
        other.archive_name = "same";
        BOOST_TEST(!d.add({other}));
        other.archive_name = "elsewhere";
        BOOST_TEST(!d.add({other}).value().at(0).existed);
        // Who is ignored owns nothing.
        d.foreign().execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id = 1");
        other.archive_name = archive;
        BOOST_TEST(!d.add({other}).value().at(0).existed);
    }
}

// The lowest id that is not ignored owns the path, whatever others tried to take it.
BOOST_AUTO_TEST_CASE(owner_may_register_new_versions_beside_a_failed_row_of_another_file) {
    ready_database d;
    auto claimant = row_of(2);
    claimant.remote_path = row_of(1).remote_path;
    d.foreign().insert({verified(row_of(1)), failed(claimant)});
    const auto added = d.add({with_sum(of(1), sum_of("new"))});
    BOOST_REQUIRE(added.has_value());
    BOOST_TEST(d.still_wanted({added->at(0).file.row}).value().at(0));
    // And is told of what it registered before.
    BOOST_TEST(d.add({with_sum(of(1), sum_of("new"))}).value().at(0).existed);
    BOOST_TEST(!d.add({at_path(of(3), claimant.remote_path)}));
    // What failed for a person to see is no older version.
    BOOST_TEST(d.view(2).state == "failed");
}

// Ignoring the older version in favour of the new one would give the path to the other file.
BOOST_AUTO_TEST_CASE(path_that_would_go_to_another_file_is_a_conflict) {
    ready_database d;
    auto claimant = row_of(2);
    claimant.remote_path = row_of(1).remote_path;
    d.foreign().insert({row_of(1), failed(claimant)});
    BOOST_TEST(d.add({of(1)}).value().at(0).existed);
    const auto refused = d.add({with_sum(of(1), sum_of("new"))});
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().detail.find("/data/2") != std::string::npos);
    BOOST_TEST(d.view(1).state == "pending");
    d.foreign().execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id = 2");
    BOOST_TEST(d.add({with_sum(of(1), sum_of("new"))}).has_value());
}

BOOST_AUTO_TEST_CASE(size_that_was_seen_is_in_the_answer_and_in_the_catalog) {
    ready_database d;
    auto file = of(1);
    file.size = 300;
    BOOST_TEST(d.add({file}).value().at(0).file.bytes.value() == 300U);
    BOOST_TEST(d.view(1).bytes.value() == 300U);
    BOOST_TEST(d.counts().value().known_bytes_unsettled == 300);
}

BOOST_AUTO_TEST_CASE(a_registration_is_seen_by_others_at_once) {
    ready_database d;
    open_database other;
    other.options.path = d.path();
    other.make_ready();
    const auto id = other.add({of(1)}).value().at(0).file.row.id;
    BOOST_TEST(d.work_ids() == ids{id}, boost::test_tools::per_element());
    BOOST_TEST(d.counts().value().unsettled == 1);
    BOOST_TEST(!d.add({at_path(of(2), of(1).remote_path)}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
