// Files that arrive in ranges: what is on the disk is not sent again, whoever was ended when.
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "net/place/base_directory.hpp"
#include "net/place/parts.hpp"
#include "tests/support/net/transport_fixture.hpp"

namespace fs = std::filesystem;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(received_files)

namespace {

using ranges = std::vector<byte_range>;

struct receiving_place : destination {
    receiving_place() { prepare_own(); }
    destination_facts prepare_own() {
        base_options o;
        o.base = base();
        o.archive = "data";
        o.chmod = "g+rwX,o+rX";
        o.name = base();
        place_.emplace(o);
        prepare_request request;
        request.catalog_uuid = catalog_uuid;
        return place_->prepare(request, watch).value();
    }
    slot_hold hold(slot_use use = slot_use::together) { return place_->hold(0, use, watch).value(); }
    received_file receive(const slot_hold& slot, stage_mode mode = stage_mode::resume) {
        return place_->receive(slot, file(), mode).value();
    }
    incoming_file file() const { return {"17000/deep/a", content.size(), 1'700'000'000'123'456'789, 0600}; }
    void send(received_file& to, std::uint64_t offset, std::uint64_t length) {
        BOOST_REQUIRE(to.write(offset, std::string_view(content).substr(offset, length)).has_value());
    }
    /// Its first ten bytes came, and its slot is free again.
    void keep_beginning() {
        const auto in = hold();
        auto begun = receive(in);
        send(begun, 0, 10);
        BOOST_REQUIRE(begun.keep().has_value());
    }
    fs::path staged() const { return slot() / "17000/deep/a"; }

    std::string content = random_content(100'000, 7);
    work_watch watch;
    std::optional<base_directory> place_;
};

bool operator==(const ranges& a, const std::vector<std::pair<int, int>>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const byte_range& x, const auto& y) {
        return x.offset == static_cast<std::uint64_t>(y.first) &&
               x.length == static_cast<std::uint64_t>(y.second);
    });
}

}  // namespace

