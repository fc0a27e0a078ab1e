// Several rows for one destination path (spec, Copying): who else is there, who still owns the path, and what
// is registered.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "storage/index/side_rows.hpp"
#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_claims)

namespace {

catalog_row at_path(int n, const std::string& remote_path, const std::string& archive_name = archive) {
    auto row = row_of(n, archive_name);
    row.remote_path = remote_path;
    return row;
}

ids claimants_of(open_database& d, file_id id, const std::string& name = archive) {
    ids found;
    for (const auto& item : d.work(later, name).items)
        if (item.row.id == id)
            for (const auto& r : item.claimants) found.push_back(r.id);
    std::sort(found.begin(), found.end());
    return found;
}

std::vector<bool> wanted(open_database& d, const ids& files) {
    std::vector<file_row> rows;
    for (const auto id : files) rows.push_back(d.row(id));
    return d.still_wanted(rows).value();
}

}  // namespace

BOOST_AUTO_TEST_CASE(claimants_are_the_other_rows_of_the_path) {
    ready_database d;
    auto delivered = verified(at_path(2, "17000/a"));
    d.foreign().insert({at_path(1, "17000/a"), delivered, ignored(at_path(3, "17000/a")),
                        at_path(4, "17000/b"), at_path(5, "17000/a/b"), at_path(6, "17001/a")});
    BOOST_TEST(claimants_of(d, 1) == (ids{2, 3}), boost::test_tools::per_element());
    BOOST_TEST(claimants_of(d, 4).empty());
    BOOST_TEST(claimants_of(d, 5).empty());

    const auto claimants = d.work().items.at(0).claimants;
    const auto& second = claimants.at(0).id == 2 ? claimants.at(0) : claimants.at(1);
    const auto& third = claimants.at(0).id == 2 ? claimants.at(1) : claimants.at(0);
    BOOST_TEST(second.verified);
    BOOST_TEST(!second.ignore);
    BOOST_TEST(second.local_path == delivered.local_path);
    BOOST_TEST(second.local_md5sum == delivered.local_md5sum);
    BOOST_TEST(second.remote_md5sum == delivered.local_md5sum);
    BOOST_TEST(second.archive_name == archive);
    BOOST_TEST(third.ignore);
    BOOST_TEST(!third.verified);
    BOOST_TEST(third.remote_md5sum.empty());
}

BOOST_AUTO_TEST_CASE(archives_with_one_destination_share_its_paths) {
    ready_database d;
    d.serve("same", max_attempts, destination).value();
    d.serve("elsewhere", max_attempts, "host:/base/data").value();
    d.foreign().insert({at_path(1, "17000/a"), at_path(2, "17000/a", "same"),
                        at_path(3, "17000/a", "elsewhere"), at_path(4, "17000/a", "never served")});
    BOOST_TEST(claimants_of(d, 1) == ids{2}, boost::test_tools::per_element());
    BOOST_TEST(claimants_of(d, 2, "same") == ids{1}, boost::test_tools::per_element());
    BOOST_TEST(claimants_of(d, 3, "elsewhere").empty());
    BOOST_TEST(claimants_of(d, 4, "never served").empty());
    BOOST_TEST(wanted(d, {1, 2, 3}) == (std::vector<bool>{true, false, true}),
               boost::test_tools::per_element());

    // An archive that moves elsewhere takes its rows along.
    d.serve("same", max_attempts, "host:/base/data").value();
    BOOST_TEST(claimants_of(d, 1).empty());
    BOOST_TEST(claimants_of(d, 2, "same") == ids{3}, boost::test_tools::per_element());
}

void lies_at(open_database& d, const std::string& name, const std::string& path,
             const std::string& machine = "boot", const std::string& disk = "254:0") {
    d.ask(d.catalog().record_base_place(name, {machine, disk, path})).value();
}

