// Delivering: sums compared and all published in one command, nothing where anything is not as expected.
#include <sys/stat.h>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "net/remote/destination_shell.hpp"
#include "net/remote/destination_state.hpp"
#include "net/remote/script_protocol.hpp"
#include "net/remote/scripts.hpp"
#include "tests/net/remote/delivering_destination.hpp"
#include "tests/support/net/printing.hpp"
#include "tests/support/waiting.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(delivering)

namespace {

/// The script alone, as the transport calls it.
struct scripted : delivering_destination {
    scripted() {
        state = prepared_state();
        write_file(slot() / "17000/a", "a");
        write_file(slot() / "17000/b", "b");
        items = {{1, "17000/a", md5_of("a"), {}}, {2, "17000/b", md5_of("b"), {}}};
        sums = *sum_list(items);
        rest = *delivery_list(items);
    }
    script_request request(std::string list) const {
        script_request r;
        r.operation = "test";
        r.settings = state.settings();
        r.script = scripts::deliver;
        r.call = "slot=0 sums_bytes=" + std::to_string(sums.size()) +
                 " objects_bytes=0 count=" + std::to_string(items.size());
        r.list = std::move(list);
        r.limit = generous;
        return r;
    }
    script_answer run(std::string list) { return wait(shell_.run(request(std::move(list)))); }
    bool nothing_published() const { return files_below(base()).empty(); }

    destination_state state;
    std::vector<publish_item> items;
    std::string sums, rest;
    child_runner runner_{context.get_executor(), nullptr};
    destination_shell shell_{runner_, nullptr, "", "here"};
};

}  // namespace

BOOST_DATA_TEST_CASE(what_is_right_is_published, data::make(every_place), where) {
    delivering_destination d(where);
    const auto a = d.make("17000/a \\ b", "backslash");
    const auto b = d.make("17000/dir/new\nline", "newline");
    const auto c = d.make("17000/-c $x; 'y'", "shell");
    BOOST_REQUIRE(d.stage({a, b, c}).end.finished());
    const auto report = d.deliver(d.items_of({a, b, c}));
    BOOST_TEST(report.end.finished());
    for (const auto outcome : report.outcomes) BOOST_TEST(outcome == publish_outcome::published);
    BOOST_TEST(read_file(d.base() / "17000/dir/new\nline") == "newline");
    BOOST_TEST(d.nothing_staged());
}

BOOST_AUTO_TEST_CASE(directories_that_no_line_holds_are_left_to_the_longer_way) {
    delivering_destination d;
    const auto item = d.make("17000/new\nline/a", "x");
    BOOST_REQUIRE(d.stage({item}).end.finished());
    BOOST_TEST(d.deliver(d.items_of({item})).outcomes[0] == publish_outcome::unverified);
    BOOST_TEST(tree_of(d.base()).empty());
}

BOOST_DATA_TEST_CASE(nothing_is_made_where_a_sum_is_wrong, data::make(every_place), where) {
    delivering_destination d(where);
    const auto good = d.make("17000/good", "good");
    const auto bad = d.make("17001/bad", "bad");
    const auto absent = d.make("17002/absent", "absent");
    BOOST_REQUIRE(d.stage({good, bad}).end.finished());
    auto items = d.items_of({good, bad});
    items[1].md5 = md5_of("something else");
    for (const auto& asked : {items, d.items_of({good, absent})}) {
        const auto report = d.deliver(asked);
        BOOST_TEST(report.end.finished());
        for (const auto outcome : report.outcomes) BOOST_TEST(outcome == publish_outcome::unverified);
        BOOST_TEST(tree_of(d.base()).empty());
        BOOST_TEST(files_below(d.slot()).size() == 2U);
    }
}

BOOST_DATA_TEST_CASE(what_stands_in_the_way_is_treated_as_ever, data::make(every_place), where) {
    delivering_destination d(where);
    const auto a = d.make("17000/a", "ours");
    const auto b = d.make("17000/b", "b");
    BOOST_REQUIRE(d.stage({a, b}).end.finished());
    write_file(d.base() / "17000/a", "theirs");
    const auto report = d.deliver(d.items_of({a, b}));
    BOOST_TEST(report.outcomes[0] == publish_outcome::replaced);
    BOOST_TEST(read_file(report.details[0]) == "theirs");
    BOOST_TEST(read_file(d.base() / "17000/a") == "ours");
    BOOST_TEST(report.outcomes[1] == publish_outcome::published);
    BOOST_TEST(d.nothing_staged());
}

