// Random catalogs, and what the rules in engine/rules have to know of all their rows, read plainly.
#pragma once

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "engine/rules/claims.hpp"
#include "engine/rules/deletability.hpp"
#include "engine/rules/row_state.hpp"
#include "tests/support/file_row.hpp"
#include "tests/support/storage/open_database.hpp"

namespace suprsync::test::random_rows {

inline constexpr double asked_at = early + 100;
inline constexpr double before = early + 4;  // what is registered from then on is too young to be deleted

struct archive_kind {
    std::string name;
    int limit;
    std::string place;  // '' where it is never served
};
inline const std::vector<archive_kind> archives = {{archive, max_attempts, destination},
                                                   {"same", 2, destination},
                                                   {"elsewhere", max_attempts, "host:/base/data"},
                                                   {"never served", max_attempts, ""}};

inline const archive_kind& kind_of(const std::string& name) {
    return *std::find_if(archives.begin(), archives.end(), [&](const auto& a) { return a.name == name; });
}

// Two of each have the same key; one remote path is another in an odd spelling.
inline const strings remote_paths = {"17000/a",
                                     "17001/a",
                                     "./17000//a/",
                                     "17000/smurf/fswknm",
                                     "17000/smurf/xtjenx",
                                     "17000/suprsync/srv/1_data_16999_finalized.yaml"};
inline const strings local_paths = {"/data/eotupi", "/data/yghhlk", "/data/b",      "/elsewhere/b",
                                    "/data/c",      "/data/d",      "/elsewhere/c", "/elsewhere/d"};

inline auto tie(const claimant& c) {
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
        for (const auto& shared : foreign().rows()) rows.push_back(file_row_of(shared));
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
    row_surroundings others(const file_row& row) const {
        row_surroundings found{.superseded = is_superseded(row, claimants(row))};
        for (const auto& other : rows) {
            const auto objection = objection_of(
                other, row, {[] { return false; }, [&] { return is_superseded(other, claimants(other)); }});
            found.wanted_elsewhere |= objection.wanted;
            found.other_version |= objection.other_version;
        }
        return found;
    }
    bool is_put_off(const file_row& row) const { return put_off.contains(row.id); }

    registration any_registration() {
        registration r;
        r.archive_name = any(archives).name;
        r.local_path = any(local_paths);
        r.remote_path = plain_remote_path(any(remote_paths));
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
            const auto until = below(2) == 0 ? asked_at : asked_at + 1;
            if (until > asked_at) put_off.insert(row.id);
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

}  // namespace suprsync::test::random_rows
