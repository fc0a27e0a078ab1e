// Content that is packed for its way: it comes out as it was, and what lies about its length, is damaged or
// cut short is refused with the reason, before memory is taken for it.
#include "net/far/packing.hpp"

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <string>

#include "net/far/channel.hpp"
#include "tests/support/files.hpp"

using namespace suprsync;
using namespace suprsync::far;
using suprsync::test::random_content;

BOOST_AUTO_TEST_SUITE(far_packing)

namespace {

// Of a length that takes four bytes behind the head (RFC 8878, 3.1.1).
constexpr std::string_view head_with_length{"\x28\xb5\x2f\xfd\xa0", 5};
constexpr std::string_view head_without_length{"\x28\xb5\x2f\xfd\x00\x58", 6};

std::string text_of(std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += "line " + std::to_string(text.size() % 977) + "\n";
    text.resize(bytes);
    return text;
}

std::string packed_text(std::size_t bytes) {
    auto packed = pack(text_of(bytes));
    BOOST_REQUIRE(packed);
    return *packed;
}

std::string with_length(std::string packed, std::uint32_t length) {
    BOOST_REQUIRE(packed.starts_with(head_with_length));
    for (std::size_t i = 0; i < 4; ++i)
        packed[head_with_length.size() + i] =
            static_cast<char>(static_cast<unsigned char>(length >> (8 * i)));
    return packed;
}

/// Why it cannot be unpacked; empty where it can.
std::string refusal_of(std::string_view packed) {
    std::string why;
    const auto message = unpack(packed, why);
    BOOST_TEST(message.has_value() == why.empty());
    return why;
}

bool says(const std::string& why, std::string_view words) { return why.find(words) != std::string::npos; }

struct pipe_ends {
    pipe_ends() { BOOST_REQUIRE(::pipe(ends) == 0); }
    ~pipe_ends() {
        ::close(ends[0]);
        ::close(ends[1]);
    }
    int ends[2] = {-1, -1};
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_packed_is_unpacked_as_it_was) {
    for (const std::size_t bytes :
         {std::size_t{100}, std::size_t{5'000}, std::size_t{200'000}, longest_frame}) {
        const auto text = text_of(bytes);
        const auto packed = pack(text);
        BOOST_REQUIRE(packed);
        BOOST_TEST(packed->size() < bytes);
        std::string why;
        BOOST_TEST((unpack(*packed, why) == text), why);
    }
}

BOOST_AUTO_TEST_CASE(what_would_not_become_smaller_is_not_packed) {
    BOOST_TEST(!pack(""));
    BOOST_TEST(!pack("a"));
    for (const std::size_t bytes : {std::size_t{100}, std::size_t{200'000}, longest_frame})
        BOOST_TEST(!pack(random_content(bytes, 1)));
}

BOOST_AUTO_TEST_CASE(more_than_a_frame_holds_is_not_packed) { BOOST_TEST(!pack(text_of(longest_frame + 1))); }

BOOST_AUTO_TEST_CASE(a_length_that_is_a_lie_is_refused) {
    const auto packed = packed_text(200'000);
    BOOST_TEST(refusal_of(with_length(packed, 200'000)).empty());
    for (const std::uint32_t length : {0U, 1U, 199'999U, 200'001U, 1'048'576U})
        BOOST_TEST(says(refusal_of(with_length(packed, length)), "cannot be unpacked"), length);
}

BOOST_AUTO_TEST_CASE(more_than_a_frame_holds_is_refused_by_what_it_says) {
    const auto packed = packed_text(200'000);
    for (const std::uint32_t length : {1'048'577U, 0x7fffffffU, 0xffffffffU})
        BOOST_TEST(refusal_of(with_length(packed, length)) ==
                   "a packed frame says that it holds " + std::to_string(length) +
                       " bytes, and none may hold more than 1048576");
}

BOOST_AUTO_TEST_CASE(what_says_nothing_of_its_length_is_refused) {
    const std::string an_empty_last_block{"\x01\x00\x00", 3};
    BOOST_TEST(refusal_of(std::string(head_without_length) + an_empty_last_block) ==
               "a packed frame does not say how much it holds");
}

BOOST_AUTO_TEST_CASE(what_is_cut_short_or_longer_is_refused) {
    const auto packed = packed_text(5'000);
    for (std::size_t length = 0; length < packed.size(); ++length)
        BOOST_TEST(!refusal_of(std::string_view(packed).substr(0, length)).empty(), length);
    BOOST_TEST(!refusal_of(packed + "x").empty());
    BOOST_TEST(!refusal_of(packed + packed).empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_packed_is_refused) {
    BOOST_TEST(refusal_of("This is no zstd") == "what a packed frame holds was not packed by zstd");
    BOOST_TEST(refusal_of("") == "what a packed frame holds was not packed by zstd");
}

BOOST_AUTO_TEST_CASE(what_is_damaged_holds_no_more_than_it_says) {
    const auto packed = packed_text(5'000);
    for (std::size_t at = 0; at < packed.size(); ++at)
        for (const int bit : {1, 16, 128}) {
            auto damaged = packed;
            damaged[at] = static_cast<char>(damaged[at] ^ bit);
            std::string why;
            const auto message = unpack(damaged, why);
            BOOST_TEST((message ? message->size() <= longest_frame : !why.empty()));
        }
}

BOOST_AUTO_TEST_CASE(a_reader_gives_what_was_packed) {
    const pipe_ends link;
    const auto text = text_of(200'000);
    message_writer(link.ends[1]).write(kind::data, false, 7, packed_text(200'000), true);
    message_reader reader(link.ends[0]);
    const auto read = reader.read();
    BOOST_REQUIRE(read);
    BOOST_TEST((read->bytes == text));
    BOOST_TEST((read->what == kind::data));
    BOOST_TEST(read->request == 7U);
}

BOOST_AUTO_TEST_CASE(a_reader_ends_at_what_lies_and_says_why) {
    const pipe_ends link;
    message_writer(link.ends[1])
        .write(kind::whole, false, 7, with_length(packed_text(200'000), 0xffffffffU), true);
    message_reader reader(link.ends[0]);
    BOOST_TEST(!reader.read().has_value());
    BOOST_TEST(says(reader.why(), "none may hold more than 1048576"), reader.why());
}

BOOST_AUTO_TEST_SUITE_END()
