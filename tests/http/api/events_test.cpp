// Server-sent events, over real sockets.
#include "http/api/events_endpoint.hpp"

#include <boost/test/unit_test.hpp>
#include <deque>

#include "tests/support/http/running_server.hpp"
#include "tests/support/waiting.hpp"

using namespace suprsync;
using namespace suprsync::testing;
using std::chrono::milliseconds;
using suprsync::test::wait_until;

BOOST_AUTO_TEST_SUITE(http_events)

namespace {

file_event about(file_event::kind what, file_id id) {
    file_event e;
    e.what = what;
    e.archive = "smurf";
    e.id = id;
    e.local_path = "/data/" + std::to_string(id);
    e.remote_path = "17000/" + std::to_string(id);
    return e;
}

void publish(running_server& http_server, file_id first, file_id last) {
    http_server.on_loop([&] {
        for (auto id = first; id <= last; ++id)
            http_server.service().events().publish(about(file_event::kind::verified, id));
    });
}

std::uint64_t newest(running_server& http_server) {
    std::uint64_t id = 0;
    http_server.on_loop([&] { id = http_server.service().events().newest(); });
    return id;
}

// A reader whose stream has begun.
class reader : public raw_client {
  public:
    explicit reader(running_server& http_server, const std::string& headers = {})
        : raw_client(http_server.port()) {
        const auto got = ask(request("GET", "/events", "", headers));
        BOOST_TEST(got.status == 200);
        BOOST_TEST(got.headers.at("content-type") == "text/event-stream");
        BOOST_TEST(got.headers.at("connection") == "close");
        BOOST_TEST(!got.headers.contains("content-length"));
        until("retry: 2000\n\n");
    }
    reader(running_server& http_server, std::uint64_t last_seen)
        : reader(http_server, "Last-Event-ID: " + std::to_string(last_seen) + "\r\n") {}

    std::string block() { return until("\n\n"); }
};

std::string metric(running_server& http_server, const std::string& name) {
    const auto body = ask(http_server, request("GET", "/metrics")).body;
    const auto at = body.find("\n" + name + " ") + name.size() + 2;
    return body.substr(at, body.find('\n', at) - at);
}

void await_no_reader(running_server& http_server) {
    wait_until("the stream to end",
               [&] { return metric(http_server, "suprsync_http_event_streams") == "0"; });
}

}  // namespace

