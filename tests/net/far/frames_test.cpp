// Frames as bytes: what is written is read back, and what is cut, too long or made up is refused before
// memory is taken for it.
#include <boost/test/unit_test.hpp>
#include <string>

#include "net/far/frame.hpp"
#include "tests/support/net/frames.hpp"

using namespace suprsync;
using namespace suprsync::far;
using suprsync::test::frames_of;

BOOST_AUTO_TEST_SUITE(far_frames)

namespace {

std::string_view view(const std::array<char, head_bytes>& head) { return {head.data(), head.size()}; }

/// Adds the frames of a stream of bytes; what they make, as far as they are good.
std::vector<message> messages_in(std::string_view bytes, bool& broken) {
    message_builder builder;
    std::vector<message> messages;
    broken = false;
    while (!bytes.empty()) {
        const auto head = decode_head(bytes.substr(0, head_bytes));
        if (!head || bytes.size() < head_bytes + head->size) {
            broken = true;
            break;
        }
        auto whole = builder.add(*head, std::string(bytes.substr(head_bytes, head->size)));
        bytes.remove_prefix(head_bytes + head->size);
        if (whole) messages.push_back(std::move(*whole));
        broken = builder.broken();
        if (broken) break;
    }
    return messages;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_head_is_read_as_it_was_written) {
    for (unsigned what = 1; what <= last_kind; ++what)
        for (const bool is_answer : {false, true})
            for (const bool goes_on : {false, true})
                for (const std::uint32_t size : {1U, 255U, 256U, 1048576U}) {
                    const frame_head head{size, static_cast<kind>(what), is_answer, goes_on, 0xfedcba98U};
                    const auto read = decode_head(view(encode(head)));
                    BOOST_REQUIRE(read);
                    BOOST_TEST((*read == head));
                }
    for (const auto what : {kind::whole, kind::data}) {
        const frame_head packed{5, what, false, false, 1, true};
        const auto read = decode_head(view(encode(packed)));
        BOOST_REQUIRE(read);
        BOOST_TEST((*read == packed));
    }
}

BOOST_AUTO_TEST_CASE(only_a_whole_message_with_content_of_files_is_packed) {
    for (unsigned number = 1; number <= last_kind; ++number)
        for (const bool is_answer : {false, true})
            for (const bool goes_on : {false, true}) {
                const auto what = static_cast<kind>(number);
                const bool content = what == kind::whole || what == kind::data;
                const auto read = decode_head(view(encode({5, what, is_answer, goes_on, 1, true})));
                BOOST_TEST(read.has_value() == (content && !is_answer && !goes_on), number);
            }
}

BOOST_AUTO_TEST_CASE(what_is_no_head_is_refused) {
    const auto good = encode({5, kind::ping, false, false, 1});
    BOOST_TEST(decode_head(view(good)).has_value());
    for (std::size_t length = 0; length < head_bytes; ++length)
        BOOST_TEST(!decode_head(view(good).substr(0, length)));
    const auto with = [&](std::size_t at, int value) {
        auto head = good;
        head[at] = static_cast<char>(value);
        return decode_head(view(head)).has_value();
    };
    for (int what = 0; what < 256; ++what) {
        const int number = what & 127;
        BOOST_TEST(with(8, what) == (number >= 1 && number <= last_kind), what);
    }
    for (int flags = 0; flags < 256; ++flags) BOOST_TEST(with(9, flags) == (flags <= 1), flags);
    for (const std::size_t spare : {std::size_t{10}, std::size_t{11}})
        for (int value = 1; value < 256; ++value) BOOST_TEST(!with(spare, value));
    BOOST_TEST(!decode_head(view(encode({longest_frame + 1, kind::data, false, false, 1}))));
    BOOST_TEST(!decode_head(view(encode({0xffffffffU, kind::data, false, false, 1}))));
    BOOST_TEST(!decode_head(view(encode({0, kind::data, false, true, 1}))));
}

BOOST_AUTO_TEST_CASE(a_long_message_comes_in_frames_and_others_between_them) {
    const std::string text(longest_frame * 2 + 10, 'x');
    const auto frames = frames_of(kind::stat, true, 3, text);
    BOOST_TEST(frames.size() == text.size() + 3 * head_bytes);
    const auto other = frames_of(kind::ping, true, 4, "");
    bool broken = false;
    auto messages = messages_in(
        frames.substr(0, head_bytes + longest_frame) + other + frames.substr(head_bytes + longest_frame),
        broken);
    BOOST_TEST(!broken);
    BOOST_REQUIRE(messages.size() == 2U);
    BOOST_TEST((messages[0].what == kind::ping));
    BOOST_TEST(messages[1].bytes.size() == text.size());
    BOOST_TEST(messages[1].request == 3U);
    BOOST_TEST(messages[1].is_answer);
}

BOOST_AUTO_TEST_CASE(a_message_that_is_too_long_breaks_the_stream) {
    bool broken = false;
    BOOST_TEST(
        messages_in(frames_of(kind::stat, false, 1, std::string(longest_message, 'x')), broken).size() == 1U);
    BOOST_TEST(!broken);
    BOOST_TEST(
        messages_in(frames_of(kind::stat, false, 1, std::string(longest_message + 1, 'x')), broken).empty());
    BOOST_TEST(broken);
}

BOOST_AUTO_TEST_CASE(unfinished_messages_hold_no_more_together_than_one_may) {
    message_builder builder;
    const std::string part(longest_frame, 'x');
    std::size_t held = 0;
    for (std::uint32_t round = 0; !builder.broken() && round < 100; ++round)
        for (std::uint32_t request = 1; request <= most_unfinished && !builder.broken(); ++request) {
            builder.add({longest_frame, kind::stat, false, true, request}, part);
            if (!builder.broken()) held += part.size();
        }
    BOOST_TEST(builder.broken());
    BOOST_TEST(held <= longest_message);
    message_builder many;
    for (std::uint32_t request = 1; request <= most_unfinished; ++request)
        many.add({1, kind::stat, false, true, request}, "x");
    BOOST_TEST(!many.broken());
    many.add({1, kind::stat, false, true, 99}, "x");
    BOOST_TEST(many.broken());
}

BOOST_AUTO_TEST_SUITE_END()
