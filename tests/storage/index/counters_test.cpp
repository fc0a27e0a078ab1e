// Counters, work lists and directories equal a recount by plain SQL, whatever a foreign writer and we did to
// the rows (spec, Cost): long random sequences, the same ones at every run.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <map>
#include <random>

#include "tests/storage/index/recount.hpp"
#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_counters)

namespace {

const strings archives = {archive, "other", "third"};

class random_history {
  public:
    explicit random_history(std::uint32_t seed) : random_(seed) {
        for (const auto& name : archives) {
            limits_[name] = max_attempts;
            d_.serve(name).value();
        }
    }

    void step() {
        switch (pick(14)) {
            case 0:
            case 1:
            case 2:
                return insert();
            case 3:
            case 4:
            case 5:
                return update();
            case 6:
                return sql("DELETE FROM supersync_v0 WHERE id = {}", some_id());
            case 7:
                return sql("UPDATE OR REPLACE supersync_v0 SET id = {} WHERE id = {}", some_id(), some_id());
            case 8:
                return sql(
                    R"(REPLACE INTO supersync_v0 SELECT {}, local_path || 'r', local_md5sum, archive_name,
                    remote_path, timestamp, NULL, NULL, NULL, 0, 1, 0 FROM supersync_v0 WHERE id = {})",
                    some_id(), some_id());
            case 9:
                return flag_timecode();
            case 10:
                return add();
            case 11:
                return record();
            case 12:
                return remove();
            default:
                return change_limit();
        }
    }

    void check() { check_against_recount(d_, limits_); }

    void restart() {
        d_.close();
        d_.open().value();
        d_.prepare();
        for (const auto& name : archives) d_.serve(name, limits_[name]).value();
    }

  private:
    int pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
    template <class T>
    T one_of(const std::vector<T>& choices) {
        return choices[static_cast<std::size_t>(pick(static_cast<int>(choices.size())))];
    }
    file_id some_id() { return 1 + pick(60); }
    template <class... Values>
    void sql(fmt::format_string<Values...> text, Values&&... values) {
        d_.foreign().execute(fmt::format(text, std::forward<Values>(values)...));
    }

    std::string some_path() {
        const auto timecode = std::to_string(17000 + pick(4));
        return one_of<std::string>(
            {timecode + "/smurf/" + std::to_string(pick(40)),
             timecode + "/suprsync/srv/" + std::to_string(pick(9)) + "_data_17000_finalized.yaml",
             timecode + "/suprsync/srv/x/y_finalized.yaml", "no/timecode", timecode + "x/y"});
    }

    catalog_row some_row() {
        auto row = row_of(pick(50), one_of(archives));
        row.remote_path = some_path();
        if (pick(4) == 0) row.local_md5sum = "";
        if (pick(2) == 0) row.remote_md5sum = one_of<std::string>({row.local_md5sum, "other", ""});
        if (pick(9) == 0) row.removed = one_of<double>({0, 5});
        row.failed_copy_attempts = one_of<std::optional<std::int64_t>>({std::nullopt, 0, 1, 5, 7});
        row.deletable = one_of<std::optional<bool>>({std::nullopt, true, false});
        row.ignore = one_of<std::optional<bool>>({std::nullopt, false, false, true});
        return row;
    }

    void insert() {
        std::vector<catalog_row> rows;
        for (int n = pick(4); n >= 0; --n) rows.push_back(some_row());
        d_.foreign().insert(rows);
        // A history of about sixty rows is one in which everything happens to every row.
        sql("DELETE FROM supersync_v0 WHERE id > 60");
    }

