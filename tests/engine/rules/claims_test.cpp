// Who of the rows for one file at the destination may write it.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <tuple>

#include "tests/engine/rules/claimed.hpp"

#include "engine/rules/registration_rules.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(claims)

namespace {

using verdict = claim::verdict;

// The rule of the spec (Claims and versions), word for word and independent of the code: "the lowest id that
// is verified and not ignored holds the claim, or else the lowest that is not ignored. The same local path
// registered again is a new version: the higher id wins".
verdict expected_of(const file_row& r, std::vector<claimant> claimants) {
    std::erase_if(claimants, [&](const claimant& o) { return o.ignore && o.id != r.id; });
    std::sort(claimants.begin(), claimants.end(), [](const claimant& a, const claimant& b) {
        return std::tuple(!a.verified, a.id) < std::tuple(!b.verified, b.id);
    });
    const auto owner = claimants.front().local_path;
    const bool later_version = std::any_of(claimants.begin(), claimants.end(), [&](const claimant& o) {
        return o.local_path == r.local_path && o.id > r.id;
    });
    if (owner != r.local_path) return verdict::conflict;
    return later_version ? verdict::superseded : verdict::owns;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_row_alone_holds_its_path) {
    const auto alone = judge_claim(row(5, "/a"), {});
    BOOST_TEST((alone.decision == verdict::owns));
    BOOST_TEST(alone.reason.empty());
    BOOST_TEST(!alone.supersedes_md5);
    BOOST_TEST((judge_claim(row(5, "/a"), {other(5, "/a")}).decision == verdict::owns));
}

BOOST_AUTO_TEST_CASE(another_local_file_with_a_lower_id_holds_the_path) {
    const auto second = judge_claim(row(5, "/b"), {other(3, "/a")});
    BOOST_TEST((second.decision == verdict::conflict));
    for (const char* part : {"17000/a", "/a", "3", "smurf"})
        BOOST_TEST((second.reason.find(part) != std::string::npos), part << " in: " << second.reason);
    BOOST_TEST((judge_claim(row(3, "/a"), {other(5, "/b")}).decision == verdict::owns));
}

// As a program writes it that joins names of directories.
BOOST_AUTO_TEST_CASE(a_later_registration_that_spells_the_local_path_otherwise_is_a_new_version) {
    for (const auto* later : {"/d/./a", "/d//a"}) {
        const auto second = judge_claim(row(5, later), {other(3, "/d/a", true)});
        BOOST_TEST((second.decision == verdict::owns), later);
        BOOST_TEST((second.supersedes_md5 == other(3, "/d/a", true).remote_md5sum), later);
        BOOST_TEST(is_superseded(row(3, "/d/a"), {other(5, later)}), later);
        BOOST_TEST((judge_claim(row(3, later), {other(5, "/d/a")}).decision == verdict::superseded), later);
        BOOST_TEST((judge_claim(row(5, std::string(later) + "/b"), {other(3, "/d/a")}).decision ==
                    verdict::conflict),
                   later);
    }
}

// It was delivered while the other row was ignored, or before its archive was known to send to the same
// directory.
BOOST_AUTO_TEST_CASE(what_another_row_delivered_and_proved_is_not_replaced) {
    BOOST_TEST((judge_claim(row(3, "/a"), {other(5, "/b", true)}).decision == verdict::conflict));
    BOOST_TEST((judge_claim(row(3, "/a"), {other(5, "/b", true, true)}).decision == verdict::owns));
    BOOST_TEST(
        (judge_claim(row(3, "/a"), {other(2, "/a", true), other(5, "/b", true)}).decision == verdict::owns));
}

BOOST_AUTO_TEST_CASE(a_path_that_another_archive_calls_otherwise_is_told_by_both_names) {
    auto owner = other(3, "/a");
    owner.archive_name = "outer";
    owner.remote_path = "sub/17000/a";
    const auto why = judge_claim(row(5, "/b"), {owner}).reason;
    for (const char* part :
         {"17000/a of archive smurf", "sub/17000/a of archive outer", "/a (id 3, archive outer)"})
        BOOST_TEST((why.find(part) != std::string::npos), part << " in: " << why);
}

BOOST_AUTO_TEST_CASE(an_ignored_row_holds_nothing) {
    BOOST_TEST((judge_claim(row(5, "/b"), {other(3, "/a", false, true)}).decision == verdict::owns));
    BOOST_TEST((judge_claim(row(5, "/a"), {other(7, "/a", false, true)}).decision == verdict::owns));
}

BOOST_AUTO_TEST_CASE(a_later_registration_of_the_same_file_takes_over) {
    const auto old = judge_claim(row(5, "/a"), {other(6, "/a"), other(9, "/a"), other(7, "/a")});
    BOOST_TEST((old.decision == verdict::superseded));
    BOOST_TEST((old.reason.find("9") != std::string::npos), old.reason);
    BOOST_TEST((judge_claim(row(9, "/a"), {other(5, "/a"), other(6, "/a")}).decision == verdict::owns));
}

// The owner's new version is no stranger because somebody else tried in between.
BOOST_AUTO_TEST_CASE(a_new_version_inherits_the_claim_of_the_first) {
    const std::vector<claimant> claimants{other(1, "/a", true), other(2, "/b")};
    BOOST_TEST((judge_claim(row(2, "/b"), claimants).decision == verdict::conflict));
    const auto version = judge_claim(row(3, "/a"), claimants);
    BOOST_TEST((version.decision == verdict::owns));
    BOOST_TEST((version.supersedes_md5 == "m1"));
}

BOOST_AUTO_TEST_CASE(the_newest_delivered_earlier_version_is_superseded) {
    const auto made = judge_claim(row(9, "/a"), {other(2, "/a", true), other(6, "/a", true), other(7, "/a"),
                                                 other(4, "/a", true), other(10, "/a", true, true)});
    BOOST_TEST((made.decision == verdict::owns));
    BOOST_TEST((made.supersedes_md5 == "m6"));
}

BOOST_AUTO_TEST_CASE(what_another_file_delivered_is_not_superseded) {
    // Its owner ignored the row; what it delivered is to be kept in replaced/.
    const auto made = judge_claim(row(9, "/a"), {other(2, "/b", true, true)});
    BOOST_TEST((made.decision == verdict::owns));
    BOOST_TEST(!made.supersedes_md5);
}

BOOST_AUTO_TEST_CASE(a_row_that_does_not_hold_supersedes_nothing) {
    BOOST_TEST(!judge_claim(row(5, "/a"), {other(2, "/a", true), other(8, "/a")}).supersedes_md5);
    BOOST_TEST(!judge_claim(row(5, "/a"), {other(1, "/b", true), other(2, "/a", true)}).supersedes_md5);
}

// Four rows, each absent, of local file /a or /b, ignored or not, verified or not; every row that is there
// and not ignored is judged, with the claimants in either order.
BOOST_AUTO_TEST_CASE(one_claimant_holds_a_path_in_all_small_worlds) {
    constexpr int kinds = 1 + 2 * 2 * 2;
    std::size_t judged = 0;
    for (int world = 0; world < kinds * kinds * kinds * kinds; ++world) {
        std::vector<claimant> claimants;
        int rest = world;
        for (file_id id = 1; id <= 4; ++id, rest /= kinds) {
            const int kind = rest % kinds - 1;
            if (kind >= 0) claimants.push_back(other(id, kind & 1 ? "/a" : "/b", kind & 2, kind & 4));
        }
        std::size_t owners = 0;
        for (const auto& r : claimants) {
            if (r.ignore) continue;
            const auto expected = expected_of(row_of(r), claimants);
            auto reversed = claimants;
            std::reverse(reversed.begin(), reversed.end());
            const auto made = judge_claim(row_of(r), claimants);
            BOOST_REQUIRE_MESSAGE(made.decision == expected, "world " << world << ", row " << r.id);
            BOOST_REQUIRE((judge_claim(row_of(r), reversed).decision == expected));
            BOOST_REQUIRE(made.reason.empty() == (expected == verdict::owns));
            owners += expected == verdict::owns ? 1 : 0;
            ++judged;
        }
        const bool any =
            std::any_of(claimants.begin(), claimants.end(), [](const claimant& r) { return !r.ignore; });
        BOOST_REQUIRE_MESSAGE(owners == (any ? 1U : 0U), "world " << world << " has one owner");
    }
    BOOST_TEST(judged > 10'000U);
}

BOOST_AUTO_TEST_CASE(superseded_only_by_a_later_row_of_the_same_file_that_is_not_ignored) {
    BOOST_TEST(is_superseded(row(5, "/a"), {other(9, "/a")}));
    BOOST_TEST(is_superseded(row(5, "/a"), {other(9, "/a", true)}));
    // Whoever owns the path.
    BOOST_TEST(is_superseded(row(5, "/a"), {other(1, "/b"), other(9, "/a")}));
    BOOST_TEST(!is_superseded(row(5, "/a"), {}));
    BOOST_TEST(!is_superseded(row(5, "/a"), {other(5, "/a"), other(4, "/a")}));
    BOOST_TEST(!is_superseded(row(5, "/a"), {other(9, "/b")}));
    BOOST_TEST(!is_superseded(row(5, "/a"), {other(9, "/a", false, true)}));
}

BOOST_AUTO_TEST_CASE(published_is_only_what_is_unchanged_wanted_and_owner_of_its_path) {
    auto seen = row(5, "/a");
    seen.local_md5sum = "m";
    const auto may = [&](const file_row& now, const std::vector<claimant>& others = {}) {
        return may_be_published(seen, now, others);
    };
    const auto changed = [&](auto change) {
        auto now = seen;
        change(now);
        return may(now);
    };
    BOOST_TEST(may(seen));
    BOOST_TEST(!changed([](file_row& r) { r.local_path = "/b"; }));
    BOOST_TEST(!changed([](file_row& r) { r.archive_name = "b"; }));
    BOOST_TEST(!changed([](file_row& r) { r.remote_path = "17000/b"; }));
    BOOST_TEST(!changed([](file_row& r) { r.local_md5sum = "b"; }));
    BOOST_TEST(!changed([](file_row& r) { r.ignore = true; }));
    BOOST_TEST(!changed([](file_row& r) { r.removed = 0; }));
    // What does not matter for the copy.
    BOOST_TEST(changed([](file_row& r) { r.failed_copy_attempts = 9; }));
    BOOST_TEST(changed([](file_row& r) { r.deletable = false; }));
    BOOST_TEST(changed([](file_row& r) { r.timestamp = 3; }));
    BOOST_TEST(changed([](file_row& r) { r.remote_md5sum = "other"; }));
    BOOST_TEST(!may(seen, {other(4, "/b")}));
    BOOST_TEST(!may(seen, {other(9, "/a")}));
    BOOST_TEST(may(seen, {other(4, "/a"), other(9, "/b")}));
}

BOOST_AUTO_TEST_CASE(claimant_is_verified_where_both_sums_are_there_and_equal) {
    auto r = row(7, "/a");
    r.ignore = true;
    BOOST_TEST(!claimant_of(r).verified);
    r.remote_md5sum = "";
    BOOST_TEST(!claimant_of(r).verified);
    r.local_md5sum = r.remote_md5sum.emplace("m");
    const auto c = claimant_of(r);
    BOOST_TEST(c.verified);
    BOOST_TEST(c.ignore);
    BOOST_TEST(c.id == 7);
    BOOST_TEST(c.local_path == "/a");
    BOOST_TEST(c.archive_name == "smurf");
    BOOST_TEST(c.local_md5sum == "m");
    BOOST_TEST(c.remote_md5sum == "m");
}

BOOST_AUTO_TEST_SUITE_END()