BOOST_AUTO_TEST_CASE(ranges_make_a_file_in_any_order_with_its_time_and_modes) {
    receiving_place p;
    const auto slot = p.hold();
    auto file = p.receive(slot);
    BOOST_TEST((file.missing() == std::vector<std::pair<int, int>>{{0, 100'000}}));
    p.send(file, 50'000, 50'000);
    p.send(file, 0, 50'000);
    BOOST_TEST(!fs::exists(p.staged()));
    BOOST_REQUIRE(file.finish().has_value());
    BOOST_TEST(read_file(p.staged()) == p.content);
    struct ::stat seen{};
    BOOST_REQUIRE(::stat(p.staged().c_str(), &seen) == 0);
    BOOST_TEST((seen.st_mode & 07777U) == 0664U);
    BOOST_TEST(seen.st_mtim.tv_sec == 1'700'000'000);
    BOOST_TEST(seen.st_mtim.tv_nsec == 123'456'789);
    BOOST_TEST(!fs::exists(p.staging() / "in/.parts"));
}

BOOST_AUTO_TEST_CASE(what_was_kept_is_not_asked_for_again_and_what_was_only_written_is) {
    receiving_place p;
    {
        const auto slot = p.hold();
        auto file = p.receive(slot);
        p.send(file, 10'000, 20'000);
        p.send(file, 60'000, 5'000);
        BOOST_REQUIRE(file.keep().has_value());
        p.send(file, 0, 10'000);
    }
    // As after a restart.
    const auto facts = p.prepare_own();
    BOOST_REQUIRE(facts.staged.size() == 1U);
    BOOST_TEST(facts.staged[0].remote_path == "17000/deep/a");
    BOOST_TEST(facts.staged[0].size == 25'000U);
    const auto slot = p.hold();
    auto file = p.receive(slot);
    BOOST_TEST((file.missing() ==
                std::vector<std::pair<int, int>>{{0, 10'000}, {30'000, 30'000}, {65'000, 35'000}}));
    const auto early = file.finish();
    BOOST_REQUIRE(early.has_error());
    BOOST_TEST((early.error().code == failure_code::changed));
    for (const auto& range : file.missing()) p.send(file, range.offset, range.length);
    BOOST_REQUIRE(file.finish().has_value());
    BOOST_TEST(read_file(p.staged()) == p.content);
}

BOOST_AUTO_TEST_CASE(several_writers_make_one_file) {
    receiving_place p;
    const auto slot = p.hold();
    const auto other_slot = p.hold();
    auto one = p.receive(slot);
    auto other = p.receive(other_slot);
    p.send(one, 0, 40'000);
    p.send(other, 40'000, 60'000);
    BOOST_REQUIRE(other.keep().has_value());
    BOOST_REQUIRE(one.finish().has_value());
    BOOST_TEST(read_file(p.staged()) == p.content);
}

BOOST_AUTO_TEST_CASE(what_rsync_has_staged_is_the_beginning) {
    receiving_place p;
    write_file(p.staged(), p.content.substr(0, 30'000));
    const auto slot = p.hold();
    {
        auto file = p.receive(slot);
        BOOST_TEST((file.missing() == std::vector<std::pair<int, int>>{{30'000, 70'000}}));
    }
    auto file = p.receive(slot);
    p.send(file, 30'000, 70'000);
    BOOST_REQUIRE(file.finish().has_value());
    BOOST_TEST(read_file(p.staged()) == p.content);
}

BOOST_AUTO_TEST_CASE(a_record_that_outlived_its_data_is_none) {
    receiving_place p;
    p.keep_beginning();
    const auto parts = p.staging() / "in/.parts/0";
    BOOST_REQUIRE(fs::remove(parts / "data/17000/deep/a"));
    // The next file gets its number: what comes after the last one's, on tmpfs.
    const auto slot = p.hold();
    write_file(p.scratch / "last", "");
    struct ::stat last{};
    BOOST_REQUIRE(::stat((p.scratch / "last").c_str(), &last) == 0);
    const auto file = p.file();
    std::ofstream(parts / "ranges/17000/deep/a")
        << parts_head(file.size, file.mtime_ns, last.st_ino + 1) << parts_line({0, 10});
    BOOST_TEST((p.receive(slot).missing() == std::vector<std::pair<int, int>>{{0, 100'000}}));
}

BOOST_AUTO_TEST_CASE(data_that_outlived_its_record_are_none) {
    receiving_place p;
    p.keep_beginning();
    BOOST_REQUIRE(fs::remove(p.staging() / "in/.parts/0/ranges/17000/deep/a"));
    const auto slot = p.hold();
    BOOST_TEST((p.receive(slot).missing() == std::vector<std::pair<int, int>>{{0, 100'000}}));
}

BOOST_AUTO_TEST_CASE(a_line_that_was_cut_off_takes_no_other_along) {
    receiving_place p;
    p.keep_beginning();
    const auto record = p.staging() / "in/.parts/0/ranges/17000/deep/a";
    write_file(record, read_file(record) + "50 10");
    const auto slot = p.hold();
    {
        auto file = p.receive(slot);
        p.send(file, 10, 20);
        BOOST_REQUIRE(file.keep().has_value());
    }
    BOOST_TEST((p.receive(slot).missing() == std::vector<std::pair<int, int>>{{30, 99'970}}));
}

BOOST_AUTO_TEST_CASE(whoever_receives_an_earlier_version_still_tells_nothing_of_the_new_one) {
    receiving_place p;
    const auto slot = p.hold();
    auto outlived = p.receive(slot);
    p.send(outlived, 0, 50);
    p.content += "more";
    auto file = p.receive(slot);
    BOOST_TEST(outlived.keep().has_error());
    BOOST_TEST((p.receive(slot).missing() == std::vector<std::pair<int, int>>{{0, 100'004}}));
}

BOOST_AUTO_TEST_CASE(a_small_version_leaves_nothing_of_a_large_one) {
    receiving_place p;
    p.keep_beginning();
    const auto slot = p.hold();
    auto small = p.file();
    small.size = 5;
    BOOST_REQUIRE(p.place_->receive_whole(slot, small, "small").has_value());
    for (const auto* kind : {"data", "ranges"})
        BOOST_TEST(!fs::exists(p.staging() / "in/.parts/0" / kind / "17000/deep/a"), kind);
    BOOST_TEST(read_file(p.staged()) == "small");
}

BOOST_AUTO_TEST_CASE(to_compare_is_to_begin_anew) {
    receiving_place p;
    write_file(p.staged(), std::string(30'000, 'x'));
    const auto slot = p.hold();
    auto file = p.receive(slot, stage_mode::compare);
    BOOST_TEST((file.missing() == std::vector<std::pair<int, int>>{{0, 100'000}}));
}

BOOST_AUTO_TEST_CASE(another_version_of_the_file_begins_anew) {
    receiving_place p;
    const auto slot = p.hold();
    {
        auto file = p.receive(slot);
        p.send(file, 0, 100'000);
        BOOST_REQUIRE(file.keep().has_value());
    }
    auto changed = p.file();
    ++changed.mtime_ns;
    BOOST_TEST((p.place_->receive(slot, changed, stage_mode::resume).value().missing() ==
                std::vector<std::pair<int, int>>{{0, 100'000}}));
}

BOOST_AUTO_TEST_CASE(what_is_published_already_is_never_written_into) {
    receiving_place p;
    write_file(p.staged(), "published");
    fs::create_directories(p.base() / "17000/deep");
    fs::create_hard_link(p.staged(), p.base() / "17000/deep/a");
    const auto slot = p.hold();
    auto file = p.receive(slot);
    p.send(file, 0, 100'000);
    BOOST_REQUIRE(file.finish().has_value());
    BOOST_REQUIRE(p.place_->receive_whole(slot, {"17000/b", 3, 0, 0644}, "abc").has_value());
    BOOST_TEST(read_file(p.slot() / "17000/b") == "abc");
    BOOST_TEST(read_file(p.base() / "17000/deep/a") == "published");
    BOOST_TEST(read_file(p.staged()) == p.content);
}

BOOST_AUTO_TEST_CASE(a_range_beyond_the_end_is_refused) {
    receiving_place p;
    const auto slot = p.hold();
    auto file = p.receive(slot);
    BOOST_TEST(file.write(99'999, "ab").has_error());
    BOOST_TEST(file.write(std::uint64_t{1} << 63, "ab").has_error());
}

BOOST_AUTO_TEST_CASE(whoever_holds_a_slot_alone_has_no_writers_beside_it) {
    receiving_place p;
    auto writer = std::optional(p.hold());
    const auto summed = p.place_->digests({0, {"17000/deep/a"}}, p.watch);
    BOOST_REQUIRE(summed.end.error.has_value());
    BOOST_TEST((summed.end.error->code == failure_code::slot_busy));
    writer.reset();
    BOOST_TEST(p.place_->digests({0, {"17000/deep/a"}}, p.watch).end.finished());
}

BOOST_AUTO_TEST_CASE(sweeping_takes_what_came_of_a_file_with_its_record) {
    receiving_place p;
    p.keep_beginning();
    BOOST_REQUIRE(p.place_->sweep({{0, "17000/deep/a", 10}}, p.watch).has_value());
    BOOST_TEST(files_below(p.staging()).empty());
    BOOST_TEST(!fs::exists(p.staging() / "in/.parts"));
}

BOOST_AUTO_TEST_CASE(sweeping_takes_what_came_of_a_file_whose_empty_slot_has_gone) {
    receiving_place p;
    p.keep_beginning();
    const auto found = p.prepare_own().staged;
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST(!fs::exists(p.slot()));
    BOOST_REQUIRE(p.place_->sweep(found, p.watch).has_value());
    BOOST_TEST(files_below(p.staging()).empty());
    BOOST_TEST(!fs::exists(p.staging() / "in/.parts"));
}

BOOST_AUTO_TEST_CASE(of_a_record_only_whole_lines_that_say_their_own_sum_are_read) {
    const auto head = parts_head(100, 5, 6);
    const auto record = head + parts_line({10, 20}) + parts_line({30, 5}) + parts_line({90, 10});
    BOOST_TEST((read_parts(record, head, 100) == std::vector<std::pair<int, int>>{{10, 25}, {90, 10}}));
    for (std::size_t cut = 0; cut < record.size(); ++cut)
        for (const auto& range : read_parts(std::string_view(record).substr(0, cut), head, 100))
            BOOST_TEST((range.offset == 10 || range.offset == 90), cut);
    auto damaged = record;
    damaged[head.size()] = '2';
    BOOST_TEST((read_parts(damaged, head, 100) == std::vector<std::pair<int, int>>{{30, 5}, {90, 10}}));
    BOOST_TEST(read_parts(record, parts_head(100, 6, 6), 100).empty());
    BOOST_TEST(read_parts(head + parts_line({90, 11}) + parts_line({100, 1}), head, 100).empty());
    BOOST_TEST(
        (missing_of({{10, 25}, {90, 10}}, 100) == std::vector<std::pair<int, int>>{{0, 10}, {35, 55}}));
}

BOOST_AUTO_TEST_SUITE_END()
