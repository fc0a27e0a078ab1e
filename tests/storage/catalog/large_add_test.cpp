// Calls that register so many files that the side tables learn of them only afterwards, and the most that one
// call may register.
#include <boost/test/unit_test.hpp>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_large_add)

namespace {

constexpr int many = 2500;

std::vector<registration> files_up_to(int count) {
    std::vector<registration> files;
    for (int n = 1; n <= count; ++n) files.push_back(registration_of(row_of(n)));
    return files;
}

}  // namespace

BOOST_AUTO_TEST_CASE(all_are_registered_and_found_again) {
    ready_database d;
    const auto files = files_up_to(3000);
    BOOST_TEST(d.add(files).value().size() == 3000);
    BOOST_TEST(d.counts().value().unsettled == 3000);
    for (const auto& again : d.add(files).value()) BOOST_REQUIRE(again.existed);
}

BOOST_AUTO_TEST_CASE(more_than_one_transaction_bears_are_refused) {
    ready_database d;
    const auto refused = d.add(files_up_to(static_cast<int>(most_registered_at_once) + 1));
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == failure_code::invalid));
    BOOST_TEST(d.foreign().rows().empty());
}

BOOST_AUTO_TEST_CASE(earlier_rows_of_the_same_call_claim_their_paths) {
    auto files = files_up_to(many);
    files.push_back(files[6]);
    files.push_back(files[7]);
    files.back().local_md5sum = sum_of("new");
    {
        ready_database d;
        const auto added = d.add(files).value();
        BOOST_TEST(added[many].existed);
        BOOST_TEST(added[many].file.row.id == 7);
        BOOST_TEST(!added[many + 1].existed);
        BOOST_TEST(d.view(8).state == "ignored");
        BOOST_TEST(d.view(8).ignore_reason.value() ==
                   "superseded by a later registration of the same file (id 2501)");
        BOOST_TEST(d.counts().value().files == many + 1);
        BOOST_TEST(d.counts().value().ignored == 1);
    }
    ready_database d;
    files.push_back(registration_of(row_of(9000)));
    files.back().remote_path = files[8].remote_path;
    const auto refused = d.add(files);
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == failure_code::conflict));
    BOOST_TEST(refused.error().subject == "files[2502]");
    BOOST_TEST(refused.error().detail.find("id 9,") != std::string::npos, refused.error().detail);
    BOOST_TEST(d.foreign().rows().empty());
}

BOOST_AUTO_TEST_CASE(paths_of_one_hash_are_told_apart) {
    ready_database d;
    auto files = files_up_to(many);
    files[0].remote_path = "17000/smurf/fswknm";
    files[1].remote_path = "17000/smurf/xtjenx";
    BOOST_TEST(d.add(files).has_value());
}

// They are registered, but nobody can work with them: that is said.
BOOST_AUTO_TEST_CASE(side_tables_that_cannot_be_written_are_a_failure) {
    ready_database d;
    d.foreign().execute(
        "CREATE TRIGGER of_the_test BEFORE INSERT ON suprsync_files BEGIN SELECT RAISE(ABORT, 'full'); END");
    const auto refused = d.add(files_up_to(many));
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == failure_code::catalog));
    BOOST_TEST(d.foreign().number("SELECT count(*) FROM supersync_v0") == many);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
