#include "engine/rules/delete_guard.hpp"

#include <fmt/format.h>

#include <utility>

#include "engine/rules/deletability.hpp"
#include "engine/rules/not_a_copy.hpp"
#include "engine/rules/removed_days.hpp"

namespace suprsync {

namespace {

using step = deletion_step;

deletion_decision not_now(std::string reason) { return {step::not_now, std::move(reason)}; }

// Condition 1 and 4, as far as the catalog and the configuration tell.
std::optional<deletion_decision> check_row(const deletion_facts& f) {
    const auto& row = f.item.row;
    const auto found =
        judge_deletability(row, f.now - f.delete_local_after,
                           {f.item.superseded, f.item.wanted_elsewhere, !f.item.other_versions.empty()});
    switch (found) {
        case deletability::removed:
            return not_now("it is deleted already");
        case deletability::ignored:
            return not_now("it is ignored");
        case deletability::kept:
            return not_now("it is not deletable");
        case deletability::not_verified:
            return not_now("it is not verified");
        case deletability::superseded:
            return {
                {step::superseded, fmt::format("a later registration of {} took its place", row.local_path)}};
        case deletability::too_young:
            return not_now("it is too young");
        case deletability::doubtful:
            return not_now("its copy is in doubt");
        case deletability::wanted_elsewhere:
        case deletability::other_version:
        case deletability::deletable:
            break;
    }
    if (!f.within_roots)
        return not_now(fmt::format("{} is not below a directory that local_roots allows to delete from",
                                   row.local_path));
    if (found == deletability::wanted_elsewhere)
        return not_now(
            fmt::format("another registration of {} is not settled yet, or keeps it", row.local_path));
    return std::nullopt;
}

bool is_gone(const deletion_facts& f) {
    const auto not_found = [](const auto& seen) { return seen.error().code == failure_code::not_found; };
    if (f.local && !*f.local) return not_found(*f.local);
    return f.local_md5 && !*f.local_md5 && not_found(*f.local_md5);
}

// Condition 2: the file is the one that was verified, or it is gone.
std::optional<deletion_decision> check_local(const deletion_facts& f) {
    if (!f.local) return {{step::stat_local, {}}};
    const auto& row = f.item.row;
    if (is_gone(f)) return std::nullopt;
    if (!*f.local) return {{step::not_now, f.local->error().text()}};
    if (f.item.identity) {
        if (*f.item.identity == **f.local) return std::nullopt;
        return {
            {step::new_version,
             fmt::format("{} is not the file that was verified: it was written, replaced or touched since",
                         row.local_path)}};
    }
    if (!f.local_md5) return {{step::hash_local, {}}};
    if (!*f.local_md5) {
        if (f.local_md5->error().code == failure_code::changed)
            return {{step::new_version, fmt::format("{} changed since it was verified", row.local_path)}};
        return {{step::not_now, f.local_md5->error().text()}};
    }
    if (**f.local_md5 != *row.remote_md5sum)
        return {{step::new_version,
                 fmt::format("the content of {} is not what was verified (MD5 {}, verified {})",
                             row.local_path, **f.local_md5, *row.remote_md5sum)}};
    return std::nullopt;
}

// Condition 4, of those that are verified: what this file is now is not what they have.
std::optional<deletion_decision> check_others(const deletion_facts& f) {
    if (f.item.other_versions.empty() || is_gone(f)) return std::nullopt;
    const auto& other = f.item.other_versions.front();
    return {{step::settle_others,
             fmt::format(
                 "{} was modified since it was copied for archive {} (id {}): it is copied there anew first",
                 f.item.row.local_path, other.archive_name, other.id)}};
}

constexpr const char* lost_here =
    ", and the local file is gone, too: find out what removed them, or ignore it";

// A copy that is not there any more. What is right where the whole day is gone, a person says.
std::optional<deletion_decision> check_missing(const deletion_facts& f) {
    const auto& row = f.item.row;
    auto lost = is_gone(f)
                    ? deletion_decision{step::lost_again,
                                        std::string("the copy vanished from the destination") + lost_here}
                    : judge_lost_copy(f.item.vanished, "the copy vanished from the destination");
    const auto timecode = timecode_of(row.remote_path);
    if (!timecode) return lost;
    if (!f.day_stands) return {{step::ask_day, {}}};
    if (*f.day_stands) return lost;
    switch (judge_removed_copy(row, f.item.day)) {
        case removal_choice::accepted:
            return std::nullopt;
        case removal_choice::send_again:
            return lost;
        default:
            return {{step::day_removed, fmt::format("the directory {} was removed at the destination",
                                                    timecode_directory(*timecode))}};
    }
}

// Condition 3: the destination still has it, also where the local file is gone already: its copy is all there
// is.
std::optional<deletion_decision> check_remote(const deletion_facts& f) {
    // Whatever is asked, the answer comes after a sync there: what was not written back is no copy yet.
    if (!f.remote) return {{step::stat_remote, {}}};
    if (!f.remote->answered) return {{step::not_now, "the destination did not answer"}};
    const bool gone = is_gone(f);
    if (!gone && is_the_local_file(**f.local, f.remote->object))
        return {{step::not_a_copy, not_a_copy_reason(f.item.row)}};
    if (f.recheck == recheck_kind::off) return std::nullopt;
    if (!f.remote->size) return check_missing(f);
    const auto verified = gone ? f.item.identity : std::optional(**f.local);
    const bool other_size = verified && *f.remote->size != verified->size;
    const bool other_content = f.recheck == recheck_kind::md5 && f.remote->md5 != f.item.row.remote_md5sum;
    if (f.recheck == recheck_kind::md5 && !f.remote->md5)
        return {{step::not_now, "the destination did not answer with a checksum"}};
    if (other_size || other_content) {
        const auto what = fmt::format(
            "other content stands at the destination ({})",
            other_size ? fmt::format("{} bytes, verified {}", *f.remote->size, verified->size)
                       : fmt::format("MD5 {}, verified {}", *f.remote->md5, *f.item.row.remote_md5sum));
        return {
            {step::lost_again,
             what +
                 (gone
                      ? lost_here
                      : "; it is kept here and not sent again: find out what changed it there, then retry it")}};
    }
    return std::nullopt;
}

}  // namespace

deletion_decision judge_lost_copy(int vanished, const std::string& reason) {
    if (vanished == 0) return {step::vanished, reason + "; it is sent again"};
    return {
        step::lost_again,
        reason +
            ", a second time; it is kept here and not sent again: find out what removes or changes it there, then retry it"};
}

deletion_decision guard_deletion(const deletion_facts& facts) {
    if (auto d = check_row(facts)) return *d;
    if (auto d = check_local(facts)) return *d;
    if (auto d = check_others(facts)) return *d;
    if (auto d = check_remote(facts)) return *d;
    if (is_gone(facts)) return {step::gone, "it is gone already"};
    if (!facts.catalog_agrees) return {step::ask_catalog, {}};
    return {step::remove, {}};
}

}  // namespace suprsync
