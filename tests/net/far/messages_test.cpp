// Messages as bytes: what is written is read back, and what is cut, too long or made up is refused before
// memory is taken for it.
#include "net/far/messages.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace suprsync;
using namespace suprsync::far;

BOOST_AUTO_TEST_SUITE(far_messages)

namespace {

template <class M>
M there_and_back(const M& m) {
    const auto bytes = encode(m);
    BOOST_REQUIRE(bytes);
    M read{};
    BOOST_REQUIRE(decode(*bytes, read));
    // Nothing that is shorter or longer is the same message.
    for (std::size_t length = 0; length < bytes->size(); ++length) {
        M cut{};
        BOOST_TEST(!decode(std::string_view(*bytes).substr(0, length), cut), length << " bytes were enough");
    }
    M longer{};
    BOOST_TEST(!decode(*bytes + '\0', longer));
    BOOST_TEST((encode(read) == bytes));
    return read;
}

publish_item item_of(const std::string& path) {
    publish_item item;
    item.id = 7;
    item.remote_path = path;
    item.md5 = "0cc175b9c0f1b6a831c399e269772661";
    item.size = 10;
    item.local.changed_ns = -5;
    return item;
}

}  // namespace

BOOST_AUTO_TEST_CASE(questions_are_read_as_they_were_written) {
    const auto h = there_and_back(hello{1, 2, 1, "suprsync 1.2.3", 90});
    BOOST_TEST(h.program == "suprsync 1.2.3");
    BOOST_TEST(h.silence_limit == 90U);

    prepare_question p;
    p.place.base = "/b\xff a";
    p.place.chmod = "g+rwX";
    p.place.follow_links = true;
    p.request.catalog_uuid = "u";
    p.request.expected = base_identity{"abc", 5};
    p.request.slots_in_use = {0, 3};
    const auto q = there_and_back(p);
    BOOST_TEST(q.place.base == p.place.base);
    BOOST_TEST((q.request.expected == p.request.expected));
    BOOST_TEST(q.request.slots_in_use == p.request.slots_in_use, boost::test_tools::per_element());

    BOOST_TEST(there_and_back(begin_question{5}).slot == 5);
    const auto o = there_and_back(open_question{9, 2, {"a\nb", 5, -1, 0644}});
    BOOST_TEST(o.file.path == "a\nb");
    BOOST_TEST(o.file.mtime_ns == -1);
    BOOST_TEST(there_and_back(sums_question{1, 2, least_block}).block == least_block);
    sums_question tiny;
    BOOST_TEST(!decode(encode(sums_question{1, 2, least_block - 1}).value(), tiny));
    BOOST_TEST(there_and_back(item_question{1, 2}).item == 2U);

    digest_request d;
    d.slot = 3;
    d.remote_paths = {"a", "", "-rf"};
    d.bytes = 1ULL << 40;
    const auto digests = there_and_back(d);
    BOOST_TEST(digests.remote_paths == d.remote_paths, boost::test_tools::per_element());
    BOOST_TEST(digests.bytes == d.bytes);

    publish_question u{4, {item_of("x/y"), item_of("z")}};
    u.items[1].supersedes_md5 = "92eb5ffee6ae2fec3ad71c777531578f";
    const auto published = there_and_back(u);
    BOOST_TEST(published.items[1].supersedes_md5.value_or("") == "92eb5ffee6ae2fec3ad71c777531578f");
    BOOST_TEST(published.items[0].local.changed_ns == -5);

    stat_request s;
    s.remote_paths = {"a"};
    s.sync_first = true;
    s.synced_below = "17000";
    BOOST_TEST(there_and_back(s).synced_below == "17000");
    BOOST_TEST(there_and_back(std::vector<staged_file>{{1, "a", 2}}).front().size == 2U);
}

