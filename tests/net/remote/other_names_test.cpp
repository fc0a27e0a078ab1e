// Names that reach what is listed under another one, as where case is ignored. A directory that may be
// entered and not listed shows the same: a name, and one in other letters, lead to a file, and none of them
// is listed.
#include <sys/stat.h>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/net/far_shells.hpp"
#include "tests/support/net/printing.hpp"
#include "tests/support/net/transport_fixture.hpp"
#include "tests/support/only_where.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(other_names_there, *only_root_can("run the far side as somebody else"))

namespace {

// The far side runs as an ordinary account, and 17000/1/iv.dat is reached there by other names, too.
struct other_names : prepared_destination {
    other_names() {
        write_file(there(), "theirs");
        fs::create_hard_link(there(), there().parent_path() / "iv.dAt");
        write_file(
            scratch / "bin/timeout",
            "#!/bin/sh\nexec setpriv --reuid 65534 --regid 65534 --clear-groups /usr/bin/timeout \"$@\"\n");
        ::chmod((scratch / "bin/timeout").c_str(), 0755);
        shell("chmod 0755 '" + scratch.path().string() + "'");
    }
    fs::path there() const { return base() / "17000/1/iv.dat"; }
    // What root staged becomes the account's own.
    void give_away() {
        shell("chown -R 65534:65534 '" + (scratch / "dest").string() + "'");
        ::chmod(there().parent_path().c_str(), 0333);
    }
};

}  // namespace

BOOST_DATA_TEST_CASE(what_is_listed_under_another_name_is_neither_moved_away_nor_taken_for_the_file,
                     data::make(every_sh) * data::make({"theirs", "ours!!", "longer"}), sh, content) {
    const sh_is shell_there(sh);
    other_names d;
    const auto items = std::vector{d.make("17000/1/iv.dat", content), d.make("17000/good", "good")};
    BOOST_REQUIRE(d.stage(items).end.finished());
    d.give_away();
    const path_with account(d.scratch / "bin");
    const auto report = d.publish(items);
    check_finished(report.end);
    BOOST_TEST(report.outcomes[0] == publish_outcome::conflict);
    BOOST_TEST(report.outcomes[1] == publish_outcome::published);
    BOOST_TEST(read_file(d.there()) == "theirs");
    BOOST_TEST(files_below(d.staging() / "replaced").empty());
}

BOOST_AUTO_TEST_CASE(a_name_that_is_listed_is_its_own_whatever_stands_beside_it) {
    other_names d;
    const auto item = d.make("17000/1/iv.dat", "ours");
    BOOST_REQUIRE(d.stage({item}).end.finished());
    d.give_away();
    ::chmod(d.there().parent_path().c_str(), 0755);
    const path_with account(d.scratch / "bin");
    BOOST_TEST(d.publish({item}).outcomes[0] == publish_outcome::replaced);
    BOOST_TEST(read_file(d.there()) == "ours");
    BOOST_TEST(read_file(d.there().parent_path() / "iv.dAt") == "theirs");
}

BOOST_AUTO_TEST_CASE(where_case_is_ignored_what_is_listed_under_another_name_is_not_said_to_be_there) {
    other_names d;
    // Found out by what is there.
    write_file(d.base() / "17000/name", "x");
    fs::create_hard_link(d.base() / "17000/name", d.base() / "17000/nAme");
    d.prepare();
    d.give_away();
    const path_with account(d.scratch / "bin");
    const auto report = d.stat({"17000/1/iv.dat", "17000/name", "17000/1/none"}, true);
    check_finished(report.end);
    BOOST_TEST(report.answers[0].listed_as.has_value());
    BOOST_TEST(!report.answers[0].answered);
    BOOST_TEST(!report.answers[0].md5.has_value());
    BOOST_TEST((report.answers[1].size == 1U && report.answers[1].md5 == md5_of("x")));
    BOOST_TEST((report.answers[2].answered && !report.answers[2].size));
}

BOOST_AUTO_TEST_SUITE_END()