BOOST_DATA_TEST_CASE(a_file_that_nobody_asked_for_is_not_published_with_the_others, data::make(each_kind),
                     where) {
    delivering_destination d(where);
    const auto a = d.make("17000/a", "a");
    const auto other = d.make("17000/other", "unverified");
    BOOST_REQUIRE(d.stage({a, other}).end.finished());
    const auto report = d.deliver(d.items_of({a}));
    BOOST_TEST(report.outcomes[0] == publish_outcome::published);
    BOOST_TEST(!fs::exists(d.base() / "17000/other"));
    BOOST_TEST(fs::exists(d.slot() / "17000/other"));
}

BOOST_DATA_TEST_CASE(directories_get_their_modes, data::make(each_kind), where) {
    destination d(where);
    d.options.archive.chmod = "Dg+rwx,o-rwx";
    d.prepare();
    const auto item = d.make("17000/deep/a", "x");
    BOOST_REQUIRE(d.stage({item}).end.finished());
    const auto report =
        d.wait(d.get().deliver(0, {{1, item.remote_path, md5_of_file(item.local_path), {}}}, 1));
    BOOST_TEST(report.outcomes[0] == publish_outcome::published);
    struct stat made = {};
    BOOST_REQUIRE(::stat((d.base() / "17000/deep").c_str(), &made) == 0);
    BOOST_TEST((made.st_mode & 0777U) == 0770U);
}

BOOST_AUTO_TEST_CASE(the_script_publishes_and_says_so) {
    scripted d;
    BOOST_TEST(d.run(d.sums + d.rest).output == "W");
    BOOST_TEST(files_below(d.base()).size() == 2U);
    BOOST_TEST(d.nothing_staged());
}

BOOST_AUTO_TEST_CASE(a_list_that_was_cut_short_publishes_nothing) {
    scripted d;
    const auto whole = d.sums + d.rest;
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{10}, d.sums.find('\n') + 1, d.sums.size() - 1,
                                    d.sums.size(), d.sums.size() + 3, whole.size() - 2}) {
        BOOST_TEST(d.run(whole.substr(0, bytes)).output != "W");
        BOOST_TEST(d.nothing_published());
    }
    BOOST_TEST(d.run(whole).output == "W");
}

BOOST_AUTO_TEST_CASE(what_has_a_second_link_already_is_looked_at_one_by_one) {
    scripted d;
    fs::create_hard_link(d.slot() / "17000/a", d.scratch / "elsewhere");
    BOOST_TEST(d.run(d.sums + d.rest).output == "U");
    BOOST_TEST(d.nothing_published());
}

BOOST_AUTO_TEST_CASE(another_base_directory_gets_nothing) {
    scripted d;
    fs::rename(d.base(), d.scratch / "unmounted");
    auto answer = d.run(d.sums + d.rest);
    BOOST_REQUIRE(answer.end.error.has_value());
    BOOST_TEST((answer.end.error->code == failure_code::base_missing));
    fs::create_directory(d.base());
    answer = d.run(d.sums + d.rest);
    BOOST_REQUIRE(answer.end.error.has_value());
    BOOST_TEST((answer.end.error->code == failure_code::base_changed));
    BOOST_TEST(d.nothing_published());
}

BOOST_AUTO_TEST_CASE(a_base_directory_that_is_exchanged_while_the_script_waits_gets_nothing) {
    scripted d;
    d.shell_.prestart(d.request({}), 1);
    // It enters the base directory, looks at it, and goes on to the staging directories beside it.
    wait_until("the script has looked at the base directory", [&] {
        for (const auto& process : fs::directory_iterator("/proc")) {
            std::error_code error;
            const auto place = fs::read_symlink(process.path() / "cwd", error).string();
            if (place.starts_with(d.base().parent_path().string())) return true;
        }
        return false;
    });
    fs::rename(d.base(), d.scratch / "unmounted");
    fs::create_directory(d.base());
    const auto answer = d.run(d.sums + d.rest);
    BOOST_REQUIRE(answer.end.error.has_value());
    BOOST_TEST((answer.end.error->code == failure_code::base_changed));
    BOOST_TEST(d.nothing_published());
    BOOST_TEST(files_below(d.scratch / "unmounted").empty());
}

BOOST_AUTO_TEST_CASE(a_script_that_waited_in_vain_does_nothing) {
    scripted d;
    {
        child_runner runner(d.context.get_executor(), nullptr);
        destination_shell shell(runner, nullptr, "", "here");
        shell.prestart(d.request({}), 2);
        BOOST_TEST(runner.running() == 2U);
        shell.prestart(d.request({}), 2);
        BOOST_TEST(runner.running() == 2U);
        runner.stop();
        d.context.restart();
        d.context.run();
        BOOST_TEST(runner.running() == 0U);
    }
    BOOST_TEST(d.nothing_published());
    BOOST_TEST(files_below(d.slot()).size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
