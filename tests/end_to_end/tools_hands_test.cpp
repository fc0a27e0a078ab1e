// What happens now, and what a person does about it: files in flight, `suprsync pause`, `resume` and
// `try-now`, and changes of many files at once.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/tool.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(tools_hands)

namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

struct hands : site {
    tool t{*this};
    hands() { t.environment["SUPRSYNC_HTTP_LISTEN"] = options.at("--http-listen"); }

    void nobody_answers() { t.environment["SUPRSYNC_HTTP_LISTEN"] = "unix:" + (scratch / "nobody").string(); }
    std::string state_of(const std::string& word) const {
        return std::string(t.run({"check", word, "--json"}).json().as_array().at(0).at("state").as_string());
    }
};

// A file that takes a minute, in flight.
struct in_flight_now : hands {
    std::int64_t id = 0;
    in_flight_now() {
        options["--bwlimit"] = "50";  // KiB/s
        start();
        id = add_file("a", "17000/hk/a", random_content(3'000'000, 1));
        wait_until("it is sent", [&] {
            const auto all = transfers();
            return !all.empty() && all[0].at("bytes_done").to_number<double>() > 0;
        });
    }
    ~in_flight_now() { kill(); }
    boost::json::array transfers(const std::string& query = "") const {
        return http().get("/transfers" + query).json().at("transfers").as_array();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_file_that_is_copied_is_shown_so, in_flight_now) {
    const auto all = transfers("?ids=true");
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].at("stage").as_string() == "copying");
    BOOST_TEST(all[0].at("bytes").to_number<int>() == 3'000'000);
    BOOST_TEST(all[0].at("bytes_done").to_number<double>() < 3'000'000);
    BOOST_TEST(all[0].at("ids").as_array().at(0).to_number<std::int64_t>() == id);
    BOOST_TEST(file(id).at("state").as_string() == "copying");

    const auto path = (data / "a").string();
    for (const auto& word : {path, std::string("17000/hk/a"), std::to_string(id)})
        BOOST_TEST(state_of(word) == "copying");
    for (const auto* word : {"17000/hk/", "999", "/none"})
        BOOST_TEST(t.run({"check", word}).exit == exited_with(1));
    for (const auto& words :
         std::vector<tool::arguments>{{"list", archive}, {"list", archive, "--state", "pending"}}) {
        const auto said = t.run(words);
        BOOST_TEST(holds(said.out, "\tcopying\t"), said.out);
        BOOST_TEST(said.err == "");
    }
    const auto explained = t.run({"explain", path}).out;
    BOOST_TEST(holds(explained, "state         copying\n"), explained);
    BOOST_TEST(holds(explained, "in flight     copying, for "), explained);
    BOOST_TEST(holds(explained, " of 3.0 MB sent at "), explained);
    BOOST_TEST(holds(explained, "link          up\n"), explained);
    const auto document = t.run({"explain", std::to_string(id), "--json"}).json().as_array().at(0);
    BOOST_TEST(document.at("in_flight").at("stage").as_string() == "copying");
    BOOST_TEST(document.at("link").at("state").as_string() == "up");
    const auto status = t.run({"status"}).out;
    BOOST_TEST(holds(status, "\nIn flight:\ntimestreams copying    ["), status);
    BOOST_TEST(holds(status, "\nIn the catalog:\nARCHIVE\tFILES\t"), status);
    BOOST_TEST(holds(status, "\nDone since the start, "), status);
}

BOOST_AUTO_TEST_CASE(of_a_batch_each_file_is_shown_as_it_is_sent) {
    hands s;
    s.options["--bwlimit"] = "50";  // KiB/s
    s.catalog();
    const auto big = s.add_file("b", "17000/hk/b", random_content(3'000'000, 1));
    const auto small = s.add_file("a", "17000/hk/a", "small");
    s.start();
    const auto state = [&](std::int64_t id) { return std::string(s.file(id).at("state").as_string()); };
    wait_until("one is sent", [&] { return state(small) == "sent"; });
    BOOST_TEST(state(big) == "copying");
    BOOST_TEST(s.state_of(std::to_string(small)) == "sent");
    BOOST_TEST(s.state_of(std::to_string(big)) == "copying");
    const auto listed = s.t.run({"list", s.archive, "--state", "pending"}).out;
    BOOST_TEST((holds(listed, "\tsent\t") && holds(listed, "\tcopying\t")), listed);
    for (const auto& words : std::vector<tool::arguments>{{"status"}, {"explain", std::to_string(small)}}) {
        const auto said = s.t.run(words).out;
        BOOST_TEST(holds(said, ", 1 of 2 files"), said);
    }
    s.kill();
}

