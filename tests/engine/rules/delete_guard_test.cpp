#include "engine/rules/delete_guard.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <limits>
#include <map>

using namespace suprsync;

namespace suprsync {
static std::ostream& operator<<(std::ostream& out, deletion_step s) {
    constexpr const char* names[] = {"stat_local",  "hash_local", "stat_remote",  "ask_day",
                                     "ask_catalog", "remove",     "not_now",      "gone",
                                     "new_version", "vanished",   "lost_again",   "not_a_copy",
                                     "day_removed", "superseded", "settle_others"};
    return out << names[static_cast<int>(s)];
}
}  // namespace suprsync

BOOST_AUTO_TEST_SUITE(delete_guard)

namespace {

using step = deletion_step;

const std::string sum = "11111111111111111111111111111111";
const std::string other_sum = "22222222222222222222222222222222";
constexpr epoch_seconds now = 1.7e9;
constexpr double after = 1000;
constexpr file_identity identity{1, 2, 300, 4};
constexpr file_identity other_identity{1, 9, 300, 4};

failure failed(failure_code code) { return {code, "look at", "/data/a", "because"}; }

// All four conditions hold and everything was asked.
deletion_facts all_good() {
    deletion_facts f;
    f.item.row.id = 1;
    f.item.row.local_path = "/data/a";
    f.item.row.local_md5sum = sum;
    f.item.row.remote_md5sum = sum;
    f.item.row.timestamp = now - after - 1;
    f.item.identity = identity;
    f.now = now;
    f.delete_local_after = after;
    f.recheck = recheck_kind::size;
    f.local = identity;
    f.remote = stat_answer{true, identity.size, std::nullopt};
    f.catalog_agrees = true;
    return f;
}

// The conditions of the spec (Deleting), one by one; each says whether it holds, as far as the facts tell.
bool condition_1(const deletion_facts& f) {
    const auto& row = f.item.row;
    const bool verified = !row.local_md5sum.empty() && row.remote_md5sum == row.local_md5sum;
    return verified && !row.removed && row.deletable && !row.ignore &&
           f.now - row.timestamp > f.delete_local_after && f.within_roots;
}
bool condition_2(const deletion_facts& f) {
    if (!f.local || !*f.local) return false;
    if (f.item.identity) return *f.item.identity == **f.local;
    return f.local_md5 && *f.local_md5 && **f.local_md5 == f.item.row.remote_md5sum;
}
bool is_gone(const deletion_facts& f) {
    if (f.local && !*f.local) return f.local->error().code == failure_code::not_found;
    return f.local_md5 && !*f.local_md5 && f.local_md5->error().code == failure_code::not_found;
}
bool condition_3(const deletion_facts& f) {
    if (!f.remote || !f.remote->answered) return false;  // without an answer there was no sync
    if (f.recheck == recheck_kind::off) return true;
    if (!f.remote->size) return false;
    const auto verified = is_gone(f) ? f.item.identity : std::optional(**f.local);
    if (verified && *f.remote->size != verified->size) return false;
    return f.recheck == recheck_kind::size || f.remote->md5 == f.item.row.remote_md5sum;
}
bool condition_4(const deletion_facts& f) {
    return !f.item.wanted_elsewhere && !f.item.superseded && f.catalog_agrees;
}

// What is to be done, in words of the specification.
step expected_of(const deletion_facts& f) {
    const auto& row = f.item.row;
    const bool verified = !row.local_md5sum.empty() && row.remote_md5sum == row.local_md5sum;
    if (verified && !row.removed && row.deletable && !row.ignore && f.item.superseded)
        return step::superseded;
    if (!condition_1(f) || f.item.wanted_elsewhere) return step::not_now;
    if (!f.local) return step::stat_local;
    const bool gone = is_gone(f);
    if (!*f.local && !gone) return step::not_now;
    if (!gone && !condition_2(f)) {
        if (f.item.identity) return step::new_version;
        if (!f.local_md5) return step::hash_local;
        if (*f.local_md5) return step::new_version;
        return f.local_md5->error().code == failure_code::changed ? step::new_version : step::not_now;
    }
    if (!condition_3(f)) {
        if (!f.remote) return step::stat_remote;
        if (!f.remote->answered) return step::not_now;
        if (!f.remote->size) return f.item.vanished || gone ? step::lost_again : step::vanished;
        if (f.recheck == recheck_kind::md5 && !f.remote->md5) return step::not_now;  // not answered
        return step::lost_again;
    }
    if (gone) return step::gone;
    return f.catalog_agrees ? step::remove : step::ask_catalog;
}

using change = std::function<void(deletion_facts&)>;
using visitor = std::function<void(const deletion_facts&)>;

// One of each list, in all combinations.
void combine(const std::vector<std::vector<change>>& lists, const visitor& visit, std::size_t from = 0,
             const deletion_facts& facts = all_good()) {
    if (from == lists.size()) return visit(facts);
    for (const auto& apply : lists[from]) {
        auto changed = facts;
        apply(changed);
        combine(lists, visit, from + 1, changed);
    }
}

using F = deletion_facts;
const change nothing = [](F&) {};

const std::vector<std::vector<change>> row_facts{
    {nothing, [](F& f) { f.item.row.removed = 0; }},
    {nothing, [](F& f) { f.item.row.ignore = true; }},
    {nothing, [](F& f) { f.item.row.deletable = false; }},
    {nothing, [](F& f) { f.item.row.remote_md5sum = other_sum; },
     [](F& f) { f.item.row.remote_md5sum.reset(); },
     [](F& f) { f.item.row.local_md5sum = "", f.item.row.remote_md5sum = ""; }},
    {nothing, [](F& f) { f.item.row.timestamp = now - after + 1; }},
    {nothing, [](F& f) { f.within_roots = false; }},
    {nothing, [](F& f) { f.item.wanted_elsewhere = true; }, [](F& f) { f.item.superseded = true; }},
};

const std::vector<std::vector<change>> world_facts{
    {nothing, [](F& f) { f.item.identity = other_identity; }, [](F& f) { f.item.identity.reset(); }},
    {nothing, [](F& f) { f.local.reset(); }, [](F& f) { f.local = failed(failure_code::not_found); },
     [](F& f) { f.local = failed(failure_code::not_permitted); }},
    {nothing, [](F& f) { f.local_md5 = sum; }, [](F& f) { f.local_md5 = other_sum; },
     [](F& f) { f.local_md5 = failed(failure_code::changed); },
     [](F& f) { f.local_md5 = failed(failure_code::not_found); },
     [](F& f) { f.local_md5 = failed(failure_code::io); }},
    {nothing, [](F& f) { f.recheck = recheck_kind::md5; }, [](F& f) { f.recheck = recheck_kind::off; }},
    {nothing, [](F& f) { f.remote.reset(); }, [](F& f) { f.remote = stat_answer{false, {}, {}}; },
     [](F& f) { f.remote = stat_answer{false, identity.size, sum}; },
     [](F& f) { f.remote = stat_answer{true, {}, {}}; }, [](F& f) { f.remote->md5 = sum; },
     [](F& f) { f.remote->md5 = other_sum; }, [](F& f) { f.remote->size = 299; },
     [](F& f) { f.remote = stat_answer{true, 299, sum}; }},
    {nothing, [](F& f) { f.item.vanished = 1; }, [](F& f) { f.item.vanished = 2; }},
    {nothing, [](F& f) { f.catalog_agrees = false; }},
};

void check(const deletion_facts& f, std::map<step, int>& seen) {
    const auto made = guard_deletion(f);
    ++seen[made.step];
    if (made.step == step::remove)
        BOOST_REQUIRE((condition_1(f) && condition_2(f) && condition_3(f) && condition_4(f)));
    if (made.step != expected_of(f)) BOOST_FAIL(made.step << " instead of " << expected_of(f) << made.reason);
    const bool question = made.step <= step::remove;
    BOOST_REQUIRE(made.reason.empty() == question);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_file_of_which_everything_is_good_is_removed) {
    BOOST_TEST(guard_deletion(all_good()).step == step::remove);
}

BOOST_AUTO_TEST_CASE(every_combination_of_what_here_and_there_tell) {
    std::map<step, int> seen;
    combine(world_facts, [&](const F& f) { check(f, seen); });
    BOOST_TEST(seen.size() == 10U);
}

BOOST_AUTO_TEST_CASE(every_combination_of_what_the_row_tells) {
    // With everything else good, with every single other fact changed, and with nothing asked yet.
    std::vector<change> worlds{nothing,
                               [](F& f) { f.local.reset(), f.remote.reset(), f.catalog_agrees = false; }};
    for (const auto& list : world_facts) worlds.insert(worlds.end(), list.begin() + 1, list.end());
    auto lists = row_facts;
    lists.push_back(worlds);
    std::map<step, int> seen;
    combine(lists, [&](const F& f) { check(f, seen); });
    BOOST_TEST(seen[step::remove] > 0);
}

BOOST_AUTO_TEST_CASE(questions_are_asked_in_order_and_each_once) {
    auto f = all_good();
    f.item.identity.reset();
    f.local.reset(), f.remote.reset(), f.catalog_agrees = false;
    BOOST_TEST(guard_deletion(f).step == step::stat_local);
    f.local = identity;
    BOOST_TEST(guard_deletion(f).step == step::hash_local);
    f.local_md5 = sum;
    BOOST_TEST(guard_deletion(f).step == step::stat_remote);
    f.remote = stat_answer{true, identity.size, {}};
    BOOST_TEST(guard_deletion(f).step == step::ask_catalog);
    f.catalog_agrees = true;
    BOOST_TEST(guard_deletion(f).step == step::remove);
}

BOOST_AUTO_TEST_CASE(a_row_that_rules_it_out_costs_no_question) {
    auto f = all_good();
    f.local.reset(), f.remote.reset();
    f.item.row.deletable = false;
    BOOST_TEST(guard_deletion(f).step == step::not_now);
}

// "older than delete_local_after"
BOOST_AUTO_TEST_CASE(the_age_is_counted_from_the_registration) {
    auto f = all_good();
    f.item.row.timestamp = now - after;
    BOOST_TEST(guard_deletion(f).step == step::not_now);
    f.item.row.timestamp = now - after - 0.001;
    BOOST_TEST(guard_deletion(f).step == step::remove);
    f.item.row.timestamp = now + 1e6;
    BOOST_TEST(guard_deletion(f).step == step::not_now);
    f.item.row.timestamp = std::numeric_limits<double>::quiet_NaN();
    BOOST_TEST(guard_deletion(f).step == step::not_now);
    f.item.row.timestamp = now - 1;
    f.delete_local_after = 0;
    BOOST_TEST(guard_deletion(f).step == step::remove);
}

BOOST_AUTO_TEST_CASE(any_part_of_the_identity_counts) {
    for (const auto& seen : {file_identity{9, 2, 300, 4}, file_identity{1, 9, 300, 4},
                             file_identity{1, 2, 301, 4}, file_identity{1, 2, 300, 5}}) {
        auto f = all_good();
        f.local = seen;
        f.remote->size = seen.size;
        BOOST_TEST((guard_deletion(f).step != step::remove));
        f.local_md5 = other_sum;
        BOOST_TEST(guard_deletion(f).step == step::new_version);
    }
}

// The spec (Deleting) computes the MD5 only "where no record exists", and "a file that fails 2 is a new
// version": a recorded identity that differs is one, whatever the content.
BOOST_AUTO_TEST_CASE(a_changed_identity_is_a_new_version_whatever_its_content) {
    for (const auto& md5 : {std::optional<result<std::string>>(), std::optional<result<std::string>>(sum)}) {
        auto f = all_good();
        f.item.identity = other_identity;
        f.local_md5 = md5;
        BOOST_TEST(guard_deletion(f).step == step::new_version);
    }
}

BOOST_AUTO_TEST_CASE(the_local_file_itself_is_no_copy_of_it) {
    constexpr file_identity here{1, 2, 300, 4, 5};
    for (const auto recheck : {recheck_kind::off, recheck_kind::size, recheck_kind::md5})
        for (const bool is_it : {true, false}) {
            auto f = all_good();
            f.recheck = recheck;
            f.local = here;
            f.remote = stat_answer{true, 300, sum, remote_object{true, 1, is_it ? 2U : 3U, 99, 300},
                                   read_source::disk};
            const auto decision = guard_deletion(f);
            BOOST_TEST((decision.step == (is_it ? step::not_a_copy : step::remove)), decision.reason);
        }
}

BOOST_AUTO_TEST_CASE(reasons_tell_what_stands_in_the_way) {
    auto f = all_good();
    f.within_roots = false;
    BOOST_TEST((guard_deletion(f).reason.find("local_roots") != std::string::npos));
    f = all_good();
    f.remote->size = 299;
    BOOST_TEST((guard_deletion(f).reason.find("299") != std::string::npos));
    f = all_good();
    f.recheck = recheck_kind::md5;
    f.remote->md5 = other_sum;
    BOOST_TEST((guard_deletion(f).reason.find(other_sum) != std::string::npos));
}

// It is gone: no version of it can be copied anywhere.
BOOST_AUTO_TEST_CASE(other_versions_of_a_file_that_is_gone_are_not_waited_for) {
    auto f = all_good();
    f.item.other_versions.push_back(f.item.row);
    BOOST_TEST((guard_deletion(f).step == step::settle_others));
    f.local = failure{failure_code::not_found, "stat", "/data/a", "no such file"};
    BOOST_TEST((guard_deletion(f).step == step::gone));
}

BOOST_AUTO_TEST_SUITE_END()
