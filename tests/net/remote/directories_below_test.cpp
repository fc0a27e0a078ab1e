// Directories below the base directory, which anybody may have exchanged: what leads out of it, what may not
// be written, what is another file system. Their files wait, and nothing is made anywhere else.
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/net/remote/delivering_destination.hpp"
#include "tests/support/net/far_shells.hpp"
#include "tests/support/net/printing.hpp"
#include "tests/support/net/transport_fixture.hpp"
#include "tests/support/only_where.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(directories_below)

namespace {

struct exchanged_destination : delivering_destination {
    using delivering_destination::delivering_destination;
    fs::path home() {
        const auto path = scratch / "home";
        write_file(path / ".profile", "precious");
        fs::create_directories(path / "deep");
        return path;
    }
    bool home_is_untouched() {
        return tree_of(scratch / "home") == std::vector<std::string>{"d deep", "f .profile"} &&
               read_file(scratch / "home/.profile") == "precious";
    }
};

// Programs there that do something else first.
struct exchanging_destination : exchanged_destination {
    const fs::path day = base() / "17000", moved = scratch / "dest/moved";
    path_with ours{scratch / "bin"};

    exchanging_destination() { fs::create_directories(day); }
    void program_is(const std::string& name, const std::string& does) {
        write_file(scratch / "bin" / name, "#!/bin/sh\n" + does + "\n");
        ::chmod((scratch / "bin" / name).c_str(), 0755);
    }
    /// A directory that was looked at becomes a link that leads out, before the program does its work.
    void exchanged_by(const std::string& program) {
        program_is(program, "[ -d '" + moved.string() + "' ] || { /usr/bin/mv '" + day.string() + "' '" +
                                moved.string() + "'; /usr/bin/ln -s '" + home().string() + "' '" +
                                day.string() + "'; }\nexec /usr/bin/" + program + " \"$@\"");
    }
};

void check_held_back(const publish_report& report, std::size_t i, const std::string& directory,
                     const std::string& reason) {
    BOOST_TEST(report.outcomes[i] == publish_outcome::held_back, report.details[i]);
    BOOST_TEST(report.details[i].starts_with(directory + "//"), report.details[i]);
    BOOST_TEST(report.details[i].find(reason) != std::string::npos, report.details[i]);
}

}  // namespace

namespace {

void check_that_a_link_is_followed_by_nothing(place where) {
    for (const bool at_once : {true, false}) {
        exchanged_destination d(where);
        fs::create_directory_symlink(d.home(), d.base() / "17999");
        const auto items = std::vector{d.make("17999/.profile", "theirs"), d.make("17999/.bashrc", "theirs"),
                                       d.make("17999/deep/new/x", "theirs"), d.make("18000/good", "ours"),
                                       d.make("top", "ours, too")};
        BOOST_REQUIRE(d.stage(items).end.finished());
        const auto report = at_once ? d.wait(d.get().deliver(0, d.items_of(items), 100)) : d.publish(items);
        check_finished(report.end);
        for (std::size_t i = 0; i < 3; ++i)
            check_held_back(report, i, "17999", "leads to " + (d.scratch / "home").string());
        BOOST_TEST(report.outcomes[3] == publish_outcome::published);
        BOOST_TEST(report.outcomes[4] == publish_outcome::published);
        BOOST_TEST(d.home_is_untouched());
        BOOST_TEST(files_below(d.slot()).size() == 3U);
        // It heals by itself.
        fs::remove(d.base() / "17999");
        const auto later = d.publish({items[0], items[1], items[2]});
        for (const auto outcome : later.outcomes) BOOST_TEST(outcome == publish_outcome::published);
        BOOST_TEST(d.nothing_staged());
    }
}

}  // namespace

BOOST_DATA_TEST_CASE(a_link_that_leads_out_is_followed_by_nothing_and_its_files_wait, data::make(every_sh),
                     sh) {
    const sh_is shell_there(sh);
    check_that_a_link_is_followed_by_nothing(place::here);
}

BOOST_AUTO_TEST_CASE(without_a_shell_a_link_that_leads_out_is_followed_by_nothing_and_its_files_wait) {
    check_that_a_link_is_followed_by_nothing(place::direct);
}

