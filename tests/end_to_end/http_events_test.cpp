// Events of the real program, read by the real curl.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <sstream>

#include "tests/end_to_end/site.hpp"
#include "tests/support/curl.hpp"

namespace fs = std::filesystem;
namespace json = boost::json;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(http_events)

namespace {

struct told {
    std::uint64_t id = 0;
    std::string name;
    json::object data;
};

struct listening_site : site {
    int readers = 0;

    // curl, which has begun to read.
    std::unique_ptr<daemon_process> listen(const std::string& last_event_id = "") {
        std::vector<std::string> command = {curl_program,    "--silent",       "--no-buffer",
                                            "--unix-socket", scratch / "http", "http://localhost/events"};
        if (!last_event_id.empty()) {
            command.push_back("--header");
            command.push_back("Last-Event-ID: " + last_event_id);
        }
        auto reader = std::make_unique<daemon_process>(command, environment,
                                                       scratch / ("events-" + std::to_string(readers++)));
        reader->await_line("retry:");
        return reader;
    }

    static std::vector<told> events(const daemon_process& reader) {
        std::vector<told> all;
        std::istringstream in(reader.log());
        told next;
        for (std::string line; std::getline(in, line);) {
            if (line.starts_with("id: ")) next.id = std::stoull(line.substr(4));
            if (line.starts_with("event: ")) next.name = line.substr(7);
            if (!line.starts_with("data: ") || in.eof()) continue;
            next.data = json::parse(line.substr(6)).as_object();
            all.push_back(next);
        }
        return all;
    }

    static told await_event(const daemon_process& reader, const std::string& name, std::int64_t id = 0) {
        told found;
        wait_until("event " + name + " of " + std::to_string(id), [&] {
            for (const auto& e : events(reader))
                if (e.name == name && (id == 0 || (e.data.contains("id") && e.data.at("id") == id))) {
                    found = e;
                    return true;
                }
            return false;
        });
        return found;
    }

    std::int64_t post_file(const std::string& name, const std::string& remote_path) {
        const auto row = make_file(name, remote_path, "content of " + name);
        const auto answer = http().post("/files", json::object{{"local_path", row.local_path},
                                                               {"remote_path", remote_path},
                                                               {"archive_name", archive}});
        BOOST_REQUIRE_MESSAGE(answer.status == 201, answer.body);
        return answer.json().at("id").as_int64();
    }

    std::string metric(const std::string& name) {
        const auto body = http().get("/metrics").body;
        const auto at = body.find("\n" + name + " ") + name.size() + 2;
        return body.substr(at, body.find('\n', at) - at);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_files_life_is_told, listening_site) {
    options["--delete-local-after"] = "0.001";
    catalog();
    start();
    const auto reader = listen();
    const auto id = post_file("a", "17000/hk/a");
    std::uint64_t last = 0;
    for (const auto* name : {"registered", "copied", "verified", "deleted"}) {
        const auto e = await_event(*reader, name, id);
        BOOST_TEST(e.id > last);
        last = e.id;
        BOOST_TEST(e.data.at("archive").as_string() == archive);
        BOOST_TEST(e.data.at("remote_path").as_string() == "17000/hk/a");
        BOOST_TEST(e.data.at("local_path").as_string() == (data / "a").string());
    }
    const auto day = await_event(*reader, "finalized");
    BOOST_TEST(day.data.at("timecode").as_int64() == 17000);
    BOOST_TEST(day.data.at("num_files").as_int64() == 1);
    await_event(*reader, "verified", day.data.at("id").as_int64());
    // Ids are consecutive: nothing was left out.
    const auto all = events(*reader);
    for (std::size_t i = 1; i < all.size(); ++i) BOOST_TEST(all[i].id == all[i - 1].id + 1);
}

BOOST_FIXTURE_TEST_CASE(failures_conditions_and_the_rows_of_others_are_told, listening_site) {
    options["--max-copy-attempts"] = "1";
    catalog();
    start();
    const auto reader = listen();
    auto rows = std::vector{make_file("a", "17000/a", "x"), make_file("b", "17000/b", "y")};
    fs::remove(rows[0].local_path);
    const auto ids = catalog().insert(rows);
    const auto registered = await_event(*reader, "registered");
    BOOST_TEST(registered.data.at("count").as_int64() == 2);
    BOOST_TEST(!registered.data.contains("id"));
    const auto failed = await_event(*reader, "failed", ids[0]);
    BOOST_TEST(failed.data.at("state").as_string() == "failed");
    BOOST_TEST(failed.data.at("attempts").as_int64() == 1);
    BOOST_TEST(std::string(failed.data.at("reason").as_string()).find("No such file") != std::string::npos);
    await_event(*reader, "verified", ids[1]);
    wait_until("the condition to be told", [&] {
        for (const auto& e : events(*reader))
            if (e.name == "condition" && e.data.at("kind") == "files_failed")
                return e.data.at("state") == "begins";
        return false;
    });
}

BOOST_FIXTURE_TEST_CASE(a_reader_comes_back_and_has_missed_nothing, listening_site) {
    catalog();
    start();
    auto reader = listen();
    const auto first = post_file("a", "17000/hk/a");
    const auto seen = await_event(*reader, "verified", first);
    reader.reset();
    const auto second = post_file("b", "17000/hk/b");
    await_verified(second);
    reader = listen(std::to_string(seen.id));
    await_event(*reader, "verified", second);
    BOOST_TEST(events(*reader).front().id == seen.id + 1);
    // Also over a restart of the daemon, whose ids are larger; what was in between is gone, and said to be.
    const auto last = events(*reader).back().id;
    stop();
    start();
    const auto third = post_file("c", "17000/hk/c");
    reader = listen(std::to_string(last));
    await_event(*reader, "verified", third);
    BOOST_TEST(events(*reader).front().id > last);
    BOOST_TEST(reader->lines_with("are no longer kept") == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_reader_that_does_not_read_is_dropped_and_delays_nothing, listening_site) {
    options["--max-copy-attempts"] = "1";
    catalog();
    start();
    const auto deaf = listen();
    const auto reader = listen();
    deaf->signal(SIGSTOP);
    // Each of these files is missing: more events than the socket of a stopped reader takes.
    std::vector<catalog_row> rows;
    for (int i = 0; i < 5000; ++i) {
        catalog_row row;
        row.local_path = (data / (std::string(200, 'x') + std::to_string(i))).string();
        row.archive_name = archive;
        row.remote_path = "17000/" + std::string(100, 'y') + std::to_string(i);
        row.timestamp = now();
        rows.push_back(row);
    }
    const auto ids = catalog().insert(rows);
    await_event(*reader, "failed", ids.back());
    const auto id = post_file("a", "17000/hk/a");
    await_event(*reader, "verified", id);
    wait_until("the deaf reader to be dropped", [&] { return metric("suprsync_http_event_streams") == "1"; });
    deaf->signal(SIGCONT);
    deaf->wait();
    BOOST_TEST(deaf->lines_with("\"id\":" + std::to_string(id) + ",") == 0U);
    BOOST_TEST(http().get("/healthz").status == 200);
}

BOOST_FIXTURE_TEST_CASE(streams_end_with_the_daemon, listening_site) {
    catalog();
    start();
    const auto reader = listen();
    stop();
    reader->wait();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