BOOST_FIXTURE_TEST_CASE(where_no_daemon_answers_it_is_pending_and_that_is_said, in_flight_now) {
    nobody_answers();
    const auto said = t.run({"list", archive});
    BOOST_TEST(holds(said.out, "\tpending\t"), said.out);
    BOOST_TEST(holds(said.err, "whether pending files are in flight is not known: cannot ask the daemon at"),
               said.err);
    const auto explained = t.run({"explain", (data / "a").string()}).out;
    BOOST_TEST(holds(explained, "in flight     not known: "), explained);
    BOOST_TEST(!holds(explained, "\n  link "), explained);
    // A daemon of another catalog says nothing about this one.
    hands other;
    other.start();
    t.environment["SUPRSYNC_HTTP_LISTEN"] = other.options.at("--http-listen");
    BOOST_TEST(holds(t.run({"list", archive}).err, "no daemon of this catalog answers"));
}

BOOST_AUTO_TEST_CASE(nothing_is_said_where_nothing_waits) {
    hands s;
    s.start();
    const auto id = s.add_file("a", "hk/a", "content");  // of no day that is announced by a file
    s.await_verified(id);
    s.nobody_answers();
    for (const auto& words :
         std::vector<tool::arguments>{{"list", s.archive, "--all"}, {"check", std::to_string(id)}})
        BOOST_TEST(s.t.run(words).err == "");
}

BOOST_AUTO_TEST_CASE(an_archive_is_paused_with_a_reason_and_resumed) {
    hands s;
    s.start();
    const auto paused = s.t.run({"pause", s.archive, "--reason", "new disks until noon"});
    BOOST_TEST(paused.exit == exited_with(0), paused.err);
    BOOST_TEST(holds(paused.out, "until: suprsync resume timestreams\n"), paused.out);
    const std::string message(s.condition("paused").at("message").as_string());
    BOOST_TEST(
        message ==
        "paused (by request: new disks until noon): nothing is copied until it is resumed: suprsync resume timestreams");
    BOOST_TEST(holds(s.t.run({"status"}).out, "new disks until noon"));
    s.stop();
    s.start();
    BOOST_TEST(s.condition("paused").at("message").as_string() == message);
    const auto refused = s.t.run({"try-now", s.archive});
    BOOST_TEST(refused.exit == exited_with(1));
    BOOST_TEST(
        holds(refused.err, "it is paused (by request: new disks until noon): suprsync resume timestreams"),
        refused.err);
    const auto resumed = s.t.run({"resume", s.archive});
    BOOST_TEST(resumed.out == "timestreams is resumed\n", resumed.err);
    BOOST_TEST(s.condition("paused").is_null());

    const auto too_long = s.t.run({"pause", s.archive, "--reason", std::string(1001, 'x')});
    BOOST_TEST(too_long.exit == exited_with(1));
    BOOST_TEST(holds(too_long.err, "at most 1000"), too_long.err);
    const auto unknown = s.t.run({"pause", "timestream"});
    BOOST_TEST(unknown.exit == exited_with(1));
    BOOST_TEST(holds(unknown.err, "timestreams"), unknown.err);
    BOOST_TEST(s.condition("paused").is_null());
    BOOST_TEST(s.t.run({"pause"}).exit == exited_with(2));
    s.nobody_answers();
    const auto nobody = s.t.run({"pause", s.archive});
    BOOST_TEST(nobody.exit == exited_with(1));
    BOOST_TEST(holds(nobody.err, "is it running"), nobody.err);
}

BOOST_AUTO_TEST_CASE(a_destination_is_tried_now) {
    hands s;
    s.use_ssh();
    s.stop_sshd();
    s.start();
    const auto id = s.add_file("a", "17000/hk/a", "content");
    s.await_condition("destination_unreachable");
    const auto explained = s.t.run({"explain", std::to_string(id)}).out;
    BOOST_TEST(holds(explained, "has failed since "), explained);
    const auto down = s.t.run({"try-now", s.archive});
    BOOST_TEST(down.exit == exited_with(1));
    BOOST_TEST(holds(down.err, "cannot reach "), down.err);
    wait_until("it is waited for a while", [&] {
        const auto next = s.status().at("archives").at(s.archive).at("link").at("next_attempt");
        return !next.is_null() && next.to_number<double>() > now() + 3;
    });
    s.start_sshd();
    const auto up = s.t.run({"try-now", s.archive});
    BOOST_TEST(up.exit == exited_with(0), up.err);
    BOOST_TEST(up.out.ends_with(" answers\n"), up.out);
    s.await_verified(id);
}

