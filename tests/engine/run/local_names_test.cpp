// Which unsettled rows name the same local file, however they spell it.
#include <boost/test/unit_test.hpp>
#include <optional>

#include "engine/run/local_names.hpp"
#include "tests/engine/run/deleter_world.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(local_names)

namespace {

struct names_world : deleter_world {
    // An unsettled row of another archive with this local path.
    file_id wanting(const std::string& local_path) {
        return insert(local_path, "17000/elsewhere/" + std::to_string(++wanted_), fake_md5("x"), "hk");
    }
    std::vector<file_id> wanted(const std::vector<std::string>& paths) {
        const auto found = ask(find_wanted_by_any_name(catalog, disk, paths)).value();
        std::vector<file_id> ids;
        for (const auto& one : found) ids.push_back(one ? one->id : 0);
        return ids;
    }
    // It was verified when its file lay at that path.
    void record_copy(file_id id, const std::string& real_path, std::optional<file_identity> identity = {}) {
        file_outcome copied;
        copied.seen = row(id);
        copied.remote_md5sum = copied.seen.local_md5sum;
        copied.verified = true;
        copied.identity = identity;
        copied.real_path = real_path;
        ask(catalog.real().record({copied})).value();
    }
    int wanted_ = 0;
};

using ids = std::vector<file_id>;

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_row_that_leads_to_the_same_file_is_found, names_world) {
    due("a"), due("b"), due("c");
    disk.links = {{"/data//a", "/data/a"}, {"/links/b", "/data/b"}, {"/other/c", "/other/c"}};
    const auto spelled = wanting("/data//a");
    const auto linked = wanting("/links/b");
    wanting("/other/c");      // another file of the same name
    wanting("/nowhere/c");    // no file at all
    wanting("/data/a.more");  // another name
    BOOST_TEST(wanted({"/data/a", "/data/b", "/data/c"}) == (ids{spelled, linked, 0}),
               boost::test_tools::per_element());
    BOOST_TEST(wanted({"/gone/a"}) == (ids{0}), boost::test_tools::per_element());
    BOOST_TEST(wanted({}).empty());
    // Settled rows want nothing.
    ignore(spelled);
    verify(linked);
    BOOST_TEST(wanted({"/data/a", "/data/b"}) == (ids{0, 0}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(nobody_of_the_name_costs_no_look_at_the_disk, names_world) {
    due("a");
    wanting("/data/b");
    disk.calls.clear();
    BOOST_TEST(wanted({"/data/a"}) == (ids{0}), boost::test_tools::per_element());
    BOOST_TEST(disk.calls.empty());
}

BOOST_FIXTURE_TEST_CASE(a_row_of_the_same_file_is_found_among_many_of_its_name, names_world) {
    due("a"), due("b");
    for (int i = 0; i < 2500; ++i) wanting("/days/" + std::to_string(i) + "/a");
    disk.links["/links/a"] = "/data/a";
    disk.links["/links/b"] = "/data/b";
    const auto last = wanting("/links/a");
    const auto other = wanting("/links/b");
    BOOST_TEST(wanted({"/data/b", "/data/a"}) == (ids{other, last}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_row_whose_path_leads_nobody_knows_where_may_be_this_file, names_world) {
    due("a");
    const auto other = wanting("/links/a");
    for (const auto gone : {failure_code::not_found, failure_code::no_directory}) {
        disk.failing["/links/a"] = {gone, "resolve", "/links/a", "it is gone"};
        BOOST_TEST(wanted({"/data/a"}) == (ids{0}), boost::test_tools::per_element());
    }
    for (const auto code : {failure_code::place, failure_code::not_permitted, failure_code::io}) {
        disk.failing["/links/a"] = {code, "resolve", "/links/a", "nobody knows"};
        BOOST_TEST(wanted({"/data/a"}) == (ids{other}), boost::test_tools::per_element());
    }
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_wanted_under_another_name_is_kept, names_world) {
    const auto id = due("a");
    due("b");
    disk.links["/data/./a"] = "/data/a";
    const auto other = wanting("/data/./a");
    begin();
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(!on_disk("b"));
    BOOST_TEST(condition_count() == 0U);  // it waits: nothing that a person should look at
    BOOST_TEST(last_error(id) == "");
    ignore(other);
    time.advance(121);
    BOOST_TEST(!on_disk("a"));
}

BOOST_FIXTURE_TEST_CASE(without_an_answer_of_the_catalog_nothing_is_deleted, names_world) {
    due("a");
    catalog.fail_next("unsettled_named", disk_error());
    begin();
    BOOST_TEST(on_disk("a"));
    time.advance(121);
    BOOST_TEST(!on_disk("a"));
}

// Of another archive, copied before the file was modified.
BOOST_FIXTURE_TEST_CASE(an_earlier_version_under_another_name_is_settled_anew_first, names_world) {
    const auto id = due("a");
    disk.files["/links/a"] = disk.files["/data/a"];
    disk.links["/links/a"] = "/data/a";
    const auto other = insert("/links/a", "17000/elsewhere/a", fake_md5("earlier"), "hk");
    record_copy(other, "/data/a", file_identity{1, 2, 3, 4});
    begin();
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(!verified(other));
    BOOST_TEST(row(other).local_md5sum.empty());
    BOOST_TEST(last_error(other).starts_with("/data/a was modified since it was copied for archive hk"));
    BOOST_TEST(verified(id));
    change(other, "local_md5sum = '" + fake_md5("content of a") + "'");
    verify(other);
    time.advance(121);
    BOOST_TEST(on_disk("a"));  // the other copy may be in memory alone there
    ask(catalog.real().meet_boot("hk", "", ask(catalog.real().sync_place("hk")).value())).value();
    time.advance(121);
    BOOST_TEST(!on_disk("a"));
}

BOOST_FIXTURE_TEST_CASE(a_name_that_leads_elsewhere_now_is_another_file, names_world) {
    due("a"), due("b");
    disk.links["/links/a"] = "/data/b";
    const auto other = insert("/links/a", "17000/elsewhere/a", fake_md5("earlier"), "hk");
    record_copy(other, "/data/a");
    begin();
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST(verified(other));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
