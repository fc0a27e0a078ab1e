// Links that somebody removes while rsync reads them (the end of a session, cleaners of temporary files): our
// own trouble, and no file's.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/net/far_shells.hpp"
#include "tests/support/net/transport_fixture.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(lost_links)

namespace {

/// A destination whose links are removed, as a program of the test's says, right before rsync reads them.
struct robbed : destination {
    explicit robbed(place where, bool is_staged = true) : destination(where), staged(is_staged) {
        if (!staged) options.archive.remote_staging_dir = base() / "inside";
        BOOST_TEST(prepare().staging.empty() == !staged);
        // The receiver here is such an rsync, too, and stays where it is.
        write_file(scratch / "bin/rsync", "#!/bin/sh\n(cd '" + options.runtime_directory + "'/*/t* && . '" +
                                              (scratch / "robber").string() +
                                              "')\n[ $? != 7 ] || exit 0\nexec /usr/bin/rsync \"$@\"\n");
        fs::permissions(scratch / "bin/rsync", fs::perms::owner_all);
    }
    const bool staged;
    stage_report send(const std::vector<stage_item>& items, const std::string& robber) {
        write_file(scratch / "robber", robber + "\n");
        const path_with path(scratch / "bin");
        return stage(items);
    }
    /// It is told as what it is, and the next attempt finds everything made anew.
    void check_ours(const std::vector<stage_item>& items, const stage_report& report) {
        BOOST_REQUIRE(report.end.error.has_value());
        BOOST_TEST((report.end.error->code == failure_code::runtime_directory), report.end.error->text());
        for (const auto& complaint : report.complaints) BOOST_TEST(!complaint, complaint.value_or(""));
        const auto again = stage(items);
        check_finished(again.end);
        for (const auto& complaint : again.complaints) BOOST_TEST(!complaint, complaint.value_or(""));
        BOOST_TEST(files_below(staged ? slot() : base()).size() == items.size());
    }
};

}  // namespace

// With staging rsync is told of directories, and complains only of what goes after it listed them.
BOOST_DATA_TEST_CASE(of_one_file_are_no_failure_of_the_file, data::make(both_places), where) {
    robbed d(where, false);
    const std::vector<stage_item> items = {d.make("17000/a", "x"), d.make("17000/b", "y")};
    d.check_ours(items, d.send(items, "rm 17000/a"));
}

BOOST_DATA_TEST_CASE(of_a_whole_batch_are_no_failure_of_its_files, data::make(both_places), where) {
    robbed d(where);
    const std::vector<stage_item> items = {d.make("17000/a", "x"), d.make("17000/b", "y")};
    d.check_ours(items, d.send(items, "rm -r \"$PWD\""));
}

// rsync read them before, and complains of nothing: what it was to send next would be missing.
BOOST_DATA_TEST_CASE(are_told_where_rsync_does_not_complain, data::make(both_places), where) {
    robbed d(where);
    const std::vector<stage_item> items = {d.make("17000/a", "x")};
    d.check_ours(items, d.send(items, "rm -r \"$PWD\"; exit 7"));
}

BOOST_AUTO_TEST_CASE(leave_what_was_wrong_with_a_file_before) {
    robbed d(place::here, false);
    std::vector<stage_item> items = {d.make("17000/a", "x"), d.make("17000/b", "y")};
    items.push_back({d.local("17000/b"), "17000/" + std::string(256, 'n'), 1});
    const auto report = d.send(items, "rm 17000/a");
    BOOST_REQUIRE(report.end.error.has_value());
    BOOST_TEST((report.end.error->code == failure_code::runtime_directory));
    BOOST_TEST(!report.complaints[0]);
    BOOST_TEST(!report.complaints[1]);
    BOOST_TEST(report.complaints[2].value_or("").find("File name too long") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(are_not_what_a_file_fails_by_whose_link_stands) {
    robbed d(place::here);
    const std::vector<stage_item> items = {d.make("17000/a", "x"), d.make("17000/b", "y")};
    fs::remove(items[0].local_path);
    const auto report = d.send(items, ":");
    BOOST_TEST(report.complaints[0].has_value());
    BOOST_TEST(!report.complaints[1]);
    BOOST_TEST((!report.end.error || report.end.error->code != failure_code::runtime_directory));
}

BOOST_AUTO_TEST_SUITE_END()
