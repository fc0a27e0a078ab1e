// What the HTTP server asks of the daemon, with everything around the daemon in memory.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>

#include "engine/loop/as_value.hpp"
#include "tests/engine/run/daemon_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(daemon_service)

namespace {

struct service_world : daemon_world {
    static daemon_configuration smurf_and_hk() {
        auto c = two_archives();
        c.archives[1].name = "hk";
        return c;
    }
    explicit service_world(bool prepared = true) : daemon_world(smurf_and_hk()) {
        disk.links["/data"] = "/data";
        if (!prepared) catalog.fail_next("prepare_step", disk_error());
        begin();
    }

    result<std::vector<added_file>> post(const std::string& name) {
        disk.write("/data/" + name, "content of " + name, time.now() - 100);
        return ask(served.register_files({{"/data/" + name, "17000/" + name, "smurf", "", {}, true}}));
    }

    // What is told of files so far.
    std::vector<std::string> told() {
        auto all = suprsync::test::told(served.events());
        std::erase_if(all, [](const std::string& line) { return line.ends_with(" begins"); });
        return all;
    }
};

struct unprepared_world : service_world {
    unprepared_world() : service_world(false) {}
};

// Files of smurf are deleted 1000 s after their registration; a removal takes until the test lets it end.
struct slowly_deleting_world : daemon_world {
    static daemon_configuration deleting() {
        auto c = two_archives();
        c.archives[0].delete_local_after = 1000;
        return c;
    }
    slowly_deleting_world() : daemon_world(deleting()) {
        disk.links["/data"] = "/data";
        disk.after_removal = [this]() -> boost::asio::awaitable<void> {
            removing = true;
            co_await let_end.async_wait(as_value);
            removing = false;
        };
        begin();
    }
    ~slowly_deleting_world() {
        disk.after_removal = {};
        let_end.cancel();
        settle(loop);
    }

    bool removing = false;
    boost::asio::steady_timer let_end{loop, boost::asio::steady_timer::time_point::max()};
};

using lines = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_registered_file_is_told_of_at_each_step, service_world) {
    const auto added = post("a");
    BOOST_REQUIRE(added.has_value());
    time.advance(2);
    BOOST_TEST(verified(added->at(0).file.row.id));
    const auto all = told();
    BOOST_REQUIRE(all.size() >= 3U);
    BOOST_TEST(lines(all.begin(), all.begin() + 3) ==
                   (lines{"registered 17000/a", "copied 17000/a", "verified 17000/a"}),
               boost::test_tools::per_element());
    // The same once more is no news.
    there().down = error(failure_code::connection);
    BOOST_REQUIRE(post("b").has_value());
    const auto count = told().size();
    BOOST_REQUIRE(post("b").has_value());
    BOOST_TEST(told().size() == count);
}

BOOST_FIXTURE_TEST_CASE(rows_of_other_programs_are_counted_without_our_own, service_world) {
    there().down = error(failure_code::connection);
    for (const auto* name : {"1", "2", "3", "4", "5"}) add(name);
    committed();
    BOOST_TEST(told() == lines{"registered 5 in smurf"}, boost::test_tools::per_element());
    // Of these three one is ours.
    add("6"), add("7");
    BOOST_REQUIRE(post("a").has_value());
    committed();
    BOOST_TEST(told() == (lines{"registered 5 in smurf", "registered 17000/a", "registered 2 in smurf"}),
               boost::test_tools::per_element());
    BOOST_REQUIRE(post("b").has_value());
    committed();
    BOOST_TEST(told().size() == 4U);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_failed_is_tried_again_at_once, service_world) {
    there().on_digests = [](const digest_request&, digest_report& report) {
        for (auto& md5 : report.md5) md5 = fake_md5("damaged");
    };
    const auto id = post("a")->at(0).file.row.id;
    time.advance(2 * 3600);
    BOOST_TEST(ask(served.file(id)).value()->state == "failed");
    there().on_digests = {};
    retry_request request;
    request.ids = {id};
    BOOST_TEST(ask(served.retry(request)).value() == 1);
    time.advance(2);
    BOOST_TEST(verified(id));
    BOOST_TEST(ask(served.retry(request)).value() == 0);
}

BOOST_FIXTURE_TEST_CASE(what_is_ignored_is_left_alone_until_that_is_taken_back, service_world) {
    BOOST_REQUIRE(ask(served.set_paused("smurf", true, "")).has_value());
    const auto id = post("a")->at(0).file.row.id;
    file_change change;
    change.ignore = true;
    change.ignore_reason = "broken";
    auto changed = ask(served.change_file(id, change));
    BOOST_REQUIRE(changed.has_value());
    BOOST_TEST((*changed)->state == "ignored");
    BOOST_TEST(ignore_reason(id) == "broken");
    BOOST_REQUIRE(ask(served.set_paused("smurf", false, "")).has_value());
    time.advance(5);
    BOOST_TEST(!verified(id));
    change.ignore = false;
    BOOST_REQUIRE(ask(served.change_file(id, change)).has_value());
    time.advance(2);
    BOOST_TEST(verified(id));
    BOOST_TEST(!ask(served.change_file(999, change)).value().has_value());
}

