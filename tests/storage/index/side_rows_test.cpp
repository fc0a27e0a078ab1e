// The pure rules by which side rows are derived, what is noted of files, and what is kept of an archive.
#include "storage/index/side_rows.hpp"
#include "engine/model/text.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

#include "storage/index/attempt_state.hpp"
#include "storage/index/schema.hpp"
#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

namespace {

file_row shared_row() {
    file_row row;
    row.id = 7;
    row.local_path = "/data/x";
    row.local_md5sum = "m";
    row.remote_path = "17000/smurf/x";
    row.timestamp = 100;
    return row;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(side_row_rules)

BOOST_AUTO_TEST_CASE(every_row_has_its_lane_and_due_time) {
    struct expectation {
        std::string remote_path;
        int attempts;
        std::optional<double> not_before;
        bool verified;
        lane place;
        double due;
    };
    const std::string data = "17000/smurf/x", finalization = "17000/suprsync/srv/1_finalized.yaml";
    for (const auto& e : std::vector<expectation>{
             {data, 0, std::nullopt, false, lane::untried, 100},
             {data, 0, 500, false, lane::later, 500},
             {data, 1, std::nullopt, false, lane::later, 0},
             {data, 1, 500, false, lane::later, 500},
             {data, 9, 500, false, lane::untried, 100},  // failed: in no list
             {finalization, 0, std::nullopt, false, lane::finalization, 100},
             {finalization, 0, 500, false, lane::later, 500},
             {finalization, 2, std::nullopt, false, lane::later, 0},
             {data, 3, std::nullopt, true, lane::untried, 100},
             {data, 0, 500, true, lane::later, 500},
             {finalization, 0, std::nullopt, true, lane::untried, 100},
         }) {
        auto row = shared_row();
        row.remote_path = e.remote_path;
        row.failed_copy_attempts = e.attempts;
        if (e.verified) row.remote_md5sum = row.local_md5sum;
        const auto side = derive(row, 3, 5, e.not_before);
        BOOST_TEST((side.lane == e.place));
        BOOST_TEST(side.due == e.due);
        BOOST_TEST(side.archive == 3);
        BOOST_TEST(side.timecode == (e.remote_path == data ? 17000 : no_timecode));
    }
}

// Rows of one directory lie together, and no two names of a busy directory share a key.
BOOST_AUTO_TEST_CASE(keys_are_ordered_by_timecode_and_seldom_collide) {
    const auto begin = std::int64_t{17000} << remote_hash_bits;
    const auto end = std::int64_t{17001} << remote_hash_bits;
    std::set<std::int64_t> remote, local, text;
    for (int n = 0; n < 50'000; ++n) {
        const auto name = std::to_string(n);
        const auto key = remote_key("17000/smurf/" + name);
        BOOST_REQUIRE((begin <= key && key < end));
        remote.insert(key);
        local.insert(local_key("/data/smurf/" + name));
        text.insert(text_key(name));
        BOOST_REQUIRE(local_key("/data/" + name) >= 0);
        BOOST_REQUIRE(text_key(name) >= 0);
    }
    BOOST_TEST(remote.size() == 50'000U);
    BOOST_TEST(local.size() == 50'000U);
    BOOST_TEST(text.size() == 50'000U);
    // What counts on lies together, and where the digits stand makes a difference.
    BOOST_TEST(remote_key("17000/a/0000124.dat") == remote_key("17000/a/0000123.dat") + 1);
    BOOST_TEST(local_key("/a/0000124.dat") == local_key("/a/0000123.dat") + 1);
    BOOST_TEST(remote_key("17000/1_23") != remote_key("17000/12_3"));
    BOOST_TEST(local_key("/1_23") != local_key("/12_3"));
    BOOST_TEST(local_key("/1") != local_key("/01"));
    BOOST_TEST(remote_key("x/y") >= std::int64_t{99'999 + 1} << remote_hash_bits);
    BOOST_TEST(remote_key("99999/y") < std::int64_t{99'999 + 1} << remote_hash_bits);
    BOOST_TEST(remote_key("17000/a") != remote_key("17000/b"));
    BOOST_TEST(local_key("name") >= 0);
    BOOST_TEST(local_key("") >= 0);
    BOOST_TEST(local_key("/a/b") != local_key("/b/a"));
    // Kept in databases: they must not change between versions of the program.
    BOOST_TEST(remote_key("17000/smurf/x") == derive(shared_row(), 1, 5, std::nullopt).remote_key);
    BOOST_TEST(text_key("") == static_cast<std::int64_t>(14695981039346656037ULL >> 1));
}

BOOST_AUTO_TEST_CASE(notes_come_back_as_they_went) {
    scratch_directory scratch;
    sqlite_connection s(std::make_unique<SQLite::Database>((scratch / "db").string(),
                                                           SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE));
    install_schema(s);
    BOOST_TEST((find_attempt_state(s, 7) == attempt_state{}));
    attempt_state notes;
    notes.last_error = "it's \"broken\"\n";
    notes.last_error_at = 5.5;
    notes.not_before = 6.5;
    notes.attempts_then = 2;
    notes.ignore_reason = "reason";
    notes.compare = true;
    notes.sent_before = true;
    notes.vanished = 2;
    notes.identity = file_identity{~std::uint64_t{0}, 1ULL << 63, 3, -1};
    notes.identity_md5 = text_key("m");
    write_attempt_state(s, 7, notes);
    BOOST_TEST((find_attempt_state(s, 7) == notes));
    attempt_state lost;
    lost.vanished = 1;
    write_attempt_state(s, 8, lost);
    BOOST_TEST((find_attempt_state(s, 7) == notes));
    BOOST_TEST(find_attempt_state(s, 8).vanished == 1);

    auto row = shared_row();
    BOOST_TEST((notes.identity_of(row) == notes.identity));
    row.local_md5sum = "other";
    BOOST_TEST(!notes.identity_of(row).has_value());
    row.failed_copy_attempts = 2;
    BOOST_TEST(notes.not_before_of(row).value() == 6.5);
    row.failed_copy_attempts = 0;
    BOOST_TEST(!notes.not_before_of(row).has_value());

    // Nothing is kept of what has nothing to tell.
    write_attempt_state(s, 7, {});
    BOOST_TEST(s.number("SELECT count(*) FROM suprsync_notes") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(catalog_memory)

BOOST_AUTO_TEST_CASE(pause_base_and_promise_outlive_the_process) {
    ready_database d;
    BOOST_TEST(!d.memory().value().paused);
    BOOST_TEST(!d.memory().value().base.has_value());
    BOOST_TEST(!d.memory().value().has_verified);
    BOOST_TEST(d.memory().value().finalized_until_published == 0);
    const base_identity base{"8000000000000000", ~std::uint64_t{0}};
    d.remember_base(base).value();
    d.set_paused(true, "the base directory is another").value();
    d.foreign().insert(row_of(1));
    d.record_verified({1});
    d.close();
    d.make_ready();
    auto memory = d.memory().value();
    BOOST_TEST(memory.paused);
    BOOST_TEST(memory.pause_reason == "the base directory is another");
    BOOST_TEST((memory.base == base));
    BOOST_TEST(memory.has_verified);
    d.set_paused(false, "").value();
    memory = d.memory().value();
    BOOST_TEST(!memory.paused);
    BOOST_TEST(memory.pause_reason.empty());
    BOOST_TEST(!d.memory("other").value().base.has_value());
}

// A row that somebody else verified counts: the base directory is not made anew over it.
BOOST_AUTO_TEST_CASE(verified_rows_of_others_count) {
    ready_database d;
    d.foreign().insert({verified(row_of(1, "other")), ignored(verified(row_of(2)))});
    BOOST_TEST(!d.memory().value().has_verified);
    auto removed = verified(row_of(3));
    removed.removed = 5;
    d.foreign().insert(removed);
    BOOST_TEST(d.memory().value().has_verified);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