    void update() {
        const auto what = one_of<std::string>({"remote_md5sum = local_md5sum",
                                               "remote_md5sum = NULL",
                                               "remote_md5sum = 'other'",
                                               "local_md5sum = ''",
                                               "local_md5sum = 'new'",
                                               "\"ignore\" = 1",
                                               "\"ignore\" = 0",
                                               "\"ignore\" = NULL",
                                               "deletable = 0",
                                               "deletable = NULL",
                                               "removed = 0",
                                               "removed = NULL",
                                               "failed_copy_attempts = 0",
                                               "failed_copy_attempts = 3",
                                               "failed_copy_attempts = 9",
                                               "failed_copy_attempts = NULL",
                                               "timestamp = timestamp - 100",
                                               "timestamp = timestamp + 250",
                                               "copied = 5",
                                               "archive_name = 'third'",
                                               "archive_name = 'data'",
                                               "local_path = local_path || 'x'",
                                               "remote_path = '" + some_path() + "'"});
        sql("UPDATE supersync_v0 SET {} WHERE id % {} = {}", what, 1 + pick(20), pick(5));
    }

    void flag_timecode() {
        const auto name = one_of(archives);
        const int timecode = 17000 + pick(4);
        switch (pick(4)) {
            case 0:
                return d_.foreign().insert_timecode(name, {timecode, true, true, pick(2) == 0, {}});
            case 1:
                return sql("DELETE FROM timecode_dirs_v0 WHERE timecode = {}", timecode);
            case 2:
                return d_.mark_timecode(timecode, pick(2) == 0, pick(2) == 0, name).value();
            default:
                return finalize(name, timecode);
        }
    }

    void finalize(const std::string& name, int timecode) {
        const auto summary = d_.summarize(timecode, name).value();
        const double at = 1'700'250'000 + ++finalizations_;
        const bool may = summary.synced && summary.num_files > 0 && !summary.oldest_unsettled;
        const auto row = d_.register_finalization(summary, finalization_of(timecode, at, name), at);
        if (may) BOOST_TEST(row.has_value());
    }

    void add() {
        std::vector<registration> files;
        for (int n = pick(3); n >= 0; --n) {
            files.push_back(registration_of(some_row()));
            if (pick(2) == 0) files.back().size = static_cast<std::uint64_t>(pick(1000));
        }
        (void)d_.add(files);  // a conflict is an answer, too
    }

    void record() {
        std::vector<file_outcome> outcomes;
        for (int n = pick(5); n >= 0; --n) {
            const auto seen = d_.find(some_id()).value();
            if (!seen) continue;
            file_outcome o;
            o.seen = seen->row;
            if (pick(3) == 0) o.local_md5sum = "computed";
            if (pick(2) == 0) o.remote_md5sum = o.local_md5sum.value_or(o.seen.local_md5sum);
            o.verified = o.remote_md5sum && !o.remote_md5sum->empty() && pick(2) == 0;
            if (!o.verified) o.attempts_lost = pick(2);
            o.fail_for_good = !o.verified && pick(9) == 0;
            if (!o.verified && pick(3) == 0) o.next_attempt = early + pick(100);
            if (pick(9) == 0) o.ignore_reason = "reason";
            if (pick(2) == 0) o.size = static_cast<std::uint64_t>(pick(1000));
            outcomes.push_back(std::move(o));
        }
        d_.record(outcomes).value();
    }

    void remove() {
        std::vector<deletion_record> records;
        for (const auto& item : d_.load_deletable(later, later, 5).value())
            records.push_back({item.row, static_cast<deletion_outcome>(pick(6)), "error", early,
                               early + pick(100), static_cast<std::uint64_t>(pick(1000))});
        d_.record_deletions(records).value();
    }

    void change_limit() {
        const auto name = one_of(archives);
        limits_[name] = one_of<int>({1, 3, max_attempts, 8});
        d_.serve(name, limits_[name]).value();
    }

    std::mt19937 random_;
    ready_database d_;
    std::map<std::string, int> limits_;
    int finalizations_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_CASE(equal_a_recount_after_any_history) {
    constexpr int steps = 1500;
    constexpr int steps_between_checks = 25;
    constexpr int steps_between_restarts = 400;
    for (const std::uint32_t seed : {1U, 2U, 3U}) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            random_history history(seed);
            for (int n = 1; n <= steps; ++n) {
                history.step();
                if (n % steps_between_checks != 0) continue;
                BOOST_TEST_CONTEXT("step " << n) history.check();
                if (n % steps_between_restarts == 0) history.restart();
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
