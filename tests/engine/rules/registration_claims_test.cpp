// What becomes of a new registration among the rows of its path.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "engine/rules/registration_rules.hpp"
#include "tests/engine/rules/claimed.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(registration_claims)

namespace {

using verdict = claim::verdict;
using answer = registration_claim::verdict;

registration of(const std::string& local, const std::string& sum = "") {
    registration r;
    r.local_path = local;
    r.remote_path = "17000/a";
    r.archive_name = "smurf";
    r.local_md5sum = sum;
    return r;
}

}  // namespace

BOOST_AUTO_TEST_CASE(path_that_nobody_claims_is_free) {
    BOOST_TEST((judge_registration(of("/a"), {}).decision == answer::fresh));
    BOOST_TEST((judge_registration(of("/a"), {other(1, "/b", true, true)}).decision == answer::fresh));
}

BOOST_AUTO_TEST_CASE(path_of_another_local_file_is_a_conflict) {
    const auto refused = judge_registration(of("/b"), {other(3, "/a"), other(4, "/b")});
    BOOST_TEST((refused.decision == answer::conflict));
    BOOST_TEST(refused.reason == judge_claim(row(5, "/b"), {other(3, "/a")}).reason);
    BOOST_TEST(refused.supersedes.empty());
}

BOOST_AUTO_TEST_CASE(newest_identical_unsettled_registration_is_the_answer) {
    const auto known = judge_registration(of("/a", "m7"), {other(9, "/a"), other(7, "/a"), other(6, "/a")});
    BOOST_TEST((known.decision == answer::existed));
    BOOST_TEST(known.identical == 7);
    BOOST_TEST(judge_registration(of("/a"), {other(6, "/a"), other(9, "/a"), other(7, "/a")}).identical == 9);
    auto no_sum = other(8, "/a");
    no_sum.local_md5sum = "";
    BOOST_TEST(judge_registration(of("/a", "new"), {no_sum}).identical == 8);
    // Delivered, ignored, of another archive, or with another sum: it is none.
    BOOST_TEST((judge_registration(of("/a", "m8"), {other(8, "/a", true)}).decision == answer::fresh));
    BOOST_TEST((judge_registration(of("/a", "m8"), {other(8, "/a", false, true)}).decision == answer::fresh));
    BOOST_TEST((judge_registration(of("/a", "new"), {other(8, "/a")}).decision == answer::fresh));
    auto elsewhere = other(8, "/a");
    elsewhere.archive_name = "another";
    BOOST_TEST((judge_registration(of("/a", "m8"), {elsewhere}).decision == answer::fresh));
}

BOOST_AUTO_TEST_CASE(older_versions_that_were_not_delivered_are_superseded) {
    const auto fresh = judge_registration(
        of("/a", "new"), {other(2, "/a", true), other(3, "/a"), other(4, "/a", false, true), other(6, "/a")});
    BOOST_TEST((fresh.decision == answer::fresh));
    BOOST_TEST(fresh.supersedes == (std::vector<file_id>{3, 6}), boost::test_tools::per_element());
}

// It failed with a conflict, and that is for a person to see.
BOOST_AUTO_TEST_CASE(row_of_another_local_file_is_not_superseded) {
    const auto fresh = judge_registration(of("/a", "new"), {other(1, "/a", true), other(2, "/b")});
    BOOST_TEST((fresh.decision == answer::fresh));
    BOOST_TEST(fresh.supersedes.empty());
}

BOOST_AUTO_TEST_CASE(path_that_would_go_to_another_file_is_a_conflict) {
    const auto refused = judge_registration(of("/a", "new"), {other(1, "/a"), other(2, "/b")});
    BOOST_TEST((refused.decision == answer::conflict));
    BOOST_TEST(refused.reason.find("id 2") != std::string::npos, refused.reason);
    BOOST_TEST(refused.supersedes.empty());
}

// Four rows, each absent, of local file /a or /b, ignored or not, delivered or not, all with other sums: a
// registration that is taken owns its path from then on, and one that is refused would not.
BOOST_AUTO_TEST_CASE(fresh_registration_owns_its_path_in_all_small_worlds) {
    constexpr int kinds = 1 + 2 * 2 * 2;
    int taken = 0, refused = 0;
    for (int world = 0; world < kinds * kinds * kinds * kinds; ++world) {
        std::vector<claimant> claimants;
        int rest = world;
        for (file_id id = 1; id <= 4; ++id, rest /= kinds) {
            const int kind = rest % kinds - 1;
            if (kind >= 0) claimants.push_back(other(id, kind & 1 ? "/a" : "/b", kind & 2, kind & 4));
        }
        const auto judged = judge_registration(of("/a", "new"), claimants);
        auto after = claimants;
        for (auto& c : after)
            if (c.local_path == "/a" && !c.verified) c.ignore = true;
        const auto owned = [](const std::vector<claimant>& others) {
            return judge_claim(row(5, "/a"), others).decision == verdict::owns;
        };
        const bool expected = owned(claimants) && owned(after);
        BOOST_REQUIRE_MESSAGE((judged.decision == answer::fresh) == expected, "world " << world);
        BOOST_REQUIRE((judged.decision == answer::conflict) == !expected);
        (expected ? taken : refused) += 1;
    }
    BOOST_TEST(taken > 1000);
    BOOST_TEST(refused > 1000);
}

BOOST_AUTO_TEST_SUITE_END()
