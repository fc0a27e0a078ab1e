// What the HTTP server asks of the daemon, with everything around the daemon in memory.
#include <boost/test/unit_test.hpp>

#include "engine/run/daemon.hpp"
#include "tests/engine/run/fakes.hpp"

namespace asio = boost::asio;
using namespace suprsync;
using namespace suprsync::test;

namespace {

daemon_configuration two_archives() {
    daemon_configuration c;
    c.db_path = "/data/suprsync.db";
    c.suprsync_file_root = "/data/suprsync";
    c.instance_id = "crate1";
    c.local_roots = {"/data"};
    for (const std::string name : {"smurf", "hk"}) {
        archive_configuration a;
        a.name = name;
        a.remote_basedir = "/base/" + name;
        a.ssh_host = "user@host";
        a.instance_id = "crate1";
        a.local_roots = c.local_roots;
        a.suprsync_file_root = c.suprsync_file_root;
        c.archives.push_back(a);
    }
    return c;
}

struct running_daemon {
    explicit running_daemon(bool prepared = true) {
        disk.links["/data"] = "/data";
        if (!prepared)
            catalog.fail_next("prepare_step", {failure_code::catalog, "index", "the catalog", "of the test"});
        asio::co_spawn(loop, subject.run(), [this](std::exception_ptr error, bool) {
            BOOST_TEST(!error);
            ended = true;
        });
        settle(loop);
    }
    ~running_daemon() {
        subject.stop_at_once();
        for (int i = 0; i < 100 && !ended; ++i) time.advance(1);
        BOOST_TEST(ended);
    }

    asio::io_context loop;
    manual_clock time{loop};
    fake_local_disk disk{time};
    fake_catalog catalog{time};
    std::vector<fake_transport*> ways;  // smurf's, hk's
    suprsync::daemon subject{loop.get_executor(),
                             two_archives(),
                             catalog,
                             disk,
                             time,
                             [] { return 0.5; },
                             [this](const archive_configuration&) {
                                 auto way = std::make_unique<fake_transport>(loop, disk);
                                 ways.push_back(way.get());
                                 return way;
                             }};
    bool ended = false;

    template <class T>
    T ask(asio::awaitable<T> question) {
        return result_of(loop, std::move(question));
    }

    result<std::vector<added_file>> add(const std::string& name) {
        disk.write("/data/" + name, "content of " + name, time.now() - 100);
        return ask(subject.register_files({{"/data/" + name, "17000/" + name, "smurf", "", {}, true}}));
    }