// Rows 1 and 2 are one file below two base directories.
void share_a_file(open_database& d) {
    d.serve("inner", max_attempts, "alias:/link").value();
    lies_at(d, archive, "/data");
    lies_at(d, "inner", "/data/sub");
    d.foreign().insert({at_path(1, "sub/17000/a"), at_path(2, "17000/a", "inner")});
}

BOOST_AUTO_TEST_CASE(base_directories_inside_one_another_share_files_under_two_paths) {
    ready_database d;
    d.serve("inner", max_attempts, "alias:/link").value();
    lies_at(d, archive, "/data");
    d.foreign().insert({at_path(1, "sub/17000/a"), at_path(2, "17000/a", "inner"), at_path(3, "17000/a"),
                        at_path(4, "sub/17000/b", "inner")});
    BOOST_TEST(claimants_of(d, 1).empty());
    const auto found = d.ask(d.catalog().record_base_place("inner", {"boot", "254:0", "/data/sub"})).value();
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found[0].archive == archive);
    BOOST_TEST(found[0].offset.added == "sub/");
    BOOST_TEST(claimants_of(d, 1) == ids{2}, boost::test_tools::per_element());
    BOOST_TEST(claimants_of(d, 2, "inner") == ids{1}, boost::test_tools::per_element());
    BOOST_TEST(claimants_of(d, 3).empty());
    BOOST_TEST(claimants_of(d, 4, "inner").empty());
    BOOST_TEST(wanted(d, {1, 2, 3, 4}) == (std::vector<bool>{true, false, true, true}),
               boost::test_tools::per_element());
}

// Another daemon's archive that is prepared at the same moment: the trigger writes when the other's turn
// might come.
BOOST_AUTO_TEST_CASE(of_two_places_that_are_noted_at_once_the_second_finds_the_first) {
    ready_database d;
    d.serve("inner", max_attempts, "alias:/link").value();
    d.foreign().execute(
        R"(CREATE TRIGGER at_that_moment AFTER INSERT ON suprsync_base_places WHEN new.archive = 'inner' BEGIN
        INSERT INTO suprsync_base_places VALUES ('data', 'boot', '254:0', '/data', 'boot', '254:0'); END)");
    const auto found = d.ask(d.catalog().record_base_place("inner", {"boot", "254:0", "/data/sub"})).value();
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found[0].archive == archive);
}

BOOST_AUTO_TEST_CASE(a_file_of_an_inner_base_directory_cannot_be_registered_for_the_outer_one) {
    ready_database d;
    d.serve("inner", max_attempts, "alias:/link").value();
    lies_at(d, archive, "/data");
    lies_at(d, "inner", "/data/sub");
    d.foreign().insert(at_path(1, "17000/a", "inner"));
    const auto of = [](const std::string& local, const std::string& remote, const std::string& name) {
        return registration{local, remote, name, ""};
    };
    const auto refused = d.ask(d.catalog().add({of("/data/2", "sub/17000/a", archive)}));
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST((refused.error().code == failure_code::conflict));
    for (const char* part : {"sub/17000/a", "/data/1", "inner"})
        BOOST_TEST(refused.error().detail.find(part) != std::string::npos, refused.error().detail);
    // Those of one call are not in the index yet.
    const auto both =
        d.ask(d.catalog().add({of("/data/3", "17000/c", "inner"), of("/data/4", "sub/17000/c", archive)}));
    BOOST_TEST(both.has_error());
}

BOOST_AUTO_TEST_CASE(where_a_base_directory_lies_is_known_over_a_start_of_its_machine) {
    ready_database d;
    share_a_file(d);
    // The other archive has nothing to copy, and was not asked since.
    lies_at(d, archive, "/data", "after", "254:7");
    BOOST_TEST(claimants_of(d, 1) == ids{2}, boost::test_tools::per_element());
    // It is served again as before, and then moves elsewhere.
    d.serve("inner", max_attempts, "alias:/link").value();
    BOOST_TEST(claimants_of(d, 1) == ids{2}, boost::test_tools::per_element());
    d.serve("inner", max_attempts, "alias:/other").value();
    BOOST_TEST(claimants_of(d, 1).empty());
    // Another disk is mounted there.
    lies_at(d, "inner", "/data/sub", "after", "254:9");
    BOOST_TEST(claimants_of(d, 1).empty());
}