BOOST_DATA_TEST_CASE(a_link_is_followed_where_that_is_asked_for, data::make(each_kind), where) {
    destination d(where);
    d.options.archive.remote_links = links_kind::follow;
    d.prepare();
    fs::create_directories(d.scratch / "elsewhere/deep");
    fs::create_directory_symlink(d.scratch / "elsewhere", d.base() / "17999");
    const auto items = std::vector{d.make("17999/a", "a"), d.make("17999/deep/new/b", "b")};
    BOOST_REQUIRE(d.stage(items).end.finished());
    const auto report = d.publish(items);
    for (const auto outcome : report.outcomes) BOOST_TEST(outcome == publish_outcome::published);
    BOOST_TEST(read_file(d.scratch / "elsewhere/deep/new/b") == "b");
}

BOOST_DATA_TEST_CASE(a_link_to_another_directory_of_the_base_is_no_directory_of_its_own,
                     data::make(each_kind), where) {
    exchanged_destination d(where);
    fs::create_directories(d.base() / "18000");
    fs::create_directory_symlink("18000", d.base() / "17999");
    const auto item = d.make("17999/a", "a");
    BOOST_REQUIRE(d.stage({item}).end.finished());
    check_held_back(d.wait(d.get().deliver(0, d.items_of({item}), 1)), 0, "17999", "symbolic link");
    BOOST_TEST(fs::is_empty(d.base() / "18000"));
}

// Where case is ignored, a directory may be known from inside by other letters than those of its name: no
// leave to go by a link.
BOOST_DATA_TEST_CASE(a_link_to_a_directory_of_the_same_letters_is_a_link_all_the_same, data::make(each_kind),
                     where) {
    exchanged_destination d(where);
    fs::create_directories(d.base() / "day");
    fs::create_directory_symlink("day", d.base() / "DAY");
    const auto other = d.base().parent_path() / "BASE";
    fs::create_directories(other / "17999/deep");
    fs::create_directory_symlink(other / "17999", d.base() / "17999");
    const auto items = std::vector{d.make("DAY/a", "a"), d.make("17999/deep/b", "b")};
    BOOST_REQUIRE(d.stage(items).end.finished());
    const auto report = d.publish(items);
    check_held_back(report, 0, "DAY", "symbolic link");
    check_held_back(report, 1, "17999", "symbolic link");
    BOOST_TEST(fs::is_empty(d.base() / "day"));
    BOOST_TEST(fs::is_empty(other / "17999/deep"));
}

BOOST_DATA_TEST_CASE(a_directory_that_is_exchanged_while_files_are_linked_is_the_one_that_was_looked_at,
                     data::make({"cp", "ln"}), program) {
    // Delivered at once; one by one, the last directory of the list and one before.
    for (const std::size_t published : {0U, 1U, 2U}) {
        exchanging_destination d;
        auto items = std::vector{d.make("17000/.profile", "theirs"), d.make("18000/good", "good")};
        items.resize(std::max<std::size_t>(published, 1));
        BOOST_REQUIRE(d.stage(items).end.finished());
        d.program_is("cp", "exit 1");  // what it does not link is linked by ln
        d.exchanged_by(program);
        check_finished((published == 0 ? d.deliver(d.items_of(items)) : d.publish(items)).end);
        BOOST_TEST(read_file(d.moved / ".profile") == "theirs");
        BOOST_TEST(d.home_is_untouched());
    }
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_exchanged_while_another_is_made_in_it_leads_nowhere) {
    exchanging_destination d;
    const auto item = d.make("17000/new/x", "theirs");
    BOOST_REQUIRE(d.stage({item}).end.finished());
    d.exchanged_by("mkdir");
    check_held_back(d.publish({item}), 0, "17000", "symbolic link");
    BOOST_TEST(fs::is_directory(d.moved / "new"));
    BOOST_TEST(d.home_is_untouched());
}

