// Sums of local files that are recorded before their copy (spec, Verifying).
#include <boost/test/unit_test.hpp>
#include <limits>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_sums)

namespace {

catalog_row unsummed(int n, const std::string& name = archive) {
    auto row = row_of(n, name);
    row.local_md5sum = "";
    return row;
}

struct sums_database : ready_database {
    unsummed_files load(file_id after = 0) { return ask(catalog().load_unsummed(archive, after)).value(); }
    ids waiting(file_id after = 0) {
        ids found;
        for (const auto& row : load(after).rows) found.push_back(row.id);
        return found;
    }
    // How many parts it took.
    int scan_all(ids& found) {
        file_id after = 0;
        for (int parts = 1;; ++parts) {
            const auto part = load(after);
            for (const auto& row : part.rows) found.push_back(row.id);
            if (part.end) return parts;
            BOOST_REQUIRE(part.scanned_to > after);
            BOOST_REQUIRE(parts < 1000);
            after = part.scanned_to;
        }
    }
    void record_sum(const file_row& seen, const std::string& md5) {
        ask(catalog().record_sums({{seen, md5}})).value();
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(those_that_wait_without_one_are_found_by_id) {
    sums_database d;
    BOOST_TEST(d.load().end);
    d.foreign().insert({unsummed(1), row_of(2), ignored(unsummed(3)), failed(unsummed(4)),
                        unsummed(5, "other"), verified(row_of(6)), unsummed(7)});
    BOOST_TEST(d.waiting() == (ids{1, 4, 7}), boost::test_tools::per_element());
    BOOST_TEST(d.waiting(4) == ids{7}, boost::test_tools::per_element());
    BOOST_TEST(d.load().end);
}

BOOST_AUTO_TEST_CASE(many_rows_are_scanned_in_parts) {
    sums_database d;
    d.foreign().insert(unsummed(2));
    std::vector<catalog_row> many;
    for (int n = 0; n < 11'000; ++n) many.push_back(verified(row_of(10 + n)));
    d.foreign().insert(many);
    const auto last = d.foreign().insert(unsummed(3));
    ids found;
    const auto parts = d.scan_all(found);
    BOOST_TEST(found == (ids{1, last}), boost::test_tools::per_element());
    BOOST_TEST(parts == 3);
}

BOOST_AUTO_TEST_CASE(ids_that_nobody_has_cost_nothing) {
    sums_database d;
    auto far = unsummed(1);
    far.id = std::numeric_limits<file_id>::max();
    d.foreign().insert({unsummed(2), far});
    ids found;
    BOOST_TEST(d.scan_all(found) == 1);
    BOOST_TEST(found == (ids{1, far.id}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_is_recorded_while_the_row_is_the_same_and_has_none) {
    sums_database d;
    const auto id = d.foreign().insert(unsummed(1));
    const auto seen = d.row(id);
    const auto with = [&](const std::string& change) {
        d.foreign().execute("UPDATE supersync_v0 SET " + change);
        d.record_sum(seen, sum_of("x"));
        return d.foreign().row(id).local_md5sum;
    };
    BOOST_TEST(with("local_path = '/other'") == "");
    BOOST_TEST(with("local_path = '/data/1', remote_path = '17000/y'") == "");
    BOOST_TEST(with("remote_path = '17000/smurf/1.g3', local_md5sum = 'theirs'") == "theirs");
    BOOST_TEST(with("local_md5sum = ''") == sum_of("x"));
    BOOST_TEST(d.waiting().empty());
    BOOST_TEST(d.work_ids() == ids{id}, boost::test_tools::per_element());
}

// Equal sums mean "verified" to everybody: only what is published may have them.
BOOST_AUTO_TEST_CASE(one_that_the_destination_once_answered_makes_nothing_verified) {
    sums_database d;
    auto row = unsummed(1);
    row.remote_md5sum = sum_of("x");
    const auto id = d.foreign().insert(row);
    d.record_sum(d.row(id), sum_of("x"));
    BOOST_TEST(d.foreign().row(id).local_md5sum == sum_of("x"));
    BOOST_TEST(!d.foreign().row(id).remote_md5sum.has_value());
    BOOST_TEST(d.view(id).state == "pending");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
