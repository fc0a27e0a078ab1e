// What is recorded of a file that is verified: its sums, and which file it was.
#include <boost/test/unit_test.hpp>

#include "engine/rules/file_life.hpp"
#include "tests/engine/rules/file_facts.hpp"

using namespace suprsync;
using namespace suprsync::test::attempts;

BOOST_AUTO_TEST_SUITE(verified_outcomes)

// As other programs may write it: what is recorded is what everybody compares.
BOOST_AUTO_TEST_CASE(a_sum_in_upper_case_is_the_same_sum) {
    const std::string lower = "abcdef0123456789abcdef0123456789";
    auto f = good_facts();
    f.row.local_md5sum = "ABCDEF0123456789ABCDEF0123456789";
    f.remote_md5 = lower;
    for (const auto& local : {std::optional<std::string>(), std::optional<std::string>(lower)}) {
        f.local_md5 = local;
        const auto judged = judge(f);
        BOOST_TEST(judged.decision == verdict::publish);
        const auto outcome = verified_outcome(f, judged, now);
        BOOST_TEST((outcome.local_md5sum == lower));
        BOOST_TEST((outcome.remote_md5sum == lower));
    }
}

BOOST_AUTO_TEST_CASE(what_is_recorded_of_a_verified_file) {
    auto f = good_facts();
    f.row.failed_copy_attempts = 2;
    const auto o = verified_outcome(f, judge(f), now - 7);
    BOOST_TEST((o.seen == f.row));
    BOOST_TEST(o.verified);
    BOOST_TEST((o.remote_md5sum == registered));
    BOOST_TEST(!o.local_md5sum);
    BOOST_TEST((o.copied == now - 7));
    BOOST_TEST((o.error == ""));
    BOOST_TEST(o.attempts_lost == 0);
    BOOST_TEST(!o.fail_for_good);
    BOOST_TEST(!o.compare);
    BOOST_TEST((o.identity == f.before));
    BOOST_TEST((o.size == f.before.size));
}

BOOST_AUTO_TEST_CASE(a_verified_file_gets_the_sum_that_was_computed) {
    for (const auto& sum : {std::string(), registered}) {
        auto f = good_facts();
        f.row.local_md5sum = sum;
        f.before = identity_at(registered_at + 100);
        f.after = f.before;
        f.local_md5 = fresh;
        f.remote_md5 = fresh;
        const auto o = verified_outcome(f, judge(f), now);
        BOOST_TEST((o.local_md5sum == fresh));
        BOOST_TEST((o.remote_md5sum == fresh));
    }
}

// The identity is recorded only if the mtime was at least 2 s old after the sums compared.
BOOST_AUTO_TEST_CASE(an_identity_is_kept_only_where_it_can_be_trusted) {
    const std::pair<double, bool> table[] = {{0, false}, {1, false},  {2, true},
                                             {3, true},  {1e6, true}, {-1, false}};
    for (const auto& [age, kept] : table) {
        auto f = good_facts();
        f.row.timestamp = now;
        f.before = identity_at(now - age);
        f.after = f.before;
        BOOST_TEST(!verified_outcome(f, judge(f), now).identity_too_fresh == kept, "age " << age);
    }
}

// What is sent after a cut may be the rest alone of a file that was written to since: the copy is that of the
// registered sum.
BOOST_AUTO_TEST_CASE(
    a_file_is_hashed_before_its_deletion_where_its_time_cannot_tell_a_change_since_its_registration) {
    constexpr std::int64_t ms = 1'000'000, s = 1000 * ms;
    const std::pair<std::int64_t, bool> table[] = {
        {0, false},       // a whole second
        {5 * ms, false},  // a kernel that ticks a hundred times a second
        {15 * ms, true},
        {1 * s, false},  // times of whole seconds, or of every second one
        {2 * s, true}};
    for (const auto& [earlier, kept] : table) {
        auto f = good_facts();
        f.before = identity_at(registered_at);
        f.before.mtime_ns -= earlier;
        f.after = f.before;
        BOOST_TEST(!verified_outcome(f, judge(f), now).identity_too_fresh == kept, earlier << " ns earlier");
        f.local_md5 = registered;
        BOOST_TEST(!verified_outcome(f, judge(f), now).identity_too_fresh, earlier << " ns earlier, hashed");
    }
}

// With it, a second change in the same second of a coarse clock went for the content that was copied.
BOOST_AUTO_TEST_CASE(a_clock_that_is_set_ahead_meanwhile_makes_no_file_older) {
    auto f = good_facts();
    f.row.timestamp = now;
    f.before = identity_at(now - 3600);
    f.after = f.before;
    f.set_ahead = 3599;
    BOOST_TEST(verified_outcome(f, judge(f), now).identity_too_fresh);
    f.set_ahead = 3500;
    BOOST_TEST(!verified_outcome(f, judge(f), now).identity_too_fresh);
}

// Of whoever set the clock back since, a file that is written to then has a time of long ago.
BOOST_AUTO_TEST_CASE(what_is_registered_at_a_time_to_come_is_hashed_here_or_before_its_deletion) {
    auto f = good_facts();
    f.before = identity_at(now - 3600);
    f.after = f.before;
    f.row.timestamp = now;
    BOOST_TEST(!verified_outcome(f, judge(f), now).identity_too_fresh);
    f.row.timestamp = now + 1;
    BOOST_TEST(verified_outcome(f, judge(f), now).identity_too_fresh);
    f.local_md5 = registered;
    BOOST_TEST(!verified_outcome(f, judge(f), now).identity_too_fresh);
}

BOOST_AUTO_TEST_SUITE_END()
