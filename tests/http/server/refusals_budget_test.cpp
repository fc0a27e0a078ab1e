// The bodies of all requests together have a limit, and small ones always have room.
#include "http/server/refusals.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/http/running_server.hpp"

using namespace suprsync;
using namespace suprsync::testing;

BOOST_AUTO_TEST_SUITE(budget_of_bodies)

namespace {

constexpr std::size_t small = 65536;
constexpr std::size_t large = 300'000;

std::string padded(std::size_t size) {
    const auto file = good_file();
    return file + std::string(size - file.size(), ' ');
}

std::string chunked_begin(const std::string& piece) {
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
    return request("POST", "/files", "", "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n") +
           size + piece + "\r\n";
}

}  // namespace

BOOST_AUTO_TEST_CASE(all_shares_together_stay_below_the_limit) {
    body_budget budget(2 * large);
    body_budget::share one(budget);
    body_budget::share second(budget);
    body_budget::share third(budget);
    BOOST_TEST(one.grow_to(large));
    BOOST_TEST(second.grow_to(large - 1));
    BOOST_TEST(third.grow_to(small));
    BOOST_TEST(!third.grow_to(small + 1));
    BOOST_TEST(second.grow_to(large));
    BOOST_TEST(!second.grow_to(large + 1));
    one.give_back();
    one.give_back();
    BOOST_TEST(third.grow_to(large));
    BOOST_TEST(!one.grow_to(large));
    {
        const auto taken_by_another = [&budget] { return !body_budget::share(budget).grow_to(small + 1); };
        BOOST_TEST(taken_by_another());
    }
    second.give_back();
    {
        body_budget::share scoped(budget);
        BOOST_TEST(scoped.grow_to(large));
    }
    BOOST_TEST(one.grow_to(large));
}

BOOST_AUTO_TEST_CASE(a_large_body_too_many_is_answered_503_and_a_small_one_is_read) {
    auto options = on_any_port();
    options.limits.all_bodies_bytes = large;
    running_server http_server(options);
    auto& service = http_server.service();
    service.shut_gate();
    raw_client first(http_server.port());
    first.send(request("POST", "/files", padded(large)));
    service.wait_until_someone_waits();

    for (const auto& bytes :
         {request("POST", "/files", padded(small + 1)), chunked_begin(padded(small + 1))}) {
        const auto got = ask(http_server, bytes);
        BOOST_TEST(says(problem_of(got, 503).at("detail").as_string().c_str(),
                        "take 300000 bytes together; send this one again"));
        BOOST_TEST(got.headers.contains("retry-after"));
        BOOST_TEST(got.headers.at("connection") == "close");
    }
    raw_client little(http_server.port());
    little.send(request("POST", "/files", padded(small)));
    service.wait_until_someone_waits(2);
    service.open_gate();
    BOOST_TEST(first.receive().status == 201);
    BOOST_TEST(little.receive().status == 201);
    // Given back with the answer, not with the connection.
    BOOST_TEST(ask(http_server, request("POST", "/files", padded(large))).status == 201);
    BOOST_TEST(first.ask(request("POST", "/files", padded(large))).status == 201);
}

BOOST_AUTO_TEST_CASE(a_body_that_is_cut_gives_its_memory_back) {
    auto options = on_any_port();
    options.limits.all_bodies_bytes = large;
    running_server http_server(options);
    for (int i = 0; i < 3; ++i) {
        raw_client client(http_server.port());
        client.send(chunked_begin(padded(large)));
        client.end_sending();
        BOOST_TEST(client.closed());
    }
    BOOST_TEST(ask(http_server, request("POST", "/files", padded(large))).status == 201);
}

BOOST_AUTO_TEST_SUITE_END()
