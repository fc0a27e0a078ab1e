// SQL only finds rows; the rules in engine/rules decide. Here the rules are asked about all rows of random
// catalogs, read plainly, and the catalog must answer the same: what SQL leaves out is not missing.
#include <boost/test/unit_test.hpp>
#include <map>

#include "engine/rules/registration_rules.hpp"
#include "tests/storage/catalog/random_catalog.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_rules_on_random_catalogs)

namespace {

using namespace random_rows;

// Runs the check on catalogs enough that each rule has said yes and no many times.
template <class Check>
void on_random_catalogs(Check check) {
    for (unsigned seed = 1; seed <= 60; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            random_catalog d(seed);
            check(d);
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(work_is_every_pending_row_that_is_due_with_all_claimants) {
    std::size_t taken = 0, claimed = 0;
    on_random_catalogs([&](random_catalog& d) {
        for (const auto& a : archives) {
            ids expected;
            for (const auto& row : d.rows)
                if (row.archive_name == a.name && state_of(row, a.limit) == row_state::pending &&
                    !d.is_put_off(row))
                    expected.push_back(row.id);
            ids found;
            for (const auto& item : d.work(asked_at, a.name).items) {
                found.push_back(item.row.id);
                auto theirs = item.claimants;
                std::sort(theirs.begin(), theirs.end(), [](auto& x, auto& y) { return x.id < y.id; });
                const auto all = d.claimants(item.row);
                BOOST_REQUIRE(theirs.size() == all.size());
                for (std::size_t i = 0; i < all.size(); ++i) BOOST_TEST((tie(theirs[i]) == tie(all[i])));
                claimed += all.size();
            }
            std::sort(found.begin(), found.end());
            BOOST_TEST(found == expected, boost::test_tools::per_element());
            taken += found.size();
        }
    });
    BOOST_TEST(taken > 100U);
    BOOST_TEST(claimed > 100U);
}

BOOST_AUTO_TEST_CASE(published_may_be_what_the_claims_of_all_rows_allow) {
    std::map<bool, int> answers;
    on_random_catalogs([&](random_catalog& d) {
        const auto wanted = d.still_wanted(d.rows).value();
        for (std::size_t i = 0; i < d.rows.size(); ++i) {
            const auto& row = d.rows[i];
            const bool expected = may_be_published(row, row, d.claimants(row));
            BOOST_TEST(wanted[i] == expected, "row " << row.id);
            ++answers[expected];
        }
    });
    BOOST_TEST(answers[true] > 50);
    BOOST_TEST(answers[false] > 50);
}

BOOST_AUTO_TEST_CASE(deletable_is_what_all_rows_allow) {
    std::map<bool, int> answers;
    std::map<std::pair<bool, bool>, int> others_seen;
    on_random_catalogs([&](random_catalog& d) {
        const auto may = d.may_delete(d.rows, before).value();
        ids expected;
        for (std::size_t i = 0; i < d.rows.size(); ++i) {
            const auto& row = d.rows[i];
            const auto others = d.others(row);
            const bool allowed = judge_deletability(row, before, others) == deletability::deletable;
            BOOST_TEST(may[i] == allowed, "row " << row.id);
            ++answers[allowed];
            if (row.archive_name == archive && !d.is_put_off(row) &&
                judge_deletability(row, before, {}) == deletability::deletable)
                expected.push_back(row.id);
        }
        ids found;
        for (const auto& item : d.load_deletable(before, asked_at).value()) {
            found.push_back(item.row.id);
            const auto others = d.others(item.row);
            BOOST_TEST(item.superseded == others.superseded, "row " << item.row.id);
            BOOST_TEST(item.wanted_elsewhere == others.wanted_elsewhere, "row " << item.row.id);
            BOOST_TEST(!item.other_versions.empty() == (others.other_version && !others.superseded),
                       "row " << item.row.id);
            ++others_seen[{others.superseded, others.wanted_elsewhere}];
        }
        std::sort(found.begin(), found.end());
        BOOST_TEST(found == expected, boost::test_tools::per_element());
    });
    BOOST_TEST(answers[true] > 0);
    BOOST_TEST(answers[false] > 50);
    BOOST_TEST((others_seen[{false, true}] > 0));
    BOOST_TEST((others_seen[{true, true}] > 0));
}

BOOST_AUTO_TEST_CASE(registration_is_answered_as_all_rows_of_its_path_say) {
    std::map<registration_claim::verdict, int> answers;
    std::size_t superseded = 0;
    on_random_catalogs([&](random_catalog& d) {
        for (int n = 0; n < 20; ++n) {
            const auto file = d.any_registration();
            const auto expected = judge_registration(file, d.claimants(file.archive_name, file.remote_path));
            const auto added = d.add({file});
            ++answers[expected.decision];
            if (expected.decision == registration_claim::verdict::conflict) {
                BOOST_REQUIRE(!added);
                BOOST_TEST((added.error().code == failure_code::conflict));
                BOOST_TEST(added.error().detail == expected.reason);
                continue;
            }
            BOOST_REQUIRE(added.has_value());
            BOOST_TEST(added->at(0).existed == (expected.decision == registration_claim::verdict::existed));
            if (added->at(0).existed) BOOST_TEST(added->at(0).file.row.id == expected.identical);
            auto rows = d.rows;
            d.reload();
            for (auto& row : rows)
                for (const auto id : expected.supersedes)
                    if (row.id == id) row.ignore = true;
            superseded += expected.supersedes.size();
            if (!added->at(0).existed) rows.push_back(added->at(0).file.row);
            BOOST_TEST((d.rows == rows));
        }
    });
    using enum registration_claim::verdict;
    for (const auto decision : {fresh, existed, conflict}) BOOST_TEST(answers[decision] > 20);
    BOOST_TEST(superseded > 5U);
}

BOOST_AUTO_TEST_CASE(staging_and_removal_by_name_see_every_unsettled_row) {
    std::map<bool, int> answers;
    on_random_catalogs([&](random_catalog& d) {
        for (const auto& a : archives) {
            const auto awaited = d.awaited(remote_paths, a.name).value();
            for (std::size_t i = 0; i < remote_paths.size(); ++i) {
                const bool expected = std::any_of(d.rows.begin(), d.rows.end(), [&](const file_row& row) {
                    return row.archive_name == a.name && row.remote_path == remote_paths[i] &&
                           is_unsettled(row);
                });
                BOOST_TEST(awaited[i] == expected, a.name << " " << remote_paths[i]);
                ++answers[expected];
            }
        }
        ids expected, found;
        for (const auto& row : d.rows)
            if (is_unsettled(row) && row.local_path.ends_with("/b")) expected.push_back(row.id);
        for (const auto& one : d.unsettled_named({{"b"}}).value()) found.push_back(one.id);
        BOOST_TEST(found == expected, boost::test_tools::per_element());
    });
    BOOST_TEST(answers[true] > 50);
    BOOST_TEST(answers[false] > 50);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