BOOST_AUTO_TEST_CASE(where_a_base_directory_lies_is_known_over_starts_that_each_archive_met_alone) {
    ready_database d;
    share_a_file(d);
    lies_at(d, archive, "/data", "second start", "254:7");
    lies_at(d, "inner", "/data/sub", "third start", "254:8");
    BOOST_TEST(claimants_of(d, 1) == ids{2}, boost::test_tools::per_element());
}

// Two machines under one host name look like a start of one.
BOOST_AUTO_TEST_CASE(what_a_base_directory_tells_counts_more_than_what_another_made_likely) {
    ready_database d;
    share_a_file(d);
    lies_at(d, archive, "/data", "another machine");
    lies_at(d, "inner", "/data/sub");
    BOOST_TEST(claimants_of(d, 1).empty());
}

BOOST_AUTO_TEST_CASE(publishable_is_asked_of_the_catalog_as_it_is_now) {
    ready_database d;
    d.foreign().insert(
        {row_of(1), row_of(2), row_of(3), row_of(4), row_of(5), row_of(6), row_of(7), row_of(8), row_of(9)});
    std::vector<file_row> seen;
    for (file_id id = 1; id <= 9; ++id) seen.push_back(d.row(id));
    BOOST_TEST(d.still_wanted(seen).value() == std::vector<bool>(9, true), boost::test_tools::per_element());
    auto& agent = d.foreign();
    agent.execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id = 1");
    agent.execute("UPDATE supersync_v0 SET removed = 0 WHERE id = 2");
    agent.execute("UPDATE supersync_v0 SET local_md5sum = 'x' WHERE id = 3");
    agent.execute("UPDATE supersync_v0 SET local_path = 'x' WHERE id = 4");
    agent.execute("UPDATE supersync_v0 SET remote_path = '17000/x' WHERE id = 5");
    agent.execute("UPDATE supersync_v0 SET archive_name = 'x' WHERE id = 6");
    agent.execute("DELETE FROM supersync_v0 WHERE id = 7");
    // What does not matter for the copy.
    agent.execute(
        "UPDATE supersync_v0 SET failed_copy_attempts = 9, deletable = 0, timestamp = 3 WHERE id = 8");
    BOOST_TEST(d.still_wanted(seen).value() ==
                   (std::vector<bool>{false, false, false, false, false, false, false, true, true}),
               boost::test_tools::per_element());
    BOOST_TEST(d.still_wanted({}).value().empty());
}

BOOST_AUTO_TEST_CASE(a_row_whose_claim_went_to_another_is_not_published) {
    ready_database d;
    auto& agent = d.foreign();
    const auto first = agent.insert(at_path(1, "17000/a"));
    BOOST_TEST(wanted(d, {first}).at(0));
    // A new version of the same local file.
    const auto newer = agent.insert(at_path(1, "17000/a"));
    BOOST_TEST(wanted(d, {first, newer}) == (std::vector<bool>{false, true}),
               boost::test_tools::per_element());
    // Another local file does not get it while somebody owns it.
    const auto other = agent.insert(at_path(2, "17000/a"));
    BOOST_TEST(wanted(d, {newer, other}) == (std::vector<bool>{true, false}),
               boost::test_tools::per_element());
    agent.execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE local_path = '/data/1'");
    BOOST_TEST(wanted(d, {newer, other}) == (std::vector<bool>{false, true}),
               boost::test_tools::per_element());
}

