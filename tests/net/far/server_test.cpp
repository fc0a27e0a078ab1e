// What a far side says to messages that come at the wrong time.
#include "net/far/server.hpp"

#include <sys/socket.h>

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <thread>

#include "engine/files/open_descriptor.hpp"
#include "net/far/channel.hpp"
#include "net/far/messages.hpp"

using namespace suprsync;
using namespace suprsync::far;

BOOST_AUTO_TEST_SUITE(far_side_server)

namespace {

/// One that has been greeted, in a thread of its own.
struct greeted_server {
    int ends[2] = {-1, -1};
    open_descriptor ours, theirs;
    std::string why;
    std::thread thread;
    std::optional<message_writer> writer;
    std::optional<message_reader> reader;

    greeted_server() {
        BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        ours = open_descriptor(ends[0]);
        theirs = open_descriptor(ends[1]);
        thread = std::thread([this] {
            why = serve_far_side(ends[1], ends[1], "of the tests");
            ::shutdown(ends[1], SHUT_RDWR);
        });
        writer.emplace(ends[0]);
        reader.emplace(ends[0]);
        writer->write_raw(greeting);
        writer->write(kind::hello, false, 0, encode(hello{}).value());
        BOOST_TEST(reader->read_raw(greeting.size()) == greeting);
        BOOST_TEST((reader->read().value().what == kind::hello));
    }
    ~greeted_server() { ended(); }
    std::string ended() {
        ::shutdown(ends[0], SHUT_RDWR);
        if (thread.joinable()) thread.join();
        return why;
    }
};

}  // namespace

// A time limit ends a batch while more of it is on its way.
BOOST_AUTO_TEST_CASE(what_comes_of_a_batch_that_has_ended_is_dropped_and_nothing_else_ends) {
    greeted_server server;
    const auto head = encode_range_head({7, 0, 0, {}});
    server.writer->write(kind::data, false, 7, head + "content");
    server.writer->write(kind::finish, false, 1, encode(item_question{7, 0}).value());
    server.writer->write(kind::open, false, 2, encode(open_question{7, 0, {"17000/a", 1, 0, 0644}}).value());
    server.writer->write(kind::ping, false, 3, {});
    const auto opened = server.reader->read().value();
    BOOST_TEST(opened.request == 2U);
    open_answer answer;
    BOOST_REQUIRE(decode(opened.bytes, answer));
    BOOST_TEST(answer.error.has_value());
    const auto next = server.reader->read().value();
    BOOST_TEST((next.what == kind::ping && next.is_answer));
    BOOST_TEST(server.ended() == "");
}

BOOST_AUTO_TEST_CASE(a_message_that_is_none_ends_it) {
    greeted_server server;
    server.writer->write(kind::data, false, 7, "no");
    server.thread.join();
    BOOST_TEST(server.why == "a message came that is none");
}

BOOST_AUTO_TEST_SUITE_END()
