// Verified rows of one local file that spell its path in several ways.
#include <boost/test/unit_test.hpp>

#include "tests/storage/catalog/one_verified.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_spellings)

namespace {

struct spelled : one_verified {
    // A verified row of another archive, with other content.
    file_id other(const std::string& local_path, const std::string& real_path, int n = 2) {
        auto row = row_of(n, "hk");
        row.local_path = local_path;
        const auto inserted = foreign().insert(row);
        outcome_of(inserted, real_path);
        return inserted;
    }
    void outcome_of(file_id which, const std::string& real_path) {
        file_outcome outcome;
        outcome.seen = row(which);
        outcome.remote_md5sum = outcome.seen.local_md5sum;
        outcome.verified = true;
        outcome.identity = identity;
        outcome.real_path = real_path;
        record({outcome}).value();
    }
    ids found(const std::string& real_path) {
        ids all;
        for (const auto& one : spelled_otherwise({{seen, real_path}}).value()) all.push_back(one.row.id);
        return all;
    }
    std::int64_t kept() { return foreign().number("SELECT count(*) FROM suprsync_real_names"); }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(another_spelling_is_found_by_where_it_led, spelled) {
    const auto linked = other("/links/1", seen.local_path);
    const auto slashes = other("//" + seen.local_path, seen.local_path, 3);
    other("/links/x", "/data/x", 4);
    BOOST_TEST(found(seen.local_path) == (ids{linked, slashes}), boost::test_tools::per_element());
    // A row that is asked for by a link finds the one that spells the real path.
    const auto real = other("/real/1", "/real/1", 5);
    BOOST_TEST(found("/real/1") == ids{real}, boost::test_tools::per_element());
    BOOST_TEST(kept() == 3);
}

BOOST_FIXTURE_TEST_CASE(only_other_content_a_doubtful_copy_or_a_wish_to_keep_matters, spelled) {
    const auto id = other("/links/1", seen.local_path);
    ask(catalog().meet_boot(row(id).archive_name, "", 1)).value();  // a sync was answered
    const auto set = [&](const std::string& change) {
        foreign().execute("UPDATE supersync_v0 SET " + change + " WHERE id = " + std::to_string(id));
        all_changes();
        foreign().execute("DELETE FROM suprsync_unproved");  // its copy was read anew
        return found(seen.local_path).size();
    };
    BOOST_TEST(set("\"ignore\" = 1") == 0U);
    BOOST_TEST(set("\"ignore\" = 0") == 1U);
    BOOST_TEST(set("remote_md5sum = 'x'") == 0U);
    BOOST_TEST(set("remote_md5sum = local_md5sum") == 1U);
    const auto sum = "'" + seen.local_md5sum + "'";
    BOOST_TEST(set("local_md5sum = " + sum + ", remote_md5sum = " + sum) == 0U);
    BOOST_TEST(set("deletable = 0") == 1U);
    BOOST_TEST(spelled_otherwise({{seen, seen.local_path}}).value().at(0).waits);
    BOOST_TEST(set("deletable = NULL") == 1U);
    BOOST_TEST(set("deletable = 1") == 0U);
    foreign().execute("INSERT INTO suprsync_failed_syncs VALUES ('hk', 0, 1000)");
    const auto doubtful = spelled_otherwise({{seen, seen.local_path}}).value();
    BOOST_REQUIRE(doubtful.size() == 1U);
    BOOST_TEST(doubtful[0].waits);
}

BOOST_FIXTURE_TEST_CASE(nothing_is_kept_of_a_file_that_is_deleted_or_another, spelled) {
    const auto id = other("/links/1", seen.local_path);
    outcome_of(id, "/links/1");  // the link became a directory
    BOOST_TEST(kept() == 0);
    outcome_of(id, seen.local_path);
    record_deletions({{row(id), deletion_outcome::deleted, "", early + 100, 0}}).value();
    BOOST_TEST(kept() == 0);
    const auto renamed = other("/links/1", seen.local_path, 3);
    foreign().execute("UPDATE supersync_v0 SET local_path = '/x' WHERE id = " + std::to_string(renamed));
    all_changes();
    BOOST_TEST(kept() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