// The indexes are over hashes; these are pairs of names with the same hash (see side_rows.hpp).
BOOST_AUTO_TEST_CASE(names_whose_hashes_collide_are_different_names) {
    BOOST_REQUIRE(remote_key("17000/smurf/fswknm") == remote_key("17000/smurf/xtjenx"));
    BOOST_REQUIRE(local_key("/data/eotupi") == local_key("/data/yghhlk"));
    ready_database d;
    auto one = at_path(1, "17000/smurf/fswknm");
    auto other = at_path(2, "17000/smurf/xtjenx");
    one.local_path = "/data/eotupi";
    other.local_path = "/data/yghhlk";
    d.foreign().insert({one, other});
    BOOST_TEST(claimants_of(d, 1).empty());
    BOOST_TEST(wanted(d, {1, 2}) == (std::vector<bool>{true, true}), boost::test_tools::per_element());
    BOOST_TEST(
        d.awaited({"17000/smurf/fswknm", "17000/smurf/xtjenx"}).value() == (std::vector<bool>{true, true}),
        boost::test_tools::per_element());
    d.record_verified({1});
    BOOST_TEST(!d.awaited({"17000/smurf/fswknm"}).value().at(0));
    BOOST_TEST(!d.load_deletable().value().at(0).wanted_elsewhere);
    d.record_verified({2});
    BOOST_TEST(d.summarize(17000).value().num_files == 2);
}

BOOST_AUTO_TEST_CASE(unsettled_rows_by_the_last_component_of_their_local_path) {
    ready_database d;
    const auto named = [](int n, const std::string& local_path, const std::string& name = archive) {
        auto row = at_path(n, "17000/" + std::to_string(n), name);
        row.local_path = local_path;
        return row;
    };
    d.foreign().insert({named(1, "/data/a"), named(2, "/data//a", "other"), failed(named(3, "/x/../a")),
                        verified(named(4, "/v/a")), ignored(named(5, "/i/a")), named(6, "/data/b"),
                        named(7, "a"), named(8, "/data/44257"), named(9, "/data/59801"),
                        named(10, "/data/ab"), named(11, "/data/a/")});
    const auto ask = [&](const name_query& query) {
        std::string found;
        for (const auto& one : d.unsettled_named(query).value())
            found += std::to_string(one.name) + ":" + std::to_string(one.id) + "=" + one.local_path + " ";
        return found;
    };
    const std::vector<std::string> names{"a", "none", "b", "59801"};
    BOOST_TEST(ask({names}) == "0:1=/data/a 0:2=/data//a 0:3=/x/../a 0:7=a 2:6=/data/b 3:9=/data/59801 ");
    // A page at a time.
    BOOST_TEST(ask({names, 0, 0, 2}) == "0:1=/data/a 0:2=/data//a ");
    BOOST_TEST(ask({names, 0, 2, 2}) == "0:3=/x/../a 0:7=a ");
    BOOST_TEST(ask({names, 0, 7, 2}) == "2:6=/data/b 3:9=/data/59801 ");
    BOOST_TEST(ask({names, 3, 9, 2}).empty());
    BOOST_TEST(ask({{}}).empty());
    d.foreign().execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id = 1");
    BOOST_TEST(ask({{"a"}, 0, 0, 1}) == "0:2=/data//a ");
}

BOOST_AUTO_TEST_CASE(what_staging_still_waits_for) {
    ready_database d;
    d.foreign().insert({at_path(1, "17000/a"), verified(at_path(2, "17000/b")),
                        ignored(at_path(3, "17000/c")), failed(at_path(4, "17000/d")),
                        at_path(5, "17000/e", "other")});
    BOOST_TEST(d.awaited({"17000/a", "17000/b", "17000/c", "17000/d", "17000/e", "17000/f"}).value() ==
                   (std::vector<bool>{true, false, false, true, false, false}),
               boost::test_tools::per_element());
    BOOST_TEST(!d.awaited({"17000/a"}, "unknown").value().at(0));
    BOOST_TEST(d.awaited({}).value().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
