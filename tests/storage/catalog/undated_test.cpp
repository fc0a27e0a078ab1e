// Rows of which the timestamp tells no time: other programs store what they like (spec, Shared tables).
#include <boost/test/unit_test.hpp>
#include <limits>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(undated_rows)

namespace {

// As SQL writes what is no finite number >= 0.
const strings no_times = {"'2026-11-28 01:00:00'", "''", "X'0001'", "-5.0", "9e999", "-9e999"};

struct undated_row : ready_database {
    explicit undated_row(const std::string& stored) {
        id = foreign().insert(row_of(1));
        set(stored);
    }
    void set(const std::string& stored) {
        foreign().execute("UPDATE supersync_v0 SET timestamp = " + stored +
                          " WHERE id = " + std::to_string(id));
    }
    file_id id = 0;
};

template <class Check>
void for_each_of_no_time(Check check) {
    for (const auto& stored : no_times) BOOST_TEST_CONTEXT("timestamp " << stored) {
            undated_row d(stored);
            check(d);
        }
}

}  // namespace

BOOST_AUTO_TEST_CASE(are_copied_like_any_other) {
    for_each_of_no_time([](undated_row& d) {
        const auto dated = d.foreign().insert(row_of(2));
        BOOST_TEST(d.work_ids() == (ids{d.id, dated}), boost::test_tools::per_element());
        BOOST_TEST(d.row(d.id).undated);
        BOOST_TEST(!d.row(dated).undated);
    });
}

BOOST_AUTO_TEST_CASE(are_never_old_enough_to_be_deleted) {
    for_each_of_no_time([](undated_row& d) {
        d.record_verified({d.id});
        for (const double limit : {later, 1e12, std::numeric_limits<double>::max()}) {
            BOOST_TEST(d.load_deletable(limit, later).value().empty());
            BOOST_TEST(d.may_delete({d.row(d.id)}, limit).value() == (std::vector<bool>{false}),
                       boost::test_tools::per_element());
        }
    });
}

BOOST_AUTO_TEST_CASE(are_named_before_and_after_they_are_verified) {
    for_each_of_no_time([](undated_row& d) {
        for (const bool verified : {false, true}) {
            if (verified) d.record_verified({d.id});
            const auto named = d.counts().value().undated;
            BOOST_REQUIRE(named.size() == 1U);
            BOOST_TEST(named[0].id == d.id);
            BOOST_TEST(named[0].local_path == d.row(d.id).local_path);
            BOOST_TEST(!named[0].timestamp.empty());
        }
    });
}

BOOST_AUTO_TEST_CASE(hold_no_promise_back) {
    for_each_of_no_time([](undated_row& d) {
        BOOST_TEST(!d.counts().value().oldest_unsettled.has_value());
        d.foreign().insert(row_of(7));
        BOOST_TEST(d.counts().value().oldest_unsettled.value() == early + 7);
    });
}

BOOST_AUTO_TEST_CASE(are_as_any_other_once_they_have_a_time) {
    for_each_of_no_time([](undated_row& d) {
        d.record_verified({d.id});
        d.set(std::to_string(early));
        BOOST_TEST(d.load_deletable().value().size() == 1U);
        BOOST_TEST(d.counts().value().undated.empty());
    });
}

BOOST_AUTO_TEST_CASE(are_named_ten_at_most_and_not_when_ignored_or_kept) {
    ready_database d;
    for (int n = 1; n <= 12; ++n) d.foreign().insert(row_of(n));
    d.foreign().execute("UPDATE supersync_v0 SET timestamp = 'yesterday'");
    BOOST_TEST(d.counts().value().undated.size() == 10U);
    BOOST_TEST(d.counts().value().undated[0].timestamp == "'yesterday'");
    BOOST_TEST(d.counts("other").value().undated.empty());
    d.foreign().execute(R"(UPDATE supersync_v0 SET "ignore" = 1 WHERE id > 1)");
    BOOST_TEST(d.counts().value().undated.size() == 1U);
    d.record_verified({1});
    d.foreign().execute("UPDATE supersync_v0 SET deletable = 0");
    BOOST_TEST(d.counts().value().undated.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
