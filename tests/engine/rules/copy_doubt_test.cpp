#include "engine/rules/copy_doubt.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <set>
#include <string>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(copy_doubt)

namespace {

constexpr file_id rows_then = 3;  // registered before the failure; one more came after it

// What the catalog keeps, changed by the rules, beside what is so.
struct kept_doubts {
    std::optional<failed_sync> failed;
    std::set<file_id> listed;
    std::set<file_id> doubtful;

    void fail() {
        failed = failed_sync{0, rows_then};
        listed.clear();
        doubtful = {1, 2, 3};
    }
    /// Reads the next row anew that was not looked at yet.
    void examine_next(bool proved) {
        if (!failed || is_examined(*failed)) return;
        const auto id = ++failed->proved_to;
        if (proved)
            listed.erase(id), doubtful.erase(id);
        else if (is_to_be_listed(failed, id, false))
            listed.insert(id);
    }
    /// Some of it may have been written before the failure.
    void become_verified(file_id id) {
        if (is_to_be_listed(failed, id, false)) listed.insert(id);
        if (failed && id <= rows_then) doubtful.insert(id);
    }
    /// The machine there was started anew: of some rows, which had copies, nobody knows.
    void start_anew() {
        for (const file_id id : {2, 3}) listed.insert(id), doubtful.insert(id);
    }
    void prove_listed(file_id id) {
        if (failed && !is_examined(*failed)) return;  // each has its turn
        if (listed.erase(id) > 0) doubtful.erase(id);
    }
};

constexpr int kinds_of_steps = 11;
void step(kept_doubts& k, int what) {
    if (what == 0) return k.fail();
    if (what <= 2) return k.examine_next(what == 1);
    if (what == 10) return k.start_anew();
    if (what <= 6) return k.become_verified(what - 2);
    k.prove_listed(what - 6);
}

bool agrees(const kept_doubts& k) {
    for (file_id id = 1; id <= rows_then + 1; ++id)
        if (is_doubtful(k.failed, id, k.listed.contains(id)) != k.doubtful.contains(id)) return false;
    return any_doubtful(k.failed, !k.listed.empty()) || k.doubtful.empty();
}

// Whether all sequences of so many more steps agree.
bool all_agree(const kept_doubts& before, int more) {
    if (!agrees(before)) return false;
    for (int what = 0; more > 0 && what < kinds_of_steps; ++what) {
        auto after = before;
        step(after, what);
        if (!all_agree(after, more - 1)) return false;
    }
    return true;
}

}  // namespace

BOOST_AUTO_TEST_CASE(exactly_what_was_not_read_anew_is_doubtful_after_any_sequence) {
    BOOST_TEST(all_agree({}, 5));
}

BOOST_AUTO_TEST_CASE(all_is_over_when_each_row_was_looked_at_and_none_is_listed) {
    kept_doubts k;
    BOOST_TEST(!any_doubtful(k.failed, false));
    k.fail();
    for (int left = rows_then; left > 0; --left) {
        BOOST_TEST(any_doubtful(k.failed, false));
        k.examine_next(left != 2);
    }
    BOOST_TEST(any_doubtful(k.failed, !k.listed.empty()));
    k.prove_listed(2);
    BOOST_TEST(!any_doubtful(k.failed, !k.listed.empty()));
}

BOOST_AUTO_TEST_CASE(what_was_written_before_is_listed_after_any_failure_whenever_it_was_registered) {
    for (const file_id id : {1, 2, 9}) {
        BOOST_TEST(!is_to_be_listed(std::nullopt, id, true));
        BOOST_TEST(is_to_be_listed(failed_sync{0, 2}, id, true));
        BOOST_TEST(is_to_be_listed(failed_sync{2, 2}, id, true));
        BOOST_TEST(is_to_be_listed(failed_sync{2, 2}, id, false) == (id <= 2));
    }
}

BOOST_AUTO_TEST_CASE(a_file_system_that_is_not_known_may_be_any) {
    using id = std::optional<std::string>;
    for (const id& one : {id(), id("1f"), id("2e")})
        for (const id& other : {id(), id("1f"), id("2e")}) {
            const bool known_to_differ = one && other && one != other;
            BOOST_TEST(may_share_file_system(one, other) == !known_to_differ);
        }
}

BOOST_AUTO_TEST_CASE(only_a_verified_row_that_stands_for_itself_and_is_not_ignored_has_a_copy) {
    for (const std::string local : {"", "m"})
        for (const std::string remote : {"", "m", "other"})
            for (const bool removed : {false, true})
                for (const bool superseded : {false, true})
                    for (const bool ignored : {false, true}) {
                        file_row row;
                        row.local_md5sum = local;
                        row.remote_md5sum = remote;
                        row.ignore = ignored;
                        if (removed) row.removed = 5;
                        const bool has = local == "m" && remote == "m" && !removed && !superseded && !ignored;
                        BOOST_TEST(has_copy_of_its_own(row, superseded) == has);
                    }
}

BOOST_AUTO_TEST_SUITE_END()
