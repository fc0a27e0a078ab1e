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

// What is written to in the same tick of a file system's clock has the same time.
BOOST_AUTO_TEST_CASE(a_file_that_was_read_when_its_time_was_fresh_is_hashed_before_its_deletion) {
    const std::pair<double, bool> table[] = {{0, true},  {1, true},    {2, false},
                                             {3, false}, {1e6, false}, {-1, true}};
    for (const auto& [age, hashed] : table) {
        auto f = good_facts();
        f.opened_at = f.before.mtime() + age;
        const auto o = verified_outcome(f, judge(f), now);
        BOOST_TEST(o.hash_before_deletion == hashed, "age " << age);
        BOOST_TEST((o.identity == f.before));
    }
}

// Times tell nothing where somebody sets the clock back, writes, and sets it right.
BOOST_AUTO_TEST_CASE(a_file_is_hashed_before_its_deletion_unless_it_was_read_whole_as_it_is) {
    for (const bool sent_whole : {false, true})
        for (const auto& local : {std::optional<std::string>(), std::optional<std::string>(registered)}) {
            auto f = good_facts();
            f.sent_whole = sent_whole;
            f.local_md5 = local;
            BOOST_TEST(verified_outcome(f, judge(f), now).written_before == !sent_whole);
            BOOST_TEST(verified_outcome(f, judge(f), now).hash_before_deletion == (!sent_whole && !local),
                       "sent whole " << sent_whole << ", hashed " << local.has_value());
        }
}

BOOST_AUTO_TEST_SUITE_END()
