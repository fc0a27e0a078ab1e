#include "engine/report/outcome_log.hpp"

#include <algorithm>

#include "engine/model/text.hpp"
#include "engine/report/log.hpp"

namespace suprsync {

namespace {

constexpr std::size_t logged_one_by_one = 20;

// What became of a file, as GET /events names it.
constexpr std::string_view kind_failed = "failed";
constexpr std::string_view kind_verified = "verified";
constexpr std::string_view kind_deleted = "deleted";

log::about of(const std::string& archive, const file_row& row, std::string_view kind = {}) {
    return {archive, row.id, row.local_path, kind};
}

// No line per file where there are many: the log is read by people.
class bad_files {
  public:
    std::size_t count() const { return count_; }
    bool too_many() const { return count_ > logged_one_by_one; }
    // Of the line about one more.
    spdlog::level::level_enum next_level() {
        ++count_;
        return too_many() ? spdlog::level::debug : spdlog::level::warn;
    }

  private:
    std::size_t count_ = 0;
};

}  // namespace

void outcome_log::log_not_sent(const std::vector<file_outcome>& outcomes) const {
    bad_files bad;
    for (const auto& o : outcomes)
        if (o.verified)
            log::info(of(archive_, o.seen, kind_verified),
                      "{} (id {}) is gone here, and stands at {} as an earlier registration delivered it",
                      o.seen.local_path, o.seen.id, o.seen.remote_path);
        else if (o.error)
            log::tell_at<messages::file_not_copied>(bad.next_level(), of(archive_, o.seen, kind_failed),
                                                    o.seen.local_path, o.seen.id, *o.error);
    if (bad.too_many())
        log::tell<messages::more_not_copied>({.archive = archive_}, bad.count(), logged_one_by_one);
}

outcome_log::batch_totals outcome_log::log_batch(const std::vector<batch_file>& files, std::uint64_t bytes,
                                                 double seconds, const std::optional<failure>& error) const {
    const bool many = files.size() > logged_one_by_one;
    const auto good_level = many ? spdlog::level::debug : spdlog::level::info;
    std::size_t verified = 0;
    bad_files bad;
    for (const auto& file : files) {
        verified += file.verified ? 1 : 0;
        if (!file.error.empty())
            log::tell_at<messages::file_not_copied>(bad.next_level(), of(archive_, file.row, kind_failed),
                                                    file.row.local_path, file.row.id, file.error);
        else if (file.verified)
            log::write(good_level, of(archive_, file.row, kind_verified),
                       "{} (id {}) is verified at {} ({} bytes)", file.row.local_path, file.row.id,
                       file.row.remote_path, file.bytes);
    }
    if (many || error)
        log::info({.archive = archive_}, "batch of {} files, {} bytes: {} verified, {} failed in {:.2f} s{}",
                  files.size(), bytes, verified, bad.count(), seconds, error ? ", " + error->text() : "");
    return {verified, bad.count()};
}

outcome_log::deletion_totals outcome_log::log_deletions(const std::vector<deletion_record>& records) const {
    const bool many = records.size() > logged_one_by_one;
    deletion_totals sums;
    bad_files bad;
    for (const auto& record : records) {
        const auto& row = record.seen;
        switch (record.outcome) {
            case deletion_outcome::deleted:
                ++sums.deleted;
                if (!many)
                    log::info(of(archive_, row, kind_deleted), "{} (id {}) is deleted", row.local_path,
                              row.id);
                continue;
            case deletion_outcome::gone:
                if (!many)
                    log::info(of(archive_, row, kind_deleted), "{} (id {}) is not deleted: {}",
                              row.local_path, row.id, record.error);
                continue;
            case deletion_outcome::lost_again:
                if (sums.lost++ == 0) sums.first_lost = row.local_path + ": " + record.error;
                break;
            case deletion_outcome::postponed:
                if (record.error.empty()) continue;
                break;
            default:
                break;
        }
        const auto kind = record.outcome == deletion_outcome::lost_again ? kind_failed : std::string_view();
        log::tell_at<messages::file_not_deleted>(bad.next_level(), of(archive_, row, kind), row.local_path,
                                                 row.id, record.error);
    }
    if (many && sums.deleted > 0)
        log::info({.archive = archive_}, "{} {} deleted", counted(sums.deleted, "file"),
                  sums.deleted == 1 ? "is" : "are");
    return sums;
}

void outcome_log::log_waiting(const file_row& row, const std::string& reason) const {
    log::debug(of(archive_, row), "{} (id {}) is not deleted yet: {}", row.local_path, row.id, reason);
}

void outcome_log::tell_copy(const file_outcome& outcome, bool transferred,
                            std::optional<std::uint64_t> bytes) {
    const auto tell = [&](file_event::kind what) {
        auto e = file_event::of(outcome.seen, what);
        e.bytes = bytes;
        events_.publish(std::move(e));
    };
    if (transferred && outcome.copied) tell(file_event::kind::copied);
    if (outcome.verified) {
        figures_.verified_bytes += bytes.value_or(0);
        if (!outcome.seen.undated) figures_.verified_after.observe(events_.now() - outcome.seen.timestamp);
        tell(file_event::kind::verified);
    }
    if (outcome.attempts_lost == 0 && !outcome.fail_for_good) return;
    const int attempts = outcome.seen.failed_copy_attempts + outcome.attempts_lost;
    tell_failure(outcome.seen, outcome.error.value_or(""),
                 outcome.fail_for_good ? std::max(attempts, max_copy_attempts_) : attempts);
}

void outcome_log::tell_deletion(const deletion_record& record) {
    switch (record.outcome) {
        case deletion_outcome::deleted:
            events_.publish(file_event::of(record.seen, file_event::kind::deleted));
            break;
        case deletion_outcome::gone: {
            auto e = file_event::of(record.seen, file_event::kind::deleted);
            e.reason = record.error;
            events_.publish(std::move(e));
            break;
        }
        case deletion_outcome::lost_again:
            tell_failure(record.seen, record.error, max_copy_attempts_);
            break;
        default:
            break;
    }
}

void outcome_log::tell_failure(const file_row& row, const std::string& reason, int attempts) {
    auto e = file_event::of(row, file_event::kind::failed);
    e.reason = reason;
    e.attempts = attempts;
    e.given_up = attempts >= max_copy_attempts_;
    ++figures_.failed_attempts;
    events_.publish(std::move(e));
}

}  // namespace suprsync