BOOST_DATA_TEST_CASE(without_staging_nothing_is_sent_through_a_link_that_leads_out, data::make(each_kind),
                     where) {
    exchanged_destination d(where);
    d.options.archive.remote_staging_dir = d.base() / "refused";
    d.restarted();
    BOOST_REQUIRE(!d.prepare().staging_refused.empty());
    fs::create_directory_symlink(d.home(), d.base() / "17999");
    const auto report = d.stage(
        {d.make("17999/.profile", "theirs"), d.make("17999/new/x", "theirs"), d.make("18000/a", "ours")});
    check_finished(report.end);
    BOOST_REQUIRE(report.held_back.size() == 3U);
    BOOST_TEST((report.held_back[0] && report.held_back[1] && !report.held_back[2]));
    BOOST_TEST(report.held_back[0].value_or("").starts_with("17999//"));
    BOOST_TEST(d.home_is_untouched());
    BOOST_TEST(read_file(d.base() / "18000/a") == "ours");
}

BOOST_AUTO_TEST_CASE(a_directory_that_may_not_be_written_holds_its_own_files_back_only,
                     *only_root_can("run the far side as somebody else")) {
    exchanged_destination d;
    const auto items =
        std::vector{d.make("17000/a", "a"), d.make("17001/new/b", "b"), d.make("18000/good", "good")};
    BOOST_REQUIRE(d.stage(items).end.finished());
    // All there is the account's own but two directories.
    shell("chmod 0755 '" + d.scratch.path().string() + "' && chown -R 65534:65534 '" +
          (d.scratch / "dest").string() + "'");
    for (const char* name : {"17000", "17001"}) fs::create_directories(d.base() / name);
    write_file(
        d.scratch / "bin/timeout",
        "#!/bin/sh\nexec setpriv --reuid 65534 --regid 65534 --clear-groups /usr/bin/timeout \"$@\"\n");
    ::chmod((d.scratch / "bin/timeout").c_str(), 0755);
    const path_with account(d.scratch / "bin");
    const auto report = d.publish(items);
    check_finished(report.end);
    check_held_back(report, 0, "17000", "the account nobody may not write in it");
    check_held_back(report, 1, "17001", "the account nobody may not write in it");
    BOOST_TEST(report.outcomes[2] == publish_outcome::published);
}

BOOST_TEST_DECORATOR(*only_where_file_systems_can_be_mounted())
BOOST_DATA_TEST_CASE(a_directory_that_is_another_file_system_holds_its_files_back, data::make(each_kind),
                     where) {
    for (const unsigned flags : {0U, static_cast<unsigned>(MS_RDONLY)}) {
        exchanged_destination d(where);
        const auto day = d.base() / "17000";
        fs::create_directories(day);
        BOOST_REQUIRE(::mount("tmpfs", day.c_str(), "tmpfs", 0, "size=1m") == 0);
        write_file(day / "other", "theirs");
        BOOST_TEST(::mount("tmpfs", day.c_str(), "tmpfs", MS_REMOUNT | flags, "size=1m") == 0);
        const auto items =
            std::vector{d.make("17000/a", "a"), d.make("17000/other", "ours"), d.make("18000/good", "good")};
        const auto staged = d.stage(items);
        const auto report = d.publish(items);
        BOOST_TEST(read_file(day / "other") == "theirs");
        BOOST_TEST((tree_of(day) == std::vector<std::string>{"f other"}));
        ::umount(day.c_str());
        check_finished(staged.end);
        check_finished(report.end);
        for (std::size_t i = 0; i < 2; ++i) check_held_back(report, i, "17000", "another file system");
        BOOST_TEST(report.outcomes[2] == publish_outcome::published);
        BOOST_TEST(d.publish(items).outcomes[0] == publish_outcome::published);
    }
}

// As of a directory that may be written, and a file in it that is immutable.
BOOST_AUTO_TEST_CASE(what_is_not_permitted_in_a_directory_that_may_be_written_is_the_files_own_fault) {
    exchanging_destination d;
    const auto item = d.make("17000/a", "a");
    BOOST_REQUIRE(d.stage({item}).end.finished());
    d.program_is("cp", "exit 1");
    d.program_is("ln", "echo 'ln: failed: Operation not permitted' >&2; exit 1");
    const auto report = d.publish({item});
    BOOST_TEST(report.outcomes[0] == publish_outcome::refused);
    BOOST_TEST(report.details[0] == "Operation not permitted");
}

BOOST_AUTO_TEST_SUITE_END()