BOOST_AUTO_TEST_CASE(events_come_as_they_happen) {
    running_server http_server;
    reader client(http_server);
    publish(http_server, 7, 7);
    const auto id = newest(http_server);
    const auto block = client.block();
    BOOST_TEST(block.starts_with("id: " + std::to_string(id) + "\nevent: verified\ndata: {\"at\":"));
    BOOST_TEST(block.ends_with(R"("archive":"smurf","id":7,"local_path":"/data/7","remote_path":"17000/7"}

)"));
    publish(http_server, 8, 9);
    BOOST_TEST(client.block().find("\"id\":8,") != std::string::npos);
    BOOST_TEST(client.block().find("\"id\":9,") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_reader_gets_every_event_in_order) {
    running_server http_server;
    std::deque<reader> readers;
    for (int i = 0; i < 5; ++i) readers.emplace_back(http_server);
    const auto before = newest(http_server);
    publish(http_server, 1, 1000);
    for (auto& client : readers)
        for (std::uint64_t id = before + 1; id <= before + 1000; ++id)
            BOOST_REQUIRE(client.block().starts_with("id: " + std::to_string(id) + "\n"));
}

BOOST_AUTO_TEST_CASE(a_reader_goes_on_after_the_last_event_that_it_has_seen) {
    running_server http_server;
    publish(http_server, 1, 5);
    reader client(http_server, newest(http_server) - 2);
    BOOST_TEST(client.block().find("\"id\":4,") != std::string::npos);
    BOOST_TEST(client.block().find("\"id\":5,") != std::string::npos);
    publish(http_server, 6, 6);
    BOOST_TEST(client.block().find("\"id\":6,") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_no_longer_kept_is_said) {
    running_server http_server({}, 3);
    const auto before = newest(http_server);
    publish(http_server, 1, 5);
    for (const std::uint64_t seen : {before, std::uint64_t{1}, newest(http_server) + 1'000'000}) {
        reader client(http_server, seen);
        BOOST_TEST(client.block() ==
                   ": events before " + std::to_string(before + 3) + " are no longer kept\n\n");
        BOOST_TEST(client.block().find("\"id\":3,") != std::string::npos);
    }
    // An idle reader that a burst overtakes has done nothing wrong.
    reader idle(http_server);
    publish(http_server, 6, 20);
    BOOST_TEST(idle.block().starts_with(": events before"));
    BOOST_TEST(idle.block().find("\"id\":18,") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(silence_is_broken_by_comments_and_the_stream_stays_open) {
    auto options = on_any_port();
    options.limits.keepalive_time = milliseconds(150);
    // None of these is for a stream.
    options.limits.idle_time = options.limits.answer_time = milliseconds(50);
    running_server http_server(options);
    reader client(http_server);
    for (int i = 0; i < 3; ++i) BOOST_TEST(client.block() == ":\n\n");
    publish(http_server, 1, 1);
    client.until("event: verified\n");
}

BOOST_AUTO_TEST_CASE(a_reader_that_does_not_read_is_dropped_and_delays_nobody) {
    auto options = on_any_port();
    options.limits.event_time = milliseconds(2000);
    running_server http_server(options);
    reader deaf(http_server);
    reader awake(http_server);
    // Far more than the buffers of a connection hold.
    const std::string long_path(1'000'000, 'x');
    http_server.on_loop([&] {
        for (file_id id = 1; id <= 40; ++id) {
            auto e = about(file_event::kind::failed, id);
            e.reason = long_path;
            http_server.service().events().publish(std::move(e));
        }
    });
    for (file_id id = 1; id <= 40; ++id)
        BOOST_REQUIRE(awake.block().find("\"id\":" + std::to_string(id) + ",") != std::string::npos);
    wait_until("the deaf reader to be dropped",
               [&] { return metric(http_server, "suprsync_http_event_streams") == "1"; });
    publish(http_server, 41, 41);
    BOOST_TEST(awake.block().find("\"id\":41,") != std::string::npos);
    BOOST_TEST(deaf.rest().find("\"id\":41,") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_reader_that_is_too_slow_is_dropped) {
    running_server http_server({}, 50);
    reader slow(http_server);
    const auto before = newest(http_server);
    http_server.on_loop([&] {
        for (file_id id = 1; id <= 50; ++id) {
            auto e = about(file_event::kind::failed, id);
            e.reason = std::string(500'000, 'x');
            http_server.service().events().publish(std::move(e));
        }
    });
    slow.until("id: " + std::to_string(before + 1) + "\n");
    publish(http_server, 51, 101);
    BOOST_TEST(slow.rest().find("id: " + std::to_string(before + 101) + "\n") == std::string::npos);
    await_no_reader(http_server);
    // It comes back and goes on with what is there.
    reader again(http_server, before + 1);
    BOOST_TEST(again.block().starts_with(": events before"));
}

BOOST_AUTO_TEST_CASE(a_reader_that_left_is_noticed_at_once) {
    running_server http_server;
    {
        reader gone(http_server);
    }
    await_no_reader(http_server);
    reader half(http_server);
    half.end_sending();
    BOOST_TEST(half.closed());
    await_no_reader(http_server);
}

BOOST_AUTO_TEST_CASE(stopping_ends_streams_at_once) {
    running_server http_server;
    reader client(http_server);
    http_server.stop(milliseconds(60'000));
    BOOST_TEST(client.closed());
    http_server.join();
}

BOOST_AUTO_TEST_CASE(bad_requests_for_events_are_refused) {
    running_server http_server;
    for (const std::string id : {"x", "-1", "1.5", "99999999999999999999999", "1 2"}) {
        const auto got = ask(http_server, request("GET", "/events", "", "Last-Event-ID: " + id + "\r\n"));
        BOOST_TEST(got.status == 400, id);
        BOOST_TEST(got.body.find("Last-Event-ID") != std::string::npos);
    }
    BOOST_TEST(ask(http_server, request("GET", "/events?archive=smurf")).status == 400);
    raw_client client(http_server.port());
    const auto head = client.ask(request("HEAD", "/events"), true);
    BOOST_TEST(head.status == 200);
    BOOST_TEST(head.headers.at("content-type") == "text/event-stream");
    client.end_sending();
    BOOST_TEST(client.closed());
}

BOOST_AUTO_TEST_CASE(event_of_a_file_has_its_text) {
    const auto text = [](file_event e) { return event_text({9, 1.5, std::move(e)}); };
    const std::string about_3 = R"("archive":"smurf","id":3,"local_path":"/data/3","remote_path":"17000/3")";
    BOOST_TEST(text(about(file_event::kind::registered, 3)) ==
               "id: 9\nevent: registered\ndata: {\"at\":1.5," + about_3 + ",\"count\":1}\n\n");
    BOOST_TEST(text(about(file_event::kind::copied, 3)) ==
               "id: 9\nevent: copied\ndata: {\"at\":1.5," + about_3 + "}\n\n");
    auto with_bytes = about(file_event::kind::verified, 3);
    with_bytes.bytes = 12;
    BOOST_TEST(text(with_bytes) ==
               "id: 9\nevent: verified\ndata: {\"at\":1.5," + about_3 + ",\"bytes\":12}\n\n");
    auto missing = about(file_event::kind::deleted, 3);
    missing.reason = "gone";
    BOOST_TEST(text(missing) ==
               "id: 9\nevent: deleted\ndata: {\"at\":1.5," + about_3 + ",\"reason\":\"gone\"}\n\n");

    auto failed = about(file_event::kind::failed, 3);
    failed.bytes = 12;
    failed.reason = "line one\nline \"two\"";
    failed.attempts = 5;
    failed.given_up = true;
    const auto failed_text = [&](const std::string& state) {
        return "id: 9\nevent: failed\ndata: {\"at\":1.5," + about_3 +
               R"(,"bytes":12,"attempts":5,"state":")" + state + R"(","reason":"line one\nline \"two\""})" +
               "\n\n";
    };
    BOOST_TEST(text(failed) == failed_text("failed"));
    failed.given_up = false;
    BOOST_TEST(text(failed) == failed_text("retrying"));
}

BOOST_AUTO_TEST_CASE(event_of_rows_that_another_program_inserted_has_its_text) {
    BOOST_TEST(event_text({10, 1.5, registrations_event{"smurf", 17}}) ==
               "id: 10\nevent: registered\ndata: {\"at\":1.5,\"archive\":\"smurf\",\"count\":17}\n\n");
}

BOOST_AUTO_TEST_CASE(event_of_a_finalized_directory_has_its_text) {
    finalized_event day{"smurf", 17000, 2, 40, {}};
    day.file.id = 7;
    day.file.local_path = "/root/b.yaml";
    day.file.remote_path = "17001/suprsync/a/b.yaml";
    BOOST_TEST(event_text({11, 1.5, day}) ==
               R"(id: 11
event: finalized
data: {"at":1.5,"archive":"smurf","timecode":17000,"revision":2,"num_files":40,"id":7,"local_path":"/root/b.yaml","remote_path":"17001/suprsync/a/b.yaml"}

)");
}

BOOST_AUTO_TEST_CASE(event_of_a_condition_has_its_text) {
    const condition held{"paused", "smurf", "by request", 1.0, 3};
    const auto expected = [](const std::string& state) {
        return R"(id: 12
event: condition
data: {"at":1.5,"archive":"smurf","kind":"paused","state":")" +
               state + R"(","message":"by request","since":1.0,"count":3})" + "\n\n";
    };
    BOOST_TEST(event_text({12, 1.5, condition_event{held, true}}) == expected("begins"));
    BOOST_TEST(event_text({12, 1.5, condition_event{held, false}}) == expected("over"));
}

BOOST_AUTO_TEST_SUITE_END()
