// Rows whose remote path a script spelled in its own way: what counts is the path that it stands for (spec,
// Shared tables).
#include <boost/test/unit_test.hpp>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(oddly_spelled_remote_paths)

namespace {

const strings spellings = {"17000//smurf/1.g3", "./17000/smurf/1.g3", "17000/./smurf/1.g3",
                           "17000/smurf/1.g3/", "17000/smurf/.//1.g3"};

catalog_row spelled(int n, const std::string& remote_path) {
    auto row = row_of(n);
    row.remote_path = remote_path;
    return row;
}

}  // namespace

BOOST_AUTO_TEST_CASE(are_copied_to_the_path_that_they_stand_for) {
    for (const auto& spelling : spellings) BOOST_TEST_CONTEXT(spelling) {
            ready_database d;
            const auto id = d.foreign().insert(spelled(1, spelling));
            BOOST_REQUIRE(d.work().items.size() == 1U);
            BOOST_TEST(d.work().items[0].row.remote_path == "17000/smurf/1.g3");
            BOOST_TEST(d.awaited({"17000/smurf/1.g3"}).value() == (std::vector<bool>{true}),
                       boost::test_tools::per_element());
            d.record_verified({id});
            // The row of the other program stays as that wrote it.
            BOOST_TEST(d.foreign().row(id).verified());
            BOOST_TEST(d.foreign().row(id).remote_path == spelling);
        }
}

BOOST_AUTO_TEST_CASE(claim_the_same_place_as_the_plain_one) {
    for (const auto& spelling : spellings) BOOST_TEST_CONTEXT(spelling) {
            ready_database d;
            d.foreign().insert({spelled(1, spelling), spelled(2, "17000/smurf/1.g3")});
            for (const auto& item : d.work().items) BOOST_TEST(item.claimants.size() == 1U);
            const auto added = d.add({registration_of(spelled(3, "17000/smurf/1.g3"))});
            BOOST_REQUIRE(!added);
            BOOST_TEST((added.error().code == failure_code::conflict));
        }
}

BOOST_AUTO_TEST_CASE(are_files_of_their_day_and_counted_once) {
    ready_database d;
    std::vector<catalog_row> rows;
    int n = 0;
    for (const auto& spelling : spellings) rows.push_back(verified(spelled(++n, spelling)));
    rows.push_back(verified(spelled(++n, "17000/other//2.g3")));
    rows.push_back(verified(spelled(++n, "17000//3.g3")));
    d.foreign().insert(rows);
    const auto summary = d.summarize(17000).value();
    BOOST_TEST(summary.synced);
    BOOST_TEST(summary.num_files == 3);
    BOOST_TEST(summary.subdirs == (strings{"other", "smurf"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(are_stored_plain_when_we_register_them) {
    for (const auto& spelling : spellings) BOOST_TEST_CONTEXT(spelling) {
            ready_database d;
            const auto added = d.add({registration_of(spelled(1, spelling))}).value();
            BOOST_TEST(d.foreign().row(added[0].file.row.id).remote_path == "17000/smurf/1.g3");
            BOOST_TEST((added[0].file.row == d.row(added[0].file.row.id)));
            BOOST_TEST(d.add({registration_of(spelled(1, "17000/smurf/1.g3"))}).value()[0].existed);
        }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
