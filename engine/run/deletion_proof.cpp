#include "engine/run/deletion_proof.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>

#include "engine/model/text.hpp"
#include "engine/rules/registration_rules.hpp"
#include "engine/run/local_names.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// How old an answer may be that a file is removed for (spec, Deleting).
constexpr std::chrono::seconds catalog_answer_holds{1};
constexpr std::chrono::seconds remote_answer_holds{60};
// Files that the catalog is asked of at a time: what fits easily between the question and a second later.
constexpr std::size_t most_asked_at_once = 100;

}  // namespace

deletion_proof::deletion_proof(archive_context& archive)
    : archive_(archive), asked_at_once_(most_asked_at_once) {}

bool deletion_proof::asked_lately(const guarded_file& g) const {
    return archive_.environment.clock.steady_now() - g.catalog_asked <= catalog_answer_holds &&
           g.changes.changes() == g.changes_asked;
}

// The guard asks again for what it does not have.
void deletion_proof::forget_what_is_old(guarded_file& g) const {
    if (!asked_lately(g)) g.facts.catalog_agrees = false;
    if (archive_.environment.clock.steady_now() - g.remote_asked > remote_answer_holds)
        g.facts.remote.reset(), g.facts.day_stands.reset();
}

// Asks the guard, gathers what it wants to know for all files at once, and asks again.
asio::awaitable<std::optional<failure>> deletion_proof::decide(std::list<guarded_file>& all) {
    error_.reset();
    co_await check_roots(all);
    while (!archive_.stopping && !archive_.rests()) {
        files local, hash, remote, days, catalog, removal;
        for (auto& g : all) {
            if (g.done) continue;
            forget_what_is_old(g);
            g.decision = guard_deletion(g.facts);
            switch (g.decision.step) {
                case deletion_step::stat_local:
                    local.push_back(&g);
                    break;
                case deletion_step::hash_local:
                    hash.push_back(&g);
                    break;
                case deletion_step::stat_remote:
                    remote.push_back(&g);
                    break;
                case deletion_step::ask_day:
                    days.push_back(&g);
                    break;
                case deletion_step::ask_catalog:
                    catalog.push_back(&g);
                    break;
                case deletion_step::remove:
                    removal.push_back(&g);
                    break;
                default:
                    g.done = true;
                    g.waiting = g.decision.step == deletion_step::settle_others ||
                                g.decision.step == deletion_step::day_removed ||
                                (g.decision.step == deletion_step::not_now && g.facts.item.wanted_elsewhere);
            }
        }
        // The cheap questions first, and each for all files before the next. What the destination and the
        // catalog answer holds for a time only: they are asked for some files at a time, and these are
        // removed before others.
        if (!local.empty())
            co_await stat_local(std::move(local));
        else if (!hash.empty())
            co_await hash_local(std::move(hash));
        else if (!removal.empty())
            co_await remove(std::move(removal));
        else if (!catalog.empty())
            co_await ask_catalog(std::move(catalog));
        else if (!days.empty())
            co_await ask_days(std::move(days));
        else if (!remote.empty())
            co_await stat_remote(std::move(remote));
        else
            co_return error_;
    }
    for (auto& g : all)
        if (!g.done)
            g.decision = {deletion_step::not_now, "the daemon is stopping, or the archive is paused"};
    co_return error_;
}

asio::awaitable<void> deletion_proof::stat_local(files which) {
    std::vector<std::string> paths;
    for (const auto* g : which) paths.push_back(g->facts.item.row.local_path);
    auto seen = co_await archive_.environment.disk.stat(std::move(paths));
    std::vector<absent_file> absent;
    for (std::size_t i = 0; i < which.size(); ++i) {
        const auto& item = which[i]->facts.item;
        which[i]->facts.local = std::move(seen[i]);
        auto& local = *which[i]->facts.local;
        if (local || (local.error().code != failure_code::not_found &&
                      local.error().code != failure_code::no_directory))
            continue;
        // Whole directories are removed by people, too; an unmounted disk shows by its device.
        local = failure{failure_code::not_found, "look at", item.row.local_path, "it is gone"};
        if (item.device) absent.push_back({item.row.local_path, *item.device, &local});
    }
    co_await find_unmounted(archive_.environment.disk, std::move(absent));
}

asio::awaitable<void> deletion_proof::hash_local(files which) {
    std::vector<std::string> paths;
    for (const auto* g : which) paths.push_back(g->facts.item.row.local_path);
    auto digests = co_await archive_.environment.disk.digest(std::move(paths), archive_.config.file_roots());
    for (std::size_t i = 0; i < which.size(); ++i) {
        auto& facts = which[i]->facts;
        if (!digests[i]) {
            facts.local_md5 = digests[i].error();
        } else if (digests[i]->before != digests[i]->after || digests[i]->before != **facts.local) {
            facts.local_md5 =
                failure{failure_code::changed, "hash", facts.item.row.local_path, "it changed meanwhile"};
        } else {
            facts.local_md5 = digests[i]->md5;
        }
    }
}

