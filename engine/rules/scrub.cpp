#include "engine/rules/scrub.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

#include "engine/model/shell_word.hpp"
#include "engine/model/text.hpp"
#include "engine/rules/removed_days.hpp"

namespace suprsync {

namespace {

constexpr std::size_t named = 3;

std::string words_of(const std::string& finding, std::int64_t count) {
    if (finding == name_of(copy_finding::vanished)) return fmt::format("{} vanished", count);
    if (finding == name_of(copy_finding::unanswered)) return fmt::format("{} cannot be read", count);
    return fmt::format("{} with other content", count);
}

}  // namespace

scrub_state begin_round(scrub_state before, file_id newest, epoch_seconds now) {
    before.begun = now;
    before.reached = 0;
    before.last = newest;
    before.over = false;
    return before;
}

scrub_state go_on(scrub_state before, file_id reached, bool over, epoch_seconds now) {
    before.reached = over ? before.last : reached;
    before.over = over;
    if (over) {
        before.proven_since = before.begun;
        before.ended = now;
    }
    return before;
}

std::optional<double> round_done(const scrub_state& state) {
    if (state.over) return std::nullopt;
    if (state.last <= 0) return 0;
    return std::clamp(static_cast<double>(state.reached) / static_cast<double>(state.last), 0.0, 1.0);
}

double until_next_round(const scrub_state& state, double every, epoch_seconds now) {
    // A clock that was set back makes no wait as long as it jumped.
    if (!state.over || state.begun <= 0 || state.begun > now) return 0;
    return std::max(0.0, state.begun + every - now);
}

std::optional<epoch_seconds> oldest_check(const scrub_state& state) {
    return state.proven_since > 0 ? std::optional(state.proven_since) : std::nullopt;
}

scrub_pace scrub_pace_of(const scrub_surroundings& now) {
    if (!now.reachable || now.rests || now.doubtful || now.once) return scrub_pace::none;
    return now.copying || now.deleting ? scrub_pace::share : scrub_pace::full;
}

scrub_step judge_scrubbed(copy_finding finding, const file_row& row, local_file here,
                          const std::optional<removed_day>& day) {
    switch (finding) {
        case copy_finding::fine:
        case copy_finding::accepted:
            return scrub_step::none;
        case copy_finding::unanswered:
            return scrub_step::tell;
        case copy_finding::vanished:
            if (judge_removed_copy(row, day) != removal_choice::send_again) return scrub_step::tell;
            break;
        case copy_finding::wrong_size:
        case copy_finding::wrong_content:
            break;
    }
    return here == local_file::here ? scrub_step::mend : scrub_step::tell;
}

bool is_of_removed_day(const bad_copy& bad) {
    return bad.finding == name_of(copy_finding::vanished) && bad.copy.day && bad.copy.day->waits();
}

std::string tell_bad_copies(const std::string& archive, const std::string& destination,
                            const std::vector<bad_copy>& bad) {
    std::map<std::string, std::int64_t> counts;
    for (const auto& one : bad) {
        const bool other = one.finding == name_of(copy_finding::wrong_size);
        ++counts[other ? std::string(name_of(copy_finding::wrong_content)) : one.finding];
    }
    std::vector<std::string> kinds, first;
    for (const auto& [finding, count] : counts) kinds.push_back(words_of(finding, count));
    for (std::size_t i = 0; i < std::min(named, bad.size()); ++i)
        first.push_back(fmt::format("{} (id {}: {})", bad[i].copy.file.row.remote_path,
                                    bad[i].copy.file.row.id, bad[i].reason));
    return fmt::format(
        "{}{} not at {} as {} verified ({}), and nothing mends that by itself: {}{}. See all of them, and send again what is here: suprsync verify {} --requeue. What is to be gone there: suprsync ignore ID",
        bad.size() >= most_bad_copies ? "at least " : "",
        bad.size() == 1 ? std::string("1 copy is") : fmt::format("{} copies are", bad.size()), destination,
        bad.size() == 1 ? "it was" : "they were", fmt::join(kinds, ", "), fmt::join(first, "; "),
        bad.size() > named ? " ..." : "", command_word(archive));
}

std::vector<file_id> sample_points(file_id newest, std::size_t samples) {
    std::vector<file_id> points;
    const auto step = std::max<file_id>(1, newest / static_cast<file_id>(std::max<std::size_t>(1, samples)));
    for (file_id at = 0; at < newest && points.size() < samples; at += step) points.push_back(at);
    return points;
}

std::vector<bool> sampled_by_content(const std::vector<std::optional<std::uint64_t>>& sizes,
                                     std::uint64_t most_bytes) {
    std::vector<std::size_t> known;
    for (std::size_t i = 0; i < sizes.size(); ++i)
        if (sizes[i]) known.push_back(i);
    std::sort(known.begin(), known.end(), [&](std::size_t a, std::size_t b) {
        return std::pair(*sizes[a], a) < std::pair(*sizes[b], b);
    });
    std::vector<bool> read(sizes.size(), false);
    for (const auto i : known) {
        if (*sizes[i] > most_bytes) break;
        most_bytes -= *sizes[i];
        read[i] = true;
    }
    return read;
}

}  // namespace suprsync