    // Kinds of events so far.
    std::vector<std::string> told() {
        constexpr const char* words[] = {"registered", "copied", "verified", "failed", "deleted"};
        std::vector<std::string> all;
        for (const auto* e : subject.events().after(0, 1000)) {
            if (const auto* f = std::get_if<file_event>(&e->what))
                all.push_back(std::string(words[static_cast<int>(f->what)]) + " " + f->remote_path);
            if (const auto* r = std::get_if<registrations_event>(&e->what))
                all.push_back("registered " + std::to_string(r->count) + " in " + r->archive);
        }
        return all;
    }
};

using lines = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(daemon_desk)

BOOST_AUTO_TEST_CASE(a_registered_file_is_told_of_at_each_step) {
    running_daemon d;
    const auto added = d.add("a");
    BOOST_REQUIRE(added.has_value());
    d.time.advance(2);
    BOOST_TEST(d.catalog.verified(added->at(0).file.row.id));
    const auto told = d.told();
    BOOST_REQUIRE(told.size() >= 3U);
    BOOST_TEST(lines(told.begin(), told.begin() + 3) ==
                   (lines{"registered 17000/a", "copied 17000/a", "verified 17000/a"}),
               boost::test_tools::per_element());
    // The same once more is no news.
    d.ways.front()->down = failure{failure_code::connection, "copy", "host", "gone"};
    BOOST_REQUIRE(d.add("b").has_value());
    const auto count = d.told().size();
    BOOST_REQUIRE(d.add("b").has_value());
    BOOST_TEST(d.told().size() == count);
}

BOOST_AUTO_TEST_CASE(rows_of_other_programs_are_counted_without_our_own) {
    running_daemon d;
    d.ways.front()->down = failure{failure_code::connection, "copy", "host", "gone"};
    d.catalog.changes.archives["smurf"].registered = 5;
    d.catalog.changes.changed = true;
    d.time.advance(0.2);
    BOOST_TEST(d.told() == lines{"registered 5 in smurf"}, boost::test_tools::per_element());
    // Of these three one is ours.
    d.catalog.before = [&](const std::string& function) {
        if (function == "add") d.catalog.changes.archives["smurf"].registered = 3;
    };
    BOOST_REQUIRE(d.add("a").has_value());
    d.time.advance(0.2);
    BOOST_TEST(d.told() == (lines{"registered 5 in smurf", "registered 17000/a", "registered 2 in smurf"}),
               boost::test_tools::per_element());
    d.catalog.before = [&](const std::string& function) {
        if (function == "add") d.catalog.changes.archives["smurf"].registered = 1;
    };
    BOOST_REQUIRE(d.add("b").has_value());
    d.time.advance(0.2);
    BOOST_TEST(d.told().size() == 4U);
    d.catalog.before = {};
}

BOOST_AUTO_TEST_CASE(a_file_that_failed_is_tried_again_at_once) {
    running_daemon d;
    d.ways.front()->on_digests = [](const digest_request&, digest_report& report) {
        for (auto& md5 : report.md5) md5 = fake_md5("damaged");
    };
    const auto id = d.add("a")->at(0).file.row.id;
    d.time.advance(3600);
    BOOST_TEST(d.ask(d.subject.file(id)).value()->state == "failed");
    d.ways.front()->on_digests = {};
    retry_request request;
    request.ids = {id};
    BOOST_TEST(d.ask(d.subject.retry(request)).value() == 1);
    d.time.advance(2);
    BOOST_TEST(d.catalog.verified(id));
    BOOST_TEST(d.ask(d.subject.retry(request)).value() == 0);
}

BOOST_AUTO_TEST_CASE(what_is_ignored_is_left_alone_until_that_is_taken_back) {
    running_daemon d;
    BOOST_REQUIRE(d.ask(d.subject.set_paused("smurf", true)).has_value());
    const auto id = d.add("a")->at(0).file.row.id;
    file_change change;
    change.ignore = true;
    change.ignore_reason = "broken";
    auto changed = d.ask(d.subject.change_file(id, change));
    BOOST_REQUIRE(changed.has_value());
    BOOST_TEST((*changed)->state == "ignored");
    BOOST_TEST(d.catalog.rows.at(id).ignore_reason == "broken");
    BOOST_REQUIRE(d.ask(d.subject.set_paused("smurf", false)).has_value());
    d.time.advance(5);
    BOOST_TEST(!d.catalog.verified(id));
    change.ignore = false;
    BOOST_REQUIRE(d.ask(d.subject.change_file(id, change)).has_value());
    d.time.advance(2);
    BOOST_TEST(d.catalog.verified(id));
    BOOST_TEST(!d.ask(d.subject.change_file(999, change)).value().has_value());
}

BOOST_AUTO_TEST_CASE(archives_that_are_not_served_are_not_found) {
    running_daemon d;
    const auto refused = [](const auto& answer) {
        BOOST_REQUIRE(answer.has_error());
        BOOST_TEST((answer.error().code == failure_code::not_found));
        BOOST_TEST(answer.error().text().find("it serves smurf, hk") != std::string::npos);
    };
    file_query files;
    files.archive = "lat";
    refused(d.ask(d.subject.list_files(files)));
    retry_request retry;
    retry.archive = "lat";
    refused(d.ask(d.subject.retry(retry)));
    refused(d.ask(d.subject.timecodes({"lat", -1, 10})));
    refused(d.ask(d.subject.set_paused("lat", true)));
    BOOST_TEST(!d.subject.archive("lat").has_value());
    for (const char* function : {"list_files", "retry", "timecodes", "set_paused"})
        BOOST_TEST(d.catalog.count(function) == 0U, function);
}

BOOST_AUTO_TEST_CASE(while_the_catalog_is_prepared_only_registration_and_memory_answer) {
    running_daemon d(false);
    const auto refused = [](const auto& answer) {
        BOOST_REQUIRE(answer.has_error());
        BOOST_TEST((answer.error().code == failure_code::not_ready));
    };
    BOOST_REQUIRE(!d.subject.ready().ready);
    refused(d.ask(d.subject.list_files({})));
    refused(d.ask(d.subject.retry({})));
    refused(d.ask(d.subject.change_file(1, {})));
    refused(d.ask(d.subject.timecodes({"smurf", -1, 10})));
    refused(d.ask(d.subject.set_paused("smurf", true)));
    BOOST_TEST(d.add("a").has_value());
    BOOST_TEST(d.subject.archives().size() == 2U);
    BOOST_TEST(d.subject.archive("smurf")->activity.activity == "preparing");
}

BOOST_AUTO_TEST_CASE(archives_and_figures_come_from_memory) {
    running_daemon d;
    d.add("a").value();
    d.time.advance(2);
    const auto asked = d.catalog.calls.size();
    const auto all = d.subject.archives();
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all[0].configuration.name == "hk");
    BOOST_TEST(all[1].configuration.name == "smurf");
    BOOST_TEST(all[1].counts.files == d.subject.archive("smurf")->statistics.num_files);
    BOOST_TEST(all[1].activity.files_verified >= 1);
    d.subject.conditions().raise("paused", "hk", "by request");
    BOOST_TEST(d.subject.archive("hk")->conditions.size() == 1U);
    BOOST_TEST(d.subject.archive("smurf")->conditions.empty());
    const auto m = d.subject.measure();
    BOOST_TEST(m.archives.at("smurf").instruments.transfers.count() >= 1U);
    BOOST_TEST(m.archives.at("hk").instruments.transfers.count() == 0U);
    BOOST_TEST(m.archives.at("smurf").counts.verified >= 1);
    BOOST_TEST(m.status_snapshot.archives.size() == 2U);
    BOOST_TEST(d.catalog.calls.size() == asked);
}

BOOST_AUTO_TEST_SUITE_END()
