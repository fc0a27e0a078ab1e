#include "storage/index/id_walk.hpp"

#include <limits>
#include <utility>

namespace suprsync {

namespace {

constexpr int read_at_once = 500;
// Blocks read at once where none has what is asked for.
constexpr int blocks_at_once = 50;

struct word_of_states {
    const char* word;
    std::vector<stored_state> states;
};

// As `derive` stores them: only what is pending or deletable has another lane than `untried`.
const std::vector<word_of_states>& words() {
    using enum row_state;
    static const std::vector<word_of_states> known = {
        {"pending", {{pending, lane::finalization}, {pending, lane::untried}}},
        {"retrying", {{pending, lane::later}}},
        {"failed", {{failed, lane::untried}}},
        {"ignored", {{ignored, lane::untried}}},
        {"verified",
         {{row_state::verified, lane::untried}, {deletable, lane::untried}, {deletable, lane::later}}},
        {"deleted", {{removed, lane::untried}}},
        {"unsettled",
         {{pending, lane::finalization},
          {pending, lane::untried},
          {pending, lane::later},
          {failed, lane::untried}}},
        {"deletable", {{deletable, lane::untried}, {deletable, lane::later}}},
    };
    return known;
}

std::vector<stored_state> all_states() {
    std::vector<stored_state> all;
    for (const auto* word : {"unsettled", "ignored", "verified", "deleted"})
        for (const auto& s : stored_states(word)) all.push_back(s);
    return all;
}

}  // namespace

std::vector<stored_state> stored_states(const std::string& word) {
    for (const auto& known : words())
        if (word == known.word) return known.states;
    return {};
}

id_walk::id_walk(sqlite_connection& connection, const archive_table& archives, block_filter filter,
                 const std::optional<std::string>& archive, const std::optional<std::string>& state,
                 file_id after)
    : connection_(connection), archives_(archives), filter_(std::move(filter)) {
    if (!archive && !state) {
        add(0, {}, after);
        return;
    }
    const auto states = state ? stored_states(*state) : all_states();
    for (const auto& entry : archives.all())
        if (!archive || entry.name == *archive)
            for (const auto& s : states) add(entry.id, s, after);
}

id_walk::id_walk(sqlite_connection& connection, const archive_table& archives, block_filter filter,
                 const std::string& archive, const std::vector<stored_state>& states, file_id after)
    : connection_(connection), archives_(archives), filter_(std::move(filter)) {
    if (const auto* entry = archives.find(archive))
        for (const auto& s : states) add(entry->id, s, after);
}

void id_walk::add(std::int64_t archive, const stored_state& state, file_id after) {
    run_of_ids run;
    run.archive = archive;
    run.state = state;
    run.after = after;
    runs_.push_back(std::move(run));
}

const id_walk::place* id_walk::front(run_of_ids& run) {
    if (run.at == run.read.size() && !run.exhausted) {
        run.read.clear();
        run.at = 0;
        if (filter_.restricts())
            read_on(run);
        else
            run.exhausted = read(run, std::numeric_limits<file_id>::max()) < read_at_once;
    }
    return run.at < run.read.size() ? &run.read[run.at] : nullptr;
}

// Run and blocks take turns in leaping ahead.
void id_walk::read_on(run_of_ids& run) {
    for (int n = 0; n < blocks_at_once; ++n) {
        const auto here = id_after(run);
        const auto block =
            here ? next_block(connection_, archives_, filter_, run.archive, block_of(*here)) : std::nullopt;
        if (!block) {
            run.exhausted = true;
            return;
        }
        if (*block > block_of(*here)) {
            run.after = first_of_block(*block) - 1;
            continue;
        }
        read(run, last_of_block(*block));
        run.after = last_of_block(*block);
        if (!run.read.empty()) return;
    }
    run.read.push_back({run.after, true});
}

std::optional<file_id> id_walk::id_after(const run_of_ids& run) {
    auto q =
        run.archive == 0
            ? connection_.ask(
                  "SELECT file_id FROM suprsync_files WHERE file_id > ?1 ORDER BY file_id LIMIT 1", run.after)
            : connection_.ask(
                  R"(SELECT file_id FROM suprsync_files INDEXED BY suprsync_files_listed
                  WHERE archive_id = ?1 AND state = ?2 AND lane = ?3 AND file_id > ?4
                  ORDER BY file_id LIMIT 1)",
                  run.archive, static_cast<int>(run.state.state), static_cast<int>(run.state.lane),
                  run.after);
    return q.next() ? std::optional(q.integer(0)) : std::nullopt;
}

// Those up to `to` that the filter lets pass; how many were read.
int id_walk::read(run_of_ids& run, file_id to) {
    auto q =
        run.archive == 0
            ? connection_.ask(
                  R"(SELECT file_id, remote_key, timestamp FROM suprsync_files
                  WHERE file_id > ?1 AND file_id <= ?2
                  ORDER BY file_id LIMIT ?3)",
                  run.after, to, read_at_once)
            : connection_.ask(
                  R"(SELECT file_id, remote_key, timestamp FROM suprsync_files INDEXED BY suprsync_files_listed
                  WHERE archive_id = ?1 AND state = ?2 AND lane = ?3 AND file_id > ?4 AND file_id <= ?5
                  ORDER BY file_id LIMIT ?6)",
                  run.archive, static_cast<int>(run.state.state), static_cast<int>(run.state.lane), run.after,
                  to, read_at_once);
    int rows = 0;
    for (; q.next(); ++rows) {
        run.after = q.integer(0);
        if (filter_.lets_pass(q.integer(1), q.real(2))) run.read.push_back({run.after, false});
    }
    return rows;
}

std::optional<id_walk::place> id_walk::next() {
    run_of_ids* first = nullptr;
    for (auto& run : runs_) {
        const auto* here = front(run);
        if (here && (!first || here->id < first->read[first->at].id)) first = &run;
    }
    if (!first) return std::nullopt;
    return first->read[first->at++];
}

}  // namespace suprsync
