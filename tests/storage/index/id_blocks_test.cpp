// Lists that leave out whole blocks of ids find what a look at every row finds, wherever the rows lie and
// whatever became of them, and cost the same in a larger catalog.
#include <fmt/format.h>

#include <random>

#include "tests/support/storage/people.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(catalog_id_blocks)

namespace {

struct scattered : people {
    std::mt19937 random{7};

    int pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random); }
    template <class T>
    T one_of(const std::vector<T>& choices) {
        return choices[static_cast<std::size_t>(pick(static_cast<int>(choices.size())))];
    }

    // Around the borders of blocks, and of blocks of blocks.
    std::int64_t some_id() {
        return one_of<std::int64_t>({1, 256, 512, 5'000, 65'536, 65'800, 131'072, 300'000}) + pick(40) -
               (pick(2) ? 20 : 0);
    }

    void put_row() {
        const auto id = some_id();
        if (id < 1) return;
        const auto timecode = pick(3) ? 17'000 + static_cast<int>(id >> 12) : 17'000 + pick(80);
        const auto path =
            pick(9) ? fmt::format("{}/{}/{}", timecode, pick(3), id) : fmt::format("17/other/{}", id);
        foreign().execute(fmt::format(
            R"(INSERT OR REPLACE INTO supersync_v0 (id, local_path, local_md5sum, archive_name,
            remote_path, timestamp, remote_md5sum, failed_copy_attempts, "ignore")
            VALUES ({}, '/data/{}', 'm', '{}', '{}', {}, {}, {}, {}))",
            id, id, one_of<std::string>({"smurf", "hk"}), path, pick(4) ? id : pick(400'000),
            one_of<std::string>({"NULL", "'m'", "'m'"}), one_of<int>({0, 0, 2, 9}), pick(5) == 0));
    }

    void change_row() {
        foreign().execute(fmt::format(
            "UPDATE supersync_v0 SET {} WHERE id = {}",
            one_of<std::string>({"timestamp = timestamp + 150000", "timestamp = max(0, timestamp - 9000)",
                                 "archive_name = 'hk'", "remote_path = '17079/0/x'", "remote_md5sum = 'm'",
                                 "remote_md5sum = NULL", "\"ignore\" = 1", "removed = 5"}),
            some_id()));
    }

    std::vector<file_view> everything() {
        file_query query;
        query.limit = 100'000;
        return wait(catalog().list_files(query)).files;
    }
};

bool has_state(const file_view& file, const std::string& word) {
    if (word == "unsettled")
        return file.state == "pending" || file.state == "retrying" || file.state == "failed";
    if (word == "deletable") return file.state == "verified" && file.row.deletable;
    return file.state == word;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(lists_equal_a_look_at_every_row, scattered) {
    for (int n = 0; n < 300; ++n) put_row();
    open();
    for (int round = 0; round < 8; ++round) {
        for (int n = 0; n < 60; ++n) pick(3) ? change_row() : put_row();
        foreign().execute(fmt::format("DELETE FROM supersync_v0 WHERE id = {}", some_id()));
        const auto all = everything();
        BOOST_TEST(all.size() > 50U);
        for (int n = 0; n < 150; ++n) {
            file_query query;
            if (pick(2)) query.archive = one_of<std::string>({"smurf", "hk", "none"});
            if (pick(2))
                query.state = one_of<std::string>({"pending", "retrying", "failed", "ignored", "verified",
                                                   "deleted", "unsettled", "deletable"});
            if (pick(3))
                query.remote_prefix =
                    one_of<std::string>({"", "1", "17", "170", "1707", "17000", "17000/", "17001/1", "17079/",
                                         "17/", "17/other/1", "18", "2", "x"});
            if (pick(3)) query.registered_from = one_of<double>({0, 300, 66'000, 150'000, 399'000, 9e9});
            ids expected;
            for (const auto& file : all)
                if ((!query.archive || file.row.archive_name == *query.archive) &&
                    (!query.state || has_state(file, *query.state)) &&
                    file.row.remote_path.starts_with(query.remote_prefix.value_or("")) &&
                    file.row.timestamp >= query.registered_from.value_or(-1e9))
                    expected.push_back(file.row.id);
            same(listed(query, static_cast<std::size_t>(1 + pick(30))), expected,
                 fmt::format("archive {} state {} prefix {} since {}", query.archive.value_or("-"),
                             query.state.value_or("-"), query.remote_prefix.value_or("-"),
                             query.registered_from.value_or(-1)));
        }
    }
}

// A hundred thousand rows, of which few, or none, are asked for.
BOOST_FIXTURE_TEST_CASE(a_page_passes_over_what_is_not_asked_for, people) {
    foreign().execute(
        R"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
        INSERT INTO supersync_v0 (local_path, local_md5sum, archive_name,
        remote_path, timestamp, remote_md5sum)
        SELECT '/data/' || i, 'm', 'smurf', (16000 + i / 1000) || '/' || i, i, 'm' FROM n)");
    open();
    struct question {
        const char* archive;
        const char* state;
        const char* prefix;
        double since;
        std::size_t rows;
    };
    for (const auto& q : std::initializer_list<question>{{"", "", "", 99'999, 2},
                                                         {"smurf", "", "", 99'999, 2},
                                                         {"smurf", "verified", "", 99'999, 2},
                                                         {"", "", "", 1e9, 0},
                                                         {"", "", "16099/", 0, 10},
                                                         {"", "", "1610", 0, 1},
                                                         {"smurf", "", "1609", 99'000, 10},
                                                         {"", "verified", "16", 99'999, 2},
                                                         {"", "", "15", 0, 0},
                                                         {"", "", "nobody", 0, 0},
                                                         {"", "pending", "16", 0, 0}}) {
        file_query query;
        if (*q.archive) query.archive = q.archive;
        if (*q.state) query.state = q.state;
        if (*q.prefix) query.remote_prefix = q.prefix;
        if (q.since > 0) query.registered_from = q.since;
        query.limit = 10;
        wait(catalog().list_files(query));
        {
            const std::lock_guard lock(mutex);
            statements.clear();
        }
        const auto found = wait(catalog().list_files(query)).files.size();
        BOOST_TEST(found == q.rows);
        const std::lock_guard lock(mutex);
        BOOST_TEST(statements.size() < 100U, q.prefix << " since " << q.since);
    }
    // One entry a block, an archive and a timecode, and one a block of blocks.
    BOOST_TEST(foreign().number("SELECT count(*) FROM suprsync_blocks") < 700);
}

BOOST_AUTO_TEST_SUITE_END()
