#include "engine/run/file_events.hpp"

#include <algorithm>

namespace suprsync {

namespace {

file_event event_of(const archive_context& archive, const file_row& row, file_event::kind what) {
    file_event e;
    e.what = what;
    e.archive = archive.config.name;
    e.id = row.id;
    e.local_path = row.local_path;
    e.remote_path = row.remote_path;
    return e;
}

void tell_failure(archive_context& archive, const file_row& row, const std::string& reason, int attempts) {
    auto e = event_of(archive, row, file_event::kind::failed);
    e.reason = reason;
    e.attempts = attempts;
    e.given_up = attempts >= archive.config.max_copy_attempts;
    ++archive.instruments.failed_attempts;
    archive.environment.events.publish(std::move(e));
}

}  // namespace

void tell_outcome(archive_context& archive, const file_outcome& outcome, bool transferred,
                  std::optional<std::uint64_t> bytes) {
    const auto tell = [&](file_event::kind what) {
        auto e = event_of(archive, outcome.seen, what);
        e.bytes = bytes;
        archive.environment.events.publish(std::move(e));
    };
    if (transferred && outcome.copied) tell(file_event::kind::copied);
    if (outcome.verified) {
        archive.instruments.verified_bytes += bytes.value_or(0);
        tell(file_event::kind::verified);
    }
    if (outcome.attempts_lost == 0 && !outcome.fail_for_good) return;
    const int attempts = outcome.seen.failed_copy_attempts + outcome.attempts_lost;
    tell_failure(archive, outcome.seen, outcome.error.value_or(""),
                 outcome.fail_for_good ? std::max(attempts, archive.config.max_copy_attempts) : attempts);
}

void tell_deletion(archive_context& archive, const deletion_record& record) {
    switch (record.outcome) {
        case deletion_outcome::deleted:
            archive.environment.events.publish(event_of(archive, record.seen, file_event::kind::deleted));
            break;
        case deletion_outcome::gone: {
            auto e = event_of(archive, record.seen, file_event::kind::deleted);
            e.reason = record.error;
            archive.environment.events.publish(std::move(e));
            break;
        }
        case deletion_outcome::lost_again:
            tell_failure(archive, record.seen, record.error, archive.config.max_copy_attempts);
            break;
        default:
            break;
    }
}

void tell_registration(archive_context& archive, const file_row& row) {
    ++archive.registered_here;
    archive.environment.events.publish(event_of(archive, row, file_event::kind::registered));
}

}  // namespace suprsync