BOOST_AUTO_TEST_CASE(retrying_all_tries_the_destination_too) {
    hands s;
    s.use_ssh();
    s.stop_sshd();
    s.start();
    const auto id = s.add_file("a", "17000/hk/a", "content");
    wait_until("it is waited for a while", [&] {
        const auto next = s.status().at("archives").at(s.archive).at("link").at("next_attempt");
        return !next.is_null() && next.to_number<double>() > now() + 3;
    });
    s.start_sshd();
    const auto said = s.t.run({"retry", s.archive, "--all"});
    BOOST_TEST(said.err == "");
    s.await_verified(id);
    s.nobody_answers();
    BOOST_TEST(holds(s.t.run({"retry", s.archive, "--all"}).err,
                     "the daemon was not told to ask the destination at once"));
}

BOOST_AUTO_TEST_CASE(many_files_are_ignored_and_retried_by_what_they_have_in_common) {
    hands s;
    for (const std::string path : {"17000/hk/a", "17000/hk/b", "17000/smurf/c", "17001/hk/d"}) {
        auto row = s.make_file(path, path, "content");
        row.failed_copy_attempts = path.ends_with('a') ? 0 : 5;
        s.catalog().insert(row);
    }
    const auto run = [&](tool::arguments words) {
        const auto said = s.t.run(words);
        BOOST_TEST(said.exit == exited_with(0), said.err);
        return said.out;
    };
    const auto ignored = [&] {
        return s.catalog().number("SELECT count(*) FROM supersync_v0 WHERE \"ignore\" = 1");
    };
    s.t.prepare_catalog();
    BOOST_TEST(run({"ignore", s.archive, "--prefix", "17000/hk/", "--dry-run"}) ==
               "2 files would be ignored; nothing is changed\n");
    BOOST_TEST(run({"ignore", s.archive, "--state", "failed", "--dry-run", "--json"}) ==
               "{\"would_change\":3}\n");
    BOOST_TEST(ignored() == 0);
    BOOST_TEST(run({"ignore", s.archive, "--prefix", "17000/", "--state", "failed", "--reason",
                    "a broken crate"}) == "2 files are ignored\n");
    BOOST_TEST(ignored() == 2);
    BOOST_TEST(holds(run({"list", s.archive, "--state", "ignored"}), "\ta broken crate\n"));
    BOOST_TEST(run({"unignore", s.archive, "--all", "--dry-run"}) ==
               "2 files would be ignored no longer; nothing is changed\n");
    BOOST_TEST(run({"unignore", s.archive, "--prefix", "17000/smurf/", "--json"}) == "{\"changed\":1}\n");
    BOOST_TEST(run({"unignore", s.archive, "--all"}) == "1 file is ignored no longer\n");
    BOOST_TEST(ignored() == 0);

    BOOST_TEST(run({"retry", s.archive, "--all", "--dry-run"}) ==
               "3 files would be tried again; nothing is changed\n");
    BOOST_TEST(run({"retry", s.archive, "--prefix", "17000/", "--state", "failed", "--dry-run", "--json"}) ==
               "{\"would_retry\":2,\"removed_days\":0}\n");
    BOOST_TEST(run({"retry", s.archive, "--state", "failed", "--prefix", "17001/"}) ==
               "1 file will be tried again now\n");
    s.catalog().execute("INSERT INTO suprsync_removed_days VALUES ('" + s.archive + "', 17000, 1, 0, 0)");
    BOOST_TEST(holds(run({"retry", s.archive, "--prefix", "17000/", "--dry-run"}),
                     "2 files would be tried again, and 1 day that was removed at the destination"));
    BOOST_TEST(s.catalog().number("SELECT count(*) FROM supersync_v0 WHERE failed_copy_attempts = 5") == 2);
    for (const auto& [words, because] : std::vector<std::pair<tool::arguments, const char*>>{
             {{"ignore", s.archive, "1", "--prefix", "17000/"}, "--prefix goes with one archive, and no ids"},
             {{"ignore", s.archive, "--prefix", ""}, "--prefix: it is empty"},
             {{"ignore", s.archive, "--state", "deleted"},
              "--state: expected one of pending, retrying, failed"},
             {{"unignore", "1", "2", "--all"}, "--all goes with one archive"},
             {{"retry", s.archive, "1", "--state", "failed"}, "ids and --state exclude each other"},
             {{"retry", s.archive, "--state", "pending"}, "--state: expected failed or retrying"},
             {{"retry", s.archive, "--all", "--state", "failed"}, "--all and --state exclude each other"}}) {
        const auto said = s.t.run(words);
        BOOST_TEST(said.exit == exited_with(2), said.err);
        BOOST_TEST(holds(said.err, because), said.err);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
