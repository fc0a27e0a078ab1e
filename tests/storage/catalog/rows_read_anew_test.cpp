// Which rows are read anew after a failed sync: those of any id, and what other programs wrote.
#include <boost/test/unit_test.hpp>
#include <limits>

#include "tests/storage/catalog/doubtful_database.hpp"
#include "tests/support/file_row.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(rows_read_anew)

BOOST_AUTO_TEST_CASE(rows_with_ids_below_one_are_read_anew_as_others_are) {
    doubtful_database d;
    auto first = verified(row_of(-5));
    first.id = -5;
    d.foreign().insert({first});
    d.foreign().insert({verified(row_of(2))});
    d.distrust();
    BOOST_TEST(d.unproved());
    BOOST_TEST(d.may_go().empty());
    const auto page = d.after(std::numeric_limits<file_id>::min());
    BOOST_REQUIRE(page.files.size() == 2U);
    BOOST_TEST(page.files.at(0).row.id == -5);
    d.prove({-5}, page.scanned_to);
    const auto left = d.after(std::numeric_limits<file_id>::min());
    BOOST_REQUIRE(left.files.size() == 1U);
    d.prove({left.files.at(0).row.id}, left.scanned_to);
    BOOST_TEST(!d.unproved());
}

// What is staged since before the failure may be in memory alone there, whoever goes on with it.
BOOST_AUTO_TEST_CASE(what_was_registered_after_it_is_read_anew_where_some_of_it_was_written_before) {
    doubtful_database d;
    d.foreign().insert(verified(row_of(1)));
    d.distrust();
    d.prove({1}, d.next().scanned_to);
    const auto verify = [&](int n, bool written_before) {
        const auto id = d.foreign().insert(row_of(n));
        d.all_changes();
        file_outcome copied;
        copied.seen = d.row(id);
        copied.remote_md5sum = copied.seen.local_md5sum;
        copied.verified = true;
        copied.written_before = written_before;
        d.record({copied}).value();
        return id;
    };
    verify(2, false);
    BOOST_TEST(!d.unproved());
    const auto id = verify(3, true);
    BOOST_TEST(d.unproved());
    BOOST_TEST(d.next_ids() == ids{id}, boost::test_tools::per_element());
}

// Of what another program calls verified nobody knows when it was written.
BOOST_AUTO_TEST_CASE(a_row_that_another_program_verifies_after_it_is_read_anew) {
    doubtful_database d;
    d.foreign().insert(verified(row_of(1)));
    d.distrust();
    d.prove({1}, d.next().scanned_to);
    const auto id = d.foreign().insert(row_of(2));
    d.all_changes();
    BOOST_TEST(!d.unproved());
    d.foreign().execute("UPDATE supersync_v0 SET remote_md5sum = local_md5sum WHERE id = 2");
    d.all_changes();
    BOOST_TEST(d.next_ids() == ids{id}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
