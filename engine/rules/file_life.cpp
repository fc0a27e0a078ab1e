#include "engine/rules/file_life.hpp"

#include <fmt/format.h>

#include "engine/model/text.hpp"
#include "engine/rules/backoff.hpp"
#include "engine/rules/not_a_copy.hpp"

namespace suprsync {

bool is_of_the_place(const failure& why) {
    return why.code == failure_code::place || why.code == failure_code::no_directory;
}

bool must_hash(const file_row& row, const file_identity& local) {
    return row.local_md5sum.empty() || row.undated || local.mtime() > row.timestamp;
}

judgement judge(const attempt_facts& f) {
    if (f.local_problem) return {f.of_the_place ? verdict::held_up : verdict::missing, *f.local_problem, {}};
    if (!f.after)
        return {verdict::missing,
                fmt::format("the local file {} went away while it was copied", f.row.local_path),
                {}};
    const bool changed = *f.after != f.before;
    if (changed)
        return {verdict::unstable,
                fmt::format(
                    "{} changed while it was copied; it is copied when it has been unchanged for {:.0f} s",
                    f.row.local_path, unchanged_before_retry),
                {}};
    if (is_the_local_file(*f.after, f.there)) return {verdict::not_a_copy, not_a_copy_reason(f.row), {}};
    const bool trusted = !must_hash(f.row, f.before);
    if (!trusted && !f.local_md5) return {verdict::need_hash, {}, {}};
    // The registered sum stands for content that nobody modified since; what was read now must be the same.
    const auto registered = lower(f.row.local_md5sum);  // a person may have written it
    if (trusted && !is_md5(registered))
        return {
            verdict::corrupt,
            fmt::format(
                "the registered checksum of {} is no MD5 sum but '{}': register it anew, or set local_md5sum to '' for the daemon to compute it",
                f.row.local_path, f.row.local_md5sum),
            {}};
    if (trusted && f.local_md5 && *f.local_md5 != registered)
        return {
            verdict::corrupt,
            fmt::format(
                "the content of {} is not what was registered (MD5 {}, registered {}) though it was not modified since: the disk or the registration is wrong; it is kept, register it anew if it is right",
                f.row.local_path, *f.local_md5, f.row.local_md5sum),
            *f.local_md5};
    const std::string& expected = f.local_md5 ? *f.local_md5 : registered;

    if (f.remote_md5 == expected) return {verdict::publish, {}, expected};
    // A transfer or an answer that was cut short says nothing against the file.
    if (!f.destination_answered) return {verdict::no_answer, {}, expected};
    // What rsync says of the local file may be a problem of its place, which reading it tells.
    if (!f.remote_md5 && !f.local_md5 && f.complaint &&
        f.complaint->find(f.row.local_path) != std::string::npos)
        return {verdict::need_hash, {}, {}};
    if (!f.remote_md5)
        return {verdict::missing, f.complaint.value_or("it was not at the destination after the transfer"),
                expected};
    if (!f.local_md5) return {verdict::need_hash, {}, {}};
    return {verdict::mismatch,
            fmt::format("the checksums differ: {} here, {} at the destination{}", expected, *f.remote_md5,
                        f.complaint ? " (" + *f.complaint + ")" : std::string()),
            expected};
}

file_outcome outcome_of(const judgement& j, const attempt_facts& f) {
    file_outcome o;
    o.seen = f.row;
    o.size = f.before.size;
    if (f.remote_md5) o.remote_md5sum = f.remote_md5;
    const auto wait = [&](double seconds) {
        o.error = j.reason;
        o.error_at = f.now;
        o.next_attempt = f.now + seconds;
    };
    const auto lose_attempt = [&] {
        o.attempts_lost = 1;
        wait(file_retry_delay(f.row.failed_copy_attempts + 1));
    };
    switch (j.decision) {
        case verdict::mismatch:
            lose_attempt();
            o.compare = true;
            if (f.local_md5) o.local_md5sum = f.local_md5;
            break;
        case verdict::missing:
            lose_attempt();
            break;
        case verdict::corrupt:
        case verdict::conflict:
            lose_attempt();
            o.fail_for_good = true;
            break;
        case verdict::unstable:
            wait(unchanged_before_retry);
            o.remote_md5sum.reset();  // of content that is gone
            o.compare = true;         // and so is what is staged of it: nothing to append to
            break;
        case verdict::held_up:
            wait(held_up_for);
            break;
        case verdict::not_a_copy:
            wait(held_up_for);
            o.remote_md5sum.reset();
            break;
        case verdict::no_answer:
        case verdict::publish:
        case verdict::need_hash:
            break;
    }
    // Equal sums there mean verified to everybody (spec, Verifying), and this file is not published.
    if (o.remote_md5sum == o.local_md5sum.value_or(f.row.local_md5sum)) o.remote_md5sum.reset();
    return o;
}

file_outcome verified_outcome(const attempt_facts& f, const judgement& j, epoch_seconds transferred_at) {
    file_outcome o;
    o.seen = f.row;
    o.size = f.before.size;
    if (f.row.local_md5sum != j.expected) o.local_md5sum = j.expected;
    o.remote_md5sum = j.expected;
    o.copied = transferred_at;
    o.verified = true;
    o.error = "";
    if (f.after == f.before) o.identity = f.before;
    o.written_before = !f.sent_whole;
    const bool read_whole = f.local_md5 || f.sent_whole;
    o.hash_before_deletion = !read_whole || f.opened_at - f.before.mtime() < settled_mtime_age;
    o.real_path = f.real_path;
    return o;
}

}  // namespace suprsync
