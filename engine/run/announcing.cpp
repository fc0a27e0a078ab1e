#include "engine/run/announcing.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "engine/model/shell_word.hpp"
#include "engine/report/log.hpp"
#include "engine/run/synced_stat.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

/// Whoever finds it taken has no turn.
class turn {
  public:
    explicit turn(bool& taken) : taken_(std::exchange(taken, true) ? nullptr : &taken) {}
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;
    ~turn() {
        if (taken_) *taken_ = false;
    }
    explicit operator bool() const { return taken_ != nullptr; }

  private:
    bool* taken_;
};

// A file that announces nothing: nobody knows of it.
asio::awaitable<void> discard_finalization(archive_context& archive, std::string local_path) {
    auto discarded = co_await archive.environment.disk.discard(std::move(local_path));
    if (!discarded)
        log::tell<messages::finalization_not_discarded>({.archive = archive.config.name},
                                                        discarded.error().text());
}

}  // namespace

bool tell_not_announced(archive_context& archive, const failure& f) {
    if (f.code == failure_code::stopped || f.code == failure_code::replaced ||
        f.code == failure_code::changed)
        return false;
    archive.raise(condition_kind::finalization_failed, f.text() + "; it is tried again");
    return true;
}

asio::awaitable<result<bool>> may_be_announced(archive_context& archive, int timecode) {
    if (archive.environment.clock_watch.holds()) co_return false;
    const auto memory = co_await archive.environment.catalog.memory(archive.config.name);
    if (!archive.catalog_answered("memory", memory)) co_return false;
    if (memory->unproved) {
        // Of a row that came into doubt by a change of the catalog, nobody has told the prover.
        if (!archive.environment.conditions.is_raised(condition_kind::copies_unproved, archive.config.name))
            archive.prove_wake.notify();
        co_return false;
    }
    stat_request sync;
    sync.synced_below = timecode_directory(timecode);
    const auto report = co_await synced_stat(archive, std::move(sync));
    if (!report.end.finished()) {
        const auto& error = *report.end.error;
        if (fails_alone(error.code)) co_return error;
        if (archive.on_connection_error) archive.on_connection_error(error);
        co_return false;
    }
    co_return true;
}

asio::awaitable<result<file_row>> announce(archive_context& archive, timecode_summary summary,
                                           std::string operation, registering register_it) {
    const auto& name = archive.config.name;
    auto& catalog = archive.environment.catalog;
    const auto day = timecode_directory(summary.timecode);
    const turn one_at_a_time(archive.announcing);
    if (!one_at_a_time)
        co_return failure{failure_code::changed, "announce", day,
                          "another finalization file is being written"};
    const failure told{failure_code::stopped, "announce", day, "the catalog does not answer"};
    const auto memory = co_await catalog.memory(name);
    if (!archive.catalog_answered("memory", memory)) co_return told;
    if (!memory->unregistered_finalization.empty())
        co_await discard_finalization(archive, memory->unregistered_finalization);
    // Of this moment: since it was allowed, the clock may have been set.
    auto now = archive.now();
    if (archive.environment.clock_watch.holds())
        co_return failure{failure_code::changed, "announce", day, "the clock is not believed any more"};
    // Readers may have been told more since the summary was made: the sync at the destination takes its time.
    const auto until =
        promised(finalized_until(summary.oldest_unsettled, now), memory->finalized_until_published);
    for (;; now += between_revisions) {
        auto file = compose_finalization(archive.config.suprsync_file_root, archive.config.instance_id, name,
                                         summary, now, until);
        const auto known = co_await catalog.registered(name, std::vector{file.local_path});
        if (!archive.catalog_answered("begin_finalization", known)) co_return told;
        if (known->front()) continue;
        const auto begun = co_await catalog.begin_finalization(name, file.local_path);
        if (!archive.catalog_answered("begin_finalization", begun)) co_return told;
        registration written{file.local_path, file.remote_path, name, "", now, true, file.text.size()};
        const auto done =
            co_await archive.environment.disk.write_whole(file.local_path, std::move(file.text));
        if (!done) co_return done.error();
        auto row = co_await register_it(std::move(written), until);
        if (archive.catalog_answered(operation, row)) co_return row;
        co_await discard_finalization(archive, file.local_path);
        if (row.error().code == failure_code::changed) co_return row;
        co_return told;
    }
}

asio::awaitable<reissue_outcome> reissue_finalization_file(archive_context& archive, file_row old_row) {
    const auto& name = archive.config.name;
    auto summary = co_await archive.environment.catalog.summary_of_finalization(old_row);
    if (!archive.catalog_answered("summary_of_finalization", summary)) co_return reissue_outcome::not_now;
    if (!*summary) co_return reissue_outcome::unknown;
    if ((*summary)->lost) {
        const auto day = timecode_directory((*summary)->timecode);
        tell_not_announced(
            archive,
            {failure_code::not_found, "announce", day,
             fmt::format("what it counts is lost at the destination; see: suprsync verify {} --prefix {}/",
                         command_word(name), day)});
        co_return reissue_outcome::not_now;
    }
    const auto allowed = co_await may_be_announced(archive, (*summary)->timecode);
    if (!allowed) tell_not_announced(archive, allowed.error());
    if (!allowed || !*allowed) co_return reissue_outcome::not_now;
    const auto row = co_await announce(
        archive, **summary, "reissue_finalization", [&](registration file, epoch_seconds until) {
            const auto why = fmt::format("not delivered for {:.0f} s: issued anew as {}",
                                         file.timestamp - old_row.timestamp, file.remote_path);
            return archive.environment.catalog.reissue_finalization(old_row, std::move(file), until, why);
        });
    if (!row) {
        tell_not_announced(archive, row.error());
        co_return reissue_outcome::not_now;
    }
    archive.clear(condition_kind::finalization_failed);
    log::info({.archive = name, .path = row->local_path, .kind = "finalized"},
              "finalization file {} was not delivered for a day, and is issued anew as {}",
              old_row.remote_path, row->remote_path);
    archive.outcomes.tell_registration(*row);
    co_return reissue_outcome::reissued;
}

}  // namespace suprsync