BOOST_AUTO_TEST_CASE(answers_are_read_as_they_were_written) {
    destination_facts f;
    f.base = "/b";
    f.identity = {"ff", 9};
    f.staging = "/b/.suprsync/u/a";
    f.staged = {{0, "a/b", 5}};
    f.locked_slots = {2};
    f.clock = 1.5e9;
    f.place = directory_place{"boot", "254:0", "/b"};
    const auto facts = there_and_back(result<destination_facts>(f));
    BOOST_REQUIRE(facts);
    BOOST_TEST(facts->clock.value_or(0) == 1.5e9);
    BOOST_TEST((facts->place == f.place));
    const auto refused =
        there_and_back(result<destination_facts>(failure{failure_code::base_missing, "a", "b", "c"}));
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error() == failure{failure_code::base_missing, "a", "b", "c"}));

    const auto missing = there_and_back(open_answer{std::nullopt, {{0, 5}, {10, 1ULL << 40}}});
    BOOST_TEST((missing.missing == std::vector<byte_range>{{0, 5}, {10, 1ULL << 40}}));
    batch_answer b;
    b.complaints = {{3, {failure_code::io, "o", "s", "d"}}};
    BOOST_TEST(there_and_back(b).complaints.front().why.detail == "d");

    digest_report d;
    d.end.exit_class = "0";
    d.md5 = {"0cc175b9c0f1b6a831c399e269772661", std::nullopt};
    d.complaints = {std::nullopt, "Permission denied"};
    d.objects = {remote_object{true, 1, 2, -3, 4}, std::nullopt};
    d.sources = {read_source::disk, read_source::unknown};
    const auto digests = there_and_back(d);
    BOOST_TEST(digests.objects[0]->changed_ns == -3);
    BOOST_TEST((digests.sources == d.sources));

    publish_report p;
    p.end = {failure{failure_code::stopped, "", "", ""}, "stopped"};
    p.outcomes = {publish_outcome::published, publish_outcome::unverified};
    p.details = {"", "why"};
    BOOST_TEST((there_and_back(p).outcomes == p.outcomes));

    stat_report s;
    s.sync_failed = true;
    s.answers.resize(2);
    s.answers[0].answered = true;
    s.answers[0].size = 5;
    s.answers[1].listed_as = "IV.dat";
    const auto stats = there_and_back(s);
    BOOST_TEST(stats.answers[0].size.value_or(0) == 5U);
    BOOST_TEST(stats.answers[1].listed_as.value_or("") == "IV.dat");
    BOOST_TEST(there_and_back(result<disk_space>(disk_space{1, 2, 3, 4}))->inodes_total == 4U);
    BOOST_TEST(there_and_back(result<void>()).has_value());
    const result<std::vector<std::string>> sums =
        std::vector<std::string>{"0cc175b9c0f1b6a831c399e269772661"};
    BOOST_TEST(there_and_back(sums)->size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_code_that_a_newer_program_has_is_any_error) {
    auto bytes = encode(result<void>(failure{failure_code::io, "a", "b", "c"})).value();
    bytes[1] = static_cast<char>(200);
    result<void> read;
    BOOST_REQUIRE(decode(bytes, read));
    BOOST_REQUIRE(!read);
    BOOST_TEST((read.error().code == failure_code::io));
}

BOOST_AUTO_TEST_CASE(what_is_longer_than_allowed_is_not_written_and_not_read) {
    digest_request d;
    d.remote_paths = {std::string(longest_path, 'x')};
    BOOST_TEST(encode(d).has_value());
    d.remote_paths = {std::string(longest_path + 1, 'x')};
    BOOST_TEST(!encode(d));
    d.remote_paths.assign(most_items + 1, "x");
    BOOST_TEST(!encode(d));
    d.remote_paths.assign(4000, std::string(longest_path, 'x'));
    BOOST_TEST(!encode(d));
    // What people read is cut instead.
    const auto cut =
        there_and_back(result<void>(failure{failure_code::io, "a", "b", std::string(8300, 'x')}));
    BOOST_TEST(cut.error().detail.size() < 8300U);
    // A count that the rest cannot hold takes no memory.
    wire_writer w;
    w.flag(false);
    w.number(std::uint32_t{60'000});
    digest_request read;
    BOOST_TEST(!decode(w.take(), read));
    BOOST_TEST(read.remote_paths.capacity() < 100U);
}

BOOST_AUTO_TEST_CASE(small_files_share_a_message) {
    std::string bytes;
    begin_whole(bytes, 5);
    add_whole(bytes, 0, {"a", 3, 7, 0640}, "abc");
    add_whole(bytes, 9, {"b/\xff", 0, -7, 0600}, "");
    std::uint32_t batch = 0;
    std::vector<whole_file_data> files;
    BOOST_REQUIRE(decode_whole(bytes, batch, files));
    BOOST_TEST(batch == 5U);
    BOOST_REQUIRE(files.size() == 2U);
    BOOST_TEST(files[0].bytes == "abc");
    BOOST_TEST(files[0].file.size == 3U);
    BOOST_TEST(files[0].file.mode == 0640U);
    BOOST_TEST(files[1].file.path == "b/\xff");
    BOOST_TEST(files[1].file.mtime_ns == -7);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        std::vector<whole_file_data> some;
        if (decode_whole(std::string_view(bytes).substr(0, length), batch, some))
            BOOST_TEST(some.size() < 2U);
    }
}

BOOST_AUTO_TEST_CASE(a_range_is_the_rest_of_its_message) {
    const range_data range{5, 2, 1ULL << 40, {}};
    const auto head = encode_range_head(range);
    BOOST_TEST(head.size() == range_head_bytes);
    range_data read;
    const auto bytes = head + "abc";
    BOOST_REQUIRE(decode_range(bytes, read));
    BOOST_TEST(read.bytes == "abc");
    BOOST_TEST(read.offset == 1ULL << 40);
    for (std::size_t length = 0; length < head.size(); ++length)
        BOOST_TEST(!decode_range(std::string_view(head).substr(0, length), read));
}

BOOST_AUTO_TEST_SUITE_END()