asio::awaitable<void> deletion_proof::ask_catalog(files which) {
    which.resize(std::min(which.size(), asked_at_once_));
    const auto asked = archive_.environment.clock.steady_now();
    for (auto* g : which) {
        g->catalog_asked = asked;
        g->changes_asked = g->changes.changes();
    }
    std::vector<file_row> rows;
    std::vector<std::string> paths;
    for (const auto* g : which) {
        rows.push_back(g->facts.item.row);
        paths.push_back(g->facts.item.row.local_path);
    }
    auto wanted = co_await find_wanted_by_any_name(archive_.environment.catalog, archive_.environment.disk,
                                                   std::move(paths));
    archive_.catalog_answered("unsettled_named", wanted);
    auto named =
        co_await find_verified_by_any_name(archive_.environment.catalog, archive_.environment.disk, rows);
    archive_.catalog_answered("spelled_otherwise", named);
    auto may = co_await archive_.environment.catalog.may_delete(
        std::move(rows), archive_.now() - *archive_.config.delete_local_after);
    archive_.catalog_answered("may_delete", may);
    files allowed;
    for (std::size_t i = 0; i < which.size(); ++i) {
        if (!wanted)
            which[i]->put_off(wanted.error().text());
        else if (!named)
            which[i]->put_off(named.error().text());
        else if (!may)
            which[i]->put_off(may.error().text());
        else if (const auto& other = (*wanted)[i])
            which[i]->put_off(fmt::format("another registration of this file is not settled yet: {} (id {})",
                                          other->local_path, other->id));
        else if (!(*may)[i])
            which[i]->reload_later("its row changed meanwhile");
        else if (const auto& twin = (*named)[i].waits_for)
            which[i]->put_off(fmt::format(
                "it may be the file of another registration that keeps it, or whose copy is in doubt: {} (id {})",
                twin->local_path, twin->id));
        else if (auto& versions = (*named)[i].versions; !versions.empty())
            which[i]->facts.item.other_versions = std::move(versions);
        else
            allowed.push_back(which[i]);
    }
    co_await begin_removals(std::move(allowed));
}

// Written down before it is done: what a kill cuts short is undone at the next start.
asio::awaitable<void> deletion_proof::begin_removals(files which) {
    if (which.empty()) co_return;
    std::vector<decided_removal> decided;
    for (const auto* g : which) decided.push_back({g->facts.item.row, **g->facts.local});
    auto begun = co_await archive_.environment.catalog.begin_removals(std::move(decided));
    archive_.catalog_answered("begin_removals", begun);
    // An answer that comes too late is asked for again, for fewer files; the rest has its turn another time.
    const auto since = archive_.environment.clock.steady_now() - which.front()->catalog_asked;
    const bool late = since > catalog_answer_holds;
    if (late && asked_at_once_ > 1) {
        asked_at_once_ /= 2;
        co_return;
    }
    for (auto* g : which) {
        if (!begun)
            g->put_off(begun.error().text());
        else if (late)
            g->put_off("the catalog takes longer to answer than its answer holds");
        else
            g->facts.catalog_agrees = true;
    }
}

asio::awaitable<void> deletion_proof::remove(files which) {
    std::erase_if(which, [&](const guarded_file* g) { return !asked_lately(*g); });
    if (which.empty()) co_return;
    std::vector<removal> removals;
    std::deque<removal_gate::removal> running;
    auto asked = which.front()->catalog_asked;
    for (const auto* g : which) {
        const auto& row = g->facts.item.row;
        const auto& gate =
            running.emplace_back(archive_.environment.removals, row.archive_name, row.local_path);
        removals.push_back({row.local_path, row.id, **g->facts.local, gate.withdrawn()});
        asked = std::min(asked, g->catalog_asked);
    }
    const auto removed = co_await archive_.environment.disk.remove(
        std::move(removals), archive_.config.file_roots(),
        asked + catalog_answer_holds - archive_.environment.clock.steady_now());
    for (std::size_t i = 0; i < which.size(); ++i) {
        auto* g = which[i];
        const auto& path = g->facts.item.row.local_path;
        // One whose turn came too late is asked of again; not so the first, so that this ends on any disk.
        const bool stopped = !removed[i] && removed[i].error().code == failure_code::stopped;
        if (stopped && (i > 0 || *running[i].withdrawn())) continue;
        g->done = true;
        if (removed[i]) continue;
        switch (removed[i].error().code) {
            case failure_code::not_found:
                g->decision = {deletion_step::gone, "it is gone already"};
                break;
            case failure_code::changed:
                g->decision = {deletion_step::new_version,
                               fmt::format("{} changed at the last moment", path)};
                break;
            default:
                g->decision = {deletion_step::not_now, removed[i].error().text()};
        }
    }
}

// Judged after resolving symbolic links, a directory at a time (spec, Deleting).
asio::awaitable<void> deletion_proof::check_roots(std::list<guarded_file>& all) {
    if (archive_.config.local_roots.empty()) co_return;
    std::vector<std::string> real_roots;
    for (const auto& real : co_await archive_.environment.disk.resolve(archive_.config.file_roots()))
        if (real) real_roots.push_back(real->path);
    std::map<std::string, std::vector<guarded_file*>> in_directory;
    for (auto& g : all) in_directory[directory_of(g.facts.item.row.local_path)].push_back(&g);
    std::vector<std::string> directories;
    for (const auto& [directory, which] : in_directory) directories.push_back(directory);
    const auto resolved = co_await archive_.environment.disk.resolve(directories);
    for (std::size_t i = 0; i < directories.size(); ++i) {
        const auto& real = resolved[i];
        // A directory that is gone holds nothing to delete: the stat of the file says so.
        const bool within =
            real ? lies_below_any(real->path, real_roots) : real.error().code == failure_code::not_found;
        for (auto* g : in_directory[directories[i]]) g->facts.within_roots = within;
    }
}

}  // namespace suprsync
