// SQL only finds rows; the rules in engine/rules decide. Here the rules are asked about all rows of random
// catalogs, read plainly, and the catalog must answer the same: what SQL leaves out is not missing.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>
#include <set>
#include <tuple>

#include "engine/rules/claims.hpp"
#include "engine/rules/deletability.hpp"
#include "engine/rules/row_state.hpp"
#include "storage/index/side_rows.hpp"
#include "tests/storage/catalog/open_database.hpp"

namespace suprsync::test {

namespace {

constexpr double now = early + 100;
constexpr double before = early + 4;  // what is registered from then on is too young to be deleted

struct archive_kind {
    std::string name;
    int limit;
    std::string place;  // '' where it is never served
};
const std::vector<archive_kind> archives = {{archive, max_attempts, destination},
                                            {"same", 2, destination},
                                            {"elsewhere", max_attempts, "host:/base/data"},
                                            {"never served", max_attempts, ""}};

const archive_kind& kind_of(const std::string& name) {
    return *std::find_if(archives.begin(), archives.end(), [&](const auto& a) { return a.name == name; });
}

// Two of each have the same key.
const strings remote_paths = {"17000/a", "17001/a", "17000/smurf/fswknm", "17000/smurf/xtjenx",
                              "17000/suprsync/srv/1_data_16999_finalized.yaml"};
const strings local_paths = {"/data/eotupi", "/data/yghhlk", "/data/b",      "/elsewhere/b",
                             "/data/c",      "/data/d",      "/elsewhere/c", "/elsewhere/d"};

file_row plain(const catalog_row& shared) {
    file_row row;
    row.id = shared.id;
    row.local_path = shared.local_path;
    row.local_md5sum = shared.local_md5sum;
    row.archive_name = shared.archive_name;
    row.remote_path = shared.remote_path;
    row.timestamp = shared.timestamp;
    row.remote_md5sum = shared.remote_md5sum;
    row.copied = shared.copied;
    row.removed = shared.removed;
    row.failed_copy_attempts = static_cast<int>(shared.failed_copy_attempts.value_or(0));
    row.deletable = shared.deletable.value_or(true);
    row.ignore = shared.ignore.value_or(false);
    return row;
}

auto tie(const claimant& c) {
    return std::tie(c.id, c.archive_name, c.local_path, c.local_md5sum, c.ignore, c.verified,
                    c.remote_md5sum);
}

// A catalog of random rows, half of them there before it was opened, changed at random afterwards.
class random_catalog : public open_database {
  public:
    explicit random_catalog(unsigned seed) : random_(seed) {
        insert(half);
        make_ready();
        for (const auto& a : archives)
            if (!a.place.empty()) serve(a.name, a.limit, a.place).value();
        insert(half);
        for (const char* change :
             {"local_path = '/data/b'", "remote_path = '17000/a'", "archive_name = 'same'",
              "remote_md5sum = local_md5sum", "remote_md5sum = NULL", "\"ignore\" = 1", "\"ignore\" = NULL",
              "deletable = NULL", "removed = NULL", "failed_copy_attempts = NULL"})
            foreign().execute(std::string("UPDATE supersync_v0 SET ") + change +
                              " WHERE id = " + std::to_string(below(2 * half) + 1));
        foreign().execute("DELETE FROM supersync_v0 WHERE id = " + std::to_string(below(2 * half) + 1));
        put_some_off();
        reload();
    }

    void reload() {
        rows.clear();
        for (const auto& shared : foreign().rows()) rows.push_back(plain(shared));
    }

    std::vector<claimant> claimants(const std::string& archive_name, const std::string& remote_path,
                                    file_id self = 0) const {
        const auto& place = kind_of(archive_name).place;
        std::vector<claimant> found;
        for (const auto& row : rows)
            if (row.id != self && row.remote_path == remote_path &&
                (row.archive_name == archive_name ||
                 (!place.empty() && kind_of(row.archive_name).place == place)))
                found.push_back(claimant_of(row));
        return found;
    }
    std::vector<claimant> claimants(const file_row& row) const {
        return claimants(row.archive_name, row.remote_path, row.id);
    }
    other_rows others(const file_row& row) const {
        return {is_superseded(row, claimants(row)),
                std::any_of(rows.begin(), rows.end(),
                            [&](const file_row& other) { return wants_local_file(other, row); })};
    }
    bool is_put_off(const file_row& row) const { return put_off.contains(row.id); }

    registration any_registration() {
        registration r;
        r.archive_name = any(archives).name;
        r.local_path = any(local_paths);
        r.remote_path = any(remote_paths);
        r.local_md5sum = any(sums);
        r.timestamp = early;
        return r;
    }

    std::vector<file_row> rows;
    std::set<file_id> put_off;

  private:
    static constexpr int half = 12;

    std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
    template <class T>
    const T& any(const std::vector<T>& list) {
        return list[below(list.size())];
    }

    void insert(int count) {
        using real = std::optional<double>;
        using integer = std::optional<std::int64_t>;
        std::vector<catalog_row> fresh;
        for (int n = 0; n < count; ++n) {
            catalog_row row;
            row.local_path = any(local_paths);
            row.remote_path = any(remote_paths);
            row.archive_name = any(archives).name;
            row.local_md5sum = any(sums);
            row.remote_md5sum = any(std::vector<std::optional<std::string>>{std::nullopt, "", "m", "n"});
            row.timestamp = early + static_cast<double>(below(6));
            row.removed = any(std::vector<real>{{}, {}, {}, 0.0, 5.0});
            row.failed_copy_attempts = any(std::vector<integer>{{}, 0, 2, 5, 9});
            row.deletable = any(std::vector<std::optional<bool>>{{}, true, true, false});
            row.ignore = any(std::vector<std::optional<bool>>{{}, false, false, false, true});
            fresh.push_back(std::move(row));
        }
        foreign().insert(fresh);
    }

    // The last changes: whatever comes after a delay may end it.
    void put_some_off() {
        reload();
        for (const auto& row : rows) {
            if (below(3) != 0) continue;
            const auto until = below(2) == 0 ? now : now + 1;
            if (until > now) put_off.insert(row.id);
            if (is_unsettled(row)) {
                file_outcome outcome;
                outcome.seen = row;
                outcome.next_attempt = until;
                record({outcome}).value();
            } else {
                record_deletions({{row, deletion_outcome::postponed, "", early, until}}).value();
            }
        }
    }

    const strings sums = {"", "m", "n"};
    std::mt19937 random_;
};

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

BOOST_AUTO_TEST_SUITE(catalog_rules_on_random_catalogs)

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
            for (const auto& item : d.work(now, a.name).items) {
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
        for (const auto& item : d.load_deletable(before, now).value()) {
            found.push_back(item.row.id);
            const auto others = d.others(item.row);
            BOOST_TEST(item.superseded == others.superseded, "row " << item.row.id);
            BOOST_TEST(item.wanted_elsewhere == others.wanted_elsewhere, "row " << item.row.id);
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