BOOST_FIXTURE_TEST_CASE(a_removal_that_could_not_be_stopped_is_part_of_the_answer, service_world) {
    const auto id = add("a");
    catalog.after = [&](const std::string& function) {
        if (function == "change_file") change(id, "removed = 5");
    };
    file_change kept;
    kept.deletable = false;
    const auto changed = ask(served.change_file(id, kept));
    BOOST_REQUIRE((changed.has_value() && changed->has_value()));
    BOOST_TEST(!(*changed)->row.deletable);
    BOOST_TEST((*changed)->row.removed.value_or(0) == 5);
}

BOOST_FIXTURE_TEST_CASE(a_pause_is_answered_when_no_removal_goes_on, slowly_deleting_world) {
    add("a");
    time.advance(1100);
    BOOST_REQUIRE(removing);
    bool answered = false;
    boost::asio::co_spawn(loop, served.set_paused("smurf", true, ""),
                          [&](std::exception_ptr, result<void> paused) {
                              answered = true;
                              BOOST_TEST(paused.has_value());
                          });
    // Another archive removes nothing.
    BOOST_TEST(set_paused("timestreams", true).has_value());
    BOOST_TEST(!answered);
    let_end.cancel();
    settle(loop);
    BOOST_TEST(answered);
    BOOST_TEST(!removing);
}

BOOST_FIXTURE_TEST_CASE(archives_that_are_not_served_are_not_found, service_world) {
    const auto refused = [](const auto& answer) {
        BOOST_REQUIRE(answer.has_error());
        BOOST_TEST((answer.error().code == failure_code::not_found));
        BOOST_TEST(answer.error().text().find("it serves smurf, hk") != std::string::npos);
    };
    file_query files;
    files.archive = "lat";
    refused(ask(served.list_files(files)));
    retry_request retry;
    retry.archive = "lat";
    refused(ask(served.retry(retry)));
    refused(ask(served.timecodes({"lat", -1, 10})));
    refused(ask(served.set_paused("lat", true, "")));
    BOOST_TEST(!served.archive("lat").has_value());
    for (const char* function : {"list_files", "retry", "timecodes", "set_paused"})
        BOOST_TEST(catalog.count(function) == 0U, function);
}

BOOST_FIXTURE_TEST_CASE(while_the_catalog_is_prepared_only_registration_and_memory_answer, unprepared_world) {
    const auto refused = [](const auto& answer) {
        BOOST_REQUIRE(answer.has_error());
        BOOST_TEST((answer.error().code == failure_code::not_ready));
    };
    BOOST_REQUIRE(!served.ready().ready);
    refused(ask(served.list_files({})));
    refused(ask(served.retry({})));
    refused(ask(served.change_file(1, {})));
    refused(ask(served.timecodes({"smurf", -1, 10})));
    refused(ask(served.set_paused("smurf", true, "")));
    BOOST_TEST(post("a").has_value());
    BOOST_TEST(served.archives().size() == 2U);
    BOOST_TEST(served.archive("smurf")->activity.activity == "preparing");
}

BOOST_FIXTURE_TEST_CASE(archives_and_figures_come_from_memory, service_world) {
    post("a").value();
    time.advance(2);
    const auto asked = catalog.calls.size();
    const auto all = served.archives();
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all[0].configuration.name == "hk");
    BOOST_TEST(all[1].configuration.name == "smurf");
    BOOST_TEST(all[1].counts.files == served.archive("smurf")->statistics.num_files);
    BOOST_TEST(all[1].activity.files_verified >= 1);
    served.conditions().raise("paused", "hk", "by request");
    BOOST_TEST(served.archive("hk")->conditions.size() == 1U);
    BOOST_TEST(served.archive("smurf")->conditions.empty());
    const auto m = served.measure();
    BOOST_TEST(m.archives.at("smurf").instruments.transfers.count() >= 1U);
    BOOST_TEST(m.archives.at("hk").instruments.transfers.count() == 0U);
    BOOST_TEST(m.archives.at("smurf").counts.verified >= 1);
    BOOST_TEST(m.status_snapshot.archives.size() == 2U);
    BOOST_TEST(catalog.calls.size() == asked);
}

BOOST_AUTO_TEST_SUITE_END()
