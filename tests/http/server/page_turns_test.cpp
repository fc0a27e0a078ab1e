// Few pages are made at a time, in the order in which they were asked for.
#include "http/server/page_turns.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <list>
#include <optional>

#include "tests/support/http/running_server.hpp"

namespace asio = boost::asio;
using namespace suprsync;
using namespace suprsync::testing;

BOOST_AUTO_TEST_SUITE(turns_for_pages)

namespace {

struct guest {
    std::optional<page_turns::turn> turn;
    bool goes_in() const { return turn && *turn; }
    bool turned_away() const { return turn && !*turn; }
};

struct turns_of_two {
    asio::io_context loop;
    page_turns turns{loop.get_executor(), 2, 1};
    std::list<guest> guests;

    guest& come() {
        auto& g = guests.emplace_back();
        asio::co_spawn(loop, turns.take(),
                       [&g](std::exception_ptr, page_turns::turn t) { g.turn.emplace(std::move(t)); });
        settle();
        return g;
    }
    void leave(guest& g) {
        g.turn.reset();
        settle();
    }
    void settle() {
        loop.restart();
        loop.poll();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(two_go_in_one_waits_and_the_next_is_turned_away, turns_of_two) {
    auto& first = come();
    auto& second = come();
    auto& third = come();
    auto& fourth = come();
    BOOST_TEST(first.goes_in());
    BOOST_TEST(second.goes_in());
    BOOST_TEST(!third.turn.has_value());
    BOOST_TEST(fourth.turned_away());
    leave(fourth);  // it had nothing to give back
    BOOST_TEST(!third.turn.has_value());
    leave(second);
    BOOST_TEST(third.goes_in());
    auto& fifth = come();
    BOOST_TEST(!fifth.turn.has_value());
    leave(first);
    leave(third);
    BOOST_TEST(fifth.goes_in());
    BOOST_TEST(come().goes_in());
}

BOOST_AUTO_TEST_CASE(a_page_too_many_is_answered_503_and_everything_else_goes_on) {
    auto options = on_any_port();
    options.limits.pages_waiting = 0;
    running_server http_server(options);
    http_server.service().shut_gate();
    raw_client first(http_server.port());
    raw_client second(http_server.port());
    first.send(request("GET", "/files"));
    second.send(request("GET", "/files?limit=1000"));
    http_server.service().wait_until_someone_waits(2);

    for (const auto* target : {"/files", "/timecodes?archive=smurf"}) {
        const auto got = ask(http_server, request("GET", target));
        BOOST_TEST(got.headers.at("connection") == "close");
        BOOST_TEST(says(problem_of(got, 503).at("detail").as_string().c_str(),
                        "2 requests for pages are being answered and 0 wait already"));
        BOOST_TEST(got.headers.contains("retry-after"));
    }
    BOOST_TEST(ask(http_server, request("GET", "/status")).status == 200);
    BOOST_TEST(ask(http_server, request("GET", "/files/7")).status == 404);

    http_server.service().open_gate();
    BOOST_TEST(first.receive().status == 200);
    BOOST_TEST(second.receive().status == 200);
    BOOST_TEST(ask(http_server, request("GET", "/files")).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
