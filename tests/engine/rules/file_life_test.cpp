// What becomes of a file after an attempt to copy it: every combination of the facts.
#include "engine/rules/file_life.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>

#include "engine/rules/backoff.hpp"
#include "tests/engine/rules/file_facts.hpp"

using namespace suprsync;
using namespace suprsync::test::attempts;

BOOST_AUTO_TEST_SUITE(file_life)

namespace {

// What is promised (spec, Shared tables, Copying, Verifying), in that order.
verdict expected_of(const attempt_facts& f) {
    if (f.local_problem || !f.after) return verdict::missing;
    if (!(*f.after == f.before)) return verdict::unstable;
    const bool modified = f.before.mtime() > f.row.timestamp;
    const bool sum_stands = !f.row.local_md5sum.empty() && !modified;
    if (!sum_stands && !f.local_md5) return verdict::need_hash;
    if (sum_stands && f.local_md5 && *f.local_md5 != f.row.local_md5sum) return verdict::corrupt;
    const auto content = f.local_md5 ? *f.local_md5 : f.row.local_md5sum;
    if (f.remote_md5 && *f.remote_md5 == content) return verdict::publish;
    if (!f.destination_answered) return verdict::no_answer;  // of the connection: no file loses an attempt
    if (!f.remote_md5) return verdict::missing;
    return f.local_md5 ? verdict::mismatch : verdict::need_hash;
}

// Every combination of the facts (2 x 3 x 2 x 2 x 3 x 4 x 2 x 2 x 2).
void for_all_facts(const std::function<void(const attempt_facts&)>& visit) {
    const std::optional<std::string> none;
    for (const auto& problem : {none, std::optional<std::string>("permission denied")})
        for (const int after : {0, 1, 2})
            for (const auto& sum : {std::string(), registered})
                for (const epoch_seconds mtime : {registered_at - 100, registered_at + 100})
                    for (const auto& local : {none, std::optional(registered), std::optional(fresh)})
                        for (const auto& remote :
                             {none, std::optional(registered), std::optional(fresh), std::optional(foreign)})
                            for (const bool answered : {false, true})
                                for (const auto& complaint : {none, std::optional<std::string>("rsync: no")})
                                    for (const int attempts : {0, 3}) {
                                        auto f = good_facts();
                                        f.local_problem = problem;
                                        f.row.local_md5sum = sum;
                                        f.before = identity_at(mtime);
                                        if (after == 0) f.after.reset();
                                        if (after == 1) f.after = f.before;
                                        if (after == 2) f.after = identity_at(mtime + 50);
                                        f.local_md5 = local;
                                        f.remote_md5 = remote;
                                        f.destination_answered = answered;
                                        f.complaint = complaint;
                                        f.row.failed_copy_attempts = attempts;
                                        visit(f);
                                    }
}

std::string text_of(const attempt_facts& f) {
    const auto show = [](const std::optional<std::string>& s) { return s ? s->substr(0, 2) : "-"; };
    return "problem " + show(f.local_problem) +
           (f.after ? *f.after == f.before ? ", same" : ", changed" : ", gone") + ", registered " +
           f.row.local_md5sum.substr(0, 2) + ", local " + show(f.local_md5) + ", remote " +
           show(f.remote_md5) + (f.destination_answered ? ", answered" : ", no answer") +
           (f.before.mtime() > f.row.timestamp ? ", modified" : "");
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_local_file_itself_is_not_verified_and_waits_without_losing_an_attempt) {
    for_all_facts([](attempt_facts f) {
        if (!f.after || f.local_problem || *f.after != f.before) return;
        f.there = remote_object{true, f.after->device, f.after->inode, 0, f.after->size};
        const auto judged = judge(f);
        BOOST_TEST(judged.decision == verdict::not_a_copy);
        const auto outcome = outcome_of(judged, f);
        BOOST_TEST(outcome.attempts_lost == 0);
        BOOST_TEST((outcome.next_attempt == now + held_up_for));
        BOOST_TEST(!outcome.remote_md5sum.has_value());
        f.there->inode = f.after->inode + 1;
        BOOST_TEST(judge(f).decision == expected_of(f));
    });
}

BOOST_AUTO_TEST_CASE(what_is_no_sum_is_told_as_such) {
    auto f = good_facts();
    f.row.local_md5sum = "ABCDEF";
    const auto judged = judge(f);
    BOOST_TEST(judged.decision == verdict::corrupt);
    BOOST_TEST(judged.reason.find("no MD5 sum but 'ABCDEF'") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_sum_stands_until_the_file_is_modified) {
    file_row row;
    row.timestamp = registered_at;
    BOOST_TEST(must_hash(row, identity_at(registered_at - 1)));  // no sum
    row.local_md5sum = registered;
    BOOST_TEST(!must_hash(row, identity_at(registered_at - 1)));
    BOOST_TEST(!must_hash(row, identity_at(registered_at)));
    BOOST_TEST(must_hash(row, identity_at(registered_at + 1)));
    auto undated = row;
    undated.undated = true;
    BOOST_TEST(must_hash(undated, identity_at(registered_at - 1)));
    auto barely = identity_at(registered_at);
    barely.mtime_ns += 1'000'000;
    BOOST_TEST(must_hash(row, barely));
}

BOOST_AUTO_TEST_CASE(every_combination_of_the_facts) {
    std::map<verdict, int> seen;
    for_all_facts([&](const attempt_facts& f) {
        const auto j = judge(f);
        ++seen[j.decision];
        BOOST_REQUIRE_MESSAGE(j.decision == expected_of(f),
                              j.decision << " instead of " << expected_of(f) << ": " << text_of(f));
        if (j.decision == verdict::publish) {
            // What is published is what the local file holds, as the destination read it.
            BOOST_REQUIRE(j.expected == *f.remote_md5);
            BOOST_REQUIRE(j.expected == f.local_md5.value_or(f.row.local_md5sum));
            BOOST_REQUIRE(!j.expected.empty());
            BOOST_REQUIRE((*f.after == f.before));
        }
        const bool costs = j.decision == verdict::mismatch || j.decision == verdict::corrupt ||
                           j.decision == verdict::missing || j.decision == verdict::unstable;
        BOOST_REQUIRE_MESSAGE(costs == !j.reason.empty(), "a reason where one is kept: " << text_of(f));
    });
    BOOST_TEST(seen.size() == 7U);
}

BOOST_AUTO_TEST_CASE(every_outcome_of_what_is_not_published) {
    for_all_facts([&](const attempt_facts& f) {
        const auto j = judge(f);
        if (j.decision == verdict::publish || j.decision == verdict::need_hash) return;
        const auto o = outcome_of(j, f);
        const auto context = text_of(f);
        const bool of_the_file = j.decision == verdict::mismatch || j.decision == verdict::corrupt ||
                                 j.decision == verdict::missing;
        BOOST_REQUIRE((o.seen == f.row));
        BOOST_REQUIRE(!o.verified);
        BOOST_REQUIRE(!o.identity);
        BOOST_REQUIRE(!o.ignore_reason);
        BOOST_REQUIRE_MESSAGE(o.attempts_lost == (of_the_file ? 1 : 0), context);
        BOOST_REQUIRE_MESSAGE(o.fail_for_good == (j.decision == verdict::corrupt), context);
        BOOST_REQUIRE_MESSAGE(o.error == (j.reason.empty() ? std::nullopt : std::optional(j.reason)),
                              context);
        if (o.error) BOOST_REQUIRE(o.error_at == now);
        if (of_the_file)
            BOOST_REQUIRE((o.next_attempt == now + file_retry_delay(f.row.failed_copy_attempts + 1)));
        if (j.decision == verdict::no_answer) BOOST_REQUIRE(!o.next_attempt);
        if (j.decision == verdict::mismatch) {
            BOOST_REQUIRE(o.compare);
            BOOST_REQUIRE((o.local_md5sum == f.local_md5));
            BOOST_REQUIRE((o.remote_md5sum == f.remote_md5));  // also where it differs (spec, Verifying)
        } else {
            BOOST_REQUIRE_MESSAGE(!o.local_md5sum, context);
        }
    });
}

// Verified in the catalog only when it is also published; two equal sums in the shared table are what
// everybody takes for verified, the agent included.
BOOST_AUTO_TEST_CASE(no_row_looks_verified_that_was_not_published) {
    const auto check = [](const judgement& j, const attempt_facts& f) {
        const auto o = outcome_of(j, f);
        const auto local = o.local_md5sum.value_or(f.row.local_md5sum);
        const auto remote = o.remote_md5sum ? o.remote_md5sum : f.row.remote_md5sum;
        BOOST_REQUIRE_MESSAGE(!(remote && !local.empty() && *remote == local),
                              j.decision << " leaves equal sums: " << text_of(f));
    };
    for_all_facts([&](const attempt_facts& f) {
        const auto j = judge(f);
        if (j.decision != verdict::publish && j.decision != verdict::need_hash) check(j, f);
        // What the destination refuses to publish has the right content in staging.
        if (j.decision == verdict::publish) check({verdict::missing, "it could not be published", {}}, f);
    });
}

BOOST_AUTO_TEST_CASE(reasons_name_what_differs) {
    auto f = good_facts();
    f.local_md5 = registered;
    f.remote_md5 = foreign;
    f.complaint = "rsync: write failed";
    const auto mismatch = judge(f).reason;
    for (const auto& part : {registered, foreign, *f.complaint})
        BOOST_TEST((mismatch.find(part) != std::string::npos), mismatch);
    f.local_md5 = fresh;
    const auto corrupt = judge(f).reason;
    for (const auto& part : {registered, fresh, f.row.local_path})
        BOOST_TEST((corrupt.find(part) != std::string::npos), corrupt);
    f = good_facts();
    f.remote_md5.reset();
    f.complaint = "rsync: mkdir failed: Permission denied";
    BOOST_TEST(judge(f).reason == *f.complaint);
    f.complaint.reset();
    BOOST_TEST(!judge(f).reason.empty());
    f.local_problem = "cannot read /data/a: permission denied";
    BOOST_TEST(judge(f).reason == *f.local_problem);
    BOOST_TEST(outcome_of(judge(f), f).attempts_lost == 1);
    f.of_the_place = true;
    BOOST_TEST(judge(f).decision == verdict::held_up);
    const auto waits = outcome_of(judge(f), f);
    BOOST_TEST(waits.attempts_lost == 0);
    BOOST_TEST((waits.error == f.local_problem));
    BOOST_TEST((waits.next_attempt == now + held_up_for));
}

// A file that changes while it is copied waits until it has been unchanged for 10 s.
BOOST_AUTO_TEST_CASE(a_changing_file_waits_ten_seconds_from_now) {
    auto f = good_facts();
    for (const double written : {now - 1, now, now - 5000}) {
        f.after = identity_at(written);
        const auto o = outcome_of(judge(f), f);
        BOOST_TEST((o.next_attempt == now + 10), "written " << now - written << " s ago");
        BOOST_TEST(!o.remote_md5sum);
    }
    // The clock of whoever wrote it was wrong by years: that is no reason to wait for years.
    f.after = identity_at(now + 3e7);
    BOOST_TEST((outcome_of(judge(f), f).next_attempt == now + 10));
}

// What lies staged is of a content that is gone: appending to it would only end in a mismatch, and a file
// that changes while it is copied is to lose no attempt.
BOOST_AUTO_TEST_CASE(what_is_staged_of_a_changed_file_is_compared_anew) {
    auto f = good_facts();
    f.after = identity_at(now - 1);
    BOOST_TEST(outcome_of(judge(f), f).compare);
}

BOOST_AUTO_TEST_SUITE_END()
