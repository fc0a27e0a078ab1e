#include "engine/report/transfers.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <memory>

#include "tests/support/manual_clock.hpp"

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(transfers_in_flight)

namespace {

struct board_world {
    boost::asio::io_context loop;
    suprsync::test::manual_clock time{loop};
    transfer_board board{time};

    static transfer of(std::vector<file_id> ids, std::uint64_t bytes = 1000) {
        transfer begun;
        begun.archive = "smurf";
        begun.bytes = bytes;
        begun.local_path = "/data/a";
        begun.ids = std::move(ids);
        return begun;
    }
    std::string stage(file_id id) const {
        const auto known = board.stage_of(id);
        return known ? std::string(name_of(*known)) : "";
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_batch_is_there_from_its_begin_to_its_end, board_world) {
    BOOST_TEST(board.list().empty());
    {
        const flight one(board, of({1, 2}));
        const flight two(board, of({3}));
        const auto all = board.list();
        BOOST_REQUIRE(all.size() == 2U);
        BOOST_TEST(all[0].id < all[1].id);
        BOOST_TEST(all[0].archive == "smurf");
        BOOST_TEST(all[0].files == 2);
        BOOST_TEST(all[0].local_path == "/data/a");
        BOOST_TEST(all[0].since == time.now());
        BOOST_TEST(all[0].ids.empty());
        BOOST_TEST((board.list(true)[0].ids == std::vector<file_id>{1, 2}));
        BOOST_TEST(stage(2) == "copying");
        BOOST_TEST(stage(4) == "");
    }
    BOOST_TEST(board.list().empty());
    BOOST_TEST(stage(2) == "");
}

BOOST_FIXTURE_TEST_CASE(each_stage_has_its_begin, board_world) {
    flight one(board, of({1}));
    const auto begun = time.now();
    const std::pair<flight_stage, const char*> stages[] = {{flight_stage::hashing, "hashing"},
                                                           {flight_stage::copying, "copying"},
                                                           {flight_stage::verifying, "verifying"},
                                                           {flight_stage::publishing, "publishing"}};
    for (const auto& [stage_entered, name] : stages) {
        time.advance(5);
        one.enter(stage_entered);
        const auto entered = time.now();
        time.advance(2);
        one.enter(stage_entered);  // again: it goes on
        BOOST_TEST(stage(1) == name);
        BOOST_TEST(board.list().front().stage_since == entered);
        BOOST_TEST(board.list().front().since == begun);
    }
}

BOOST_FIXTURE_TEST_CASE(bytes_grow_to_those_of_the_files, board_world) {
    flight one(board, of({1}, 1000));
    one.sent(200);
    BOOST_TEST(board.list().front().bytes_done == 200U);
    BOOST_TEST(board.list().front().bytes_per_second == 20);
    one.sent(100);  // said late
    BOOST_TEST(board.list().front().bytes_done == 200U);
    one.sent(1040);  // with what rsync itself says
    BOOST_TEST(board.list().front().bytes_done == 1000U);
    BOOST_TEST(board.bytes_done("smurf") == 1000U);
    BOOST_TEST(board.bytes_done("hk") == 0U);
    flight resumed(board, of({2}, 500));
    resumed.sent(100);
    resumed.sends_no_more(true);
    BOOST_TEST(board.list().back().bytes_done == 500U);
}

BOOST_FIXTURE_TEST_CASE(files_are_sent_one_after_the_other, board_world) {
    flight one(board, of({1, 2, 3, 4}));
    int asked = 0;
    // One of them was settled before.
    one.sends(3, [&] {
        ++asked;
        return std::vector<file_id>{4, 1, 3};
    });
    const auto stages = [&] { return stage(1) + " " + stage(2) + " " + stage(3) + " " + stage(4); };
    one.sent(100, 0);
    BOOST_TEST(asked == 0);
    BOOST_TEST(stages() == "copying copying copying copying");
    one.sent(200, 1);
    BOOST_TEST(stages() == "copying copying copying sent");
    BOOST_TEST(board.list().front().files_sent == 2);
    one.sent(200, 2);
    one.sent(300, 1);  // said late
    BOOST_TEST(stages() == "sent copying copying sent");
    BOOST_TEST((board.list(true).front().sent_ids == std::vector<file_id>{1, 4}));
    BOOST_TEST(board.list().front().sent_ids.empty());
    BOOST_TEST(asked == 1);
    one.sent(300, 99);
    BOOST_TEST(board.list().front().files_sent == 4);
    one.sends_no_more(true);
    one.enter(flight_stage::verifying);
    BOOST_TEST(stages() == "verifying verifying verifying verifying");
}

BOOST_FIXTURE_TEST_CASE(where_nobody_knows_the_order_all_are_copied, board_world) {
    flight one(board, of({1, 2}));
    one.sends(2, {});
    one.sent(100, 1);
    BOOST_TEST(stage(1) + stage(2) == "copyingcopying");
    BOOST_TEST(board.list().front().files_sent == 1);
}

BOOST_FIXTURE_TEST_CASE(bytes_are_told_while_sums_are_computed, board_world) {
    flight one(board, of({1, 2}));
    BOOST_TEST(board.list().front().bytes_to_hash == 0U);
    const auto progress = std::make_shared<digest_progress>();
    progress->total = 700;
    one.hashes(progress, [] { return std::vector<file_id>{2}; });
    progress->bytes = 300;
    BOOST_TEST(board.list().front().bytes_hashed == 300U);
    BOOST_TEST(board.list().front().bytes_to_hash == 700U);
    progress->bytes = 800;  // it has grown meanwhile
    BOOST_TEST(board.list().front().bytes_hashed == 700U);
    // Before it is sent nobody says what is done with the other one.
    one.enter(flight_stage::hashing);
    BOOST_TEST(stage(1) + stage(2) == "hashinghashing");
    one.sends_no_more(true);
    BOOST_TEST(stage(1) == "sent");
    BOOST_TEST(stage(2) == "hashing");
    one.hashed();
    BOOST_TEST(board.list().front().bytes_to_hash == 0U);
}

// One that is begun again before the first has ended is the second's.
BOOST_FIXTURE_TEST_CASE(a_file_is_of_the_batch_that_took_it_last, board_world) {
    auto first = std::make_unique<flight>(board, of({1, 2}));
    flight second(board, of({2}));
    second.enter(flight_stage::verifying);
    BOOST_TEST(stage(1) == "copying");
    BOOST_TEST(stage(2) == "verifying");
    first.reset();
    BOOST_TEST(stage(1) == "");
    BOOST_TEST(stage(2) == "verifying");
}

BOOST_AUTO_TEST_SUITE_END()
