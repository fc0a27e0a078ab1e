#include "engine/rules/hand_over.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/model/option_words.hpp"
#include "engine/model/shell_word.hpp"
#include "engine/model/text.hpp"
#include "engine/rules/claims.hpp"
#include "engine/rules/registration_rules.hpp"
#include "engine/rules/row_state.hpp"

namespace suprsync {

namespace {

constexpr std::size_t most_examples = 3;

// "5 rows (id 1, 2, 3, ...)"
std::string shown(const row_sample& rows) {
    return fmt::format("{} (id {}{})", counted(rows.count, "row"), fmt::join(rows.first, ", "),
                       rows.count > static_cast<std::int64_t>(rows.first.size()) ? ", ..." : "");
}

// What is asked before a deletion, which the agent asks nothing before.
const char* asked_of_copies(recheck_kind recheck) {
    switch (recheck) {
        case recheck_kind::md5:
            return "the content of the copy is compared once more before";
        case recheck_kind::size:
            return "the size of the copy is compared once more before";
        case recheck_kind::off:
            return "the destination is synced before, and nothing is asked of the copy";
    }
    return "";
}

finding judge_settings(const archive_configuration& a) {
    std::string text = fmt::format("copies to {} as the agent did, gives a file up after {} attempts, ",
                                   a.destination(), a.max_copy_attempts);
    if (a.delete_local_after)
        text += fmt::format("deletes local files after {} ({})", show_duration(*a.delete_local_after),
                            asked_of_copies(a.recheck_remote));
    else
        text += "deletes no local files";
    return {health::ok, a.name, "settings",
            fmt::format("{}; finalization files as {} below {}", text, a.instance_id, a.suprsync_file_root)};
}

std::vector<finding> judge_rows(const std::string& archive, const agent_rows& found) {
    std::vector<finding> all;
    const auto say = [&](health how, const row_sample& rows, const std::string& text) {
        if (rows.count > 0) all.push_back({how, archive, "rows", shown(rows) + ": " + text});
    };
    all.push_back({health::ok, archive, "rows",
                   fmt::format("{}: {} verified, {} to be copied", counted(found.rows, "row"), found.verified,
                               found.waiting)});
    say(health::warning, found.failed,
        "no attempts left, failed for good: look why, then suprsync retry " + command_word(archive) +
            " --all begins anew");
    say(health::warning, found.conflicting,
        "the destination path belongs to another local file, which is a failure at once: suprsync ignore ID, or register the file under another path");
    say(health::warning, found.refused,
        "no remote path that can be copied to (it is absolute, has .. in it, or is too long), which is a failure at once: suprsync ignore ID, and register the file anew");
    say(health::ok, found.normalised, "// or ./ in the remote path, which is read without, as by the agent");
    say(health::warning, found.null_flags,
        "NULL in ignore or failed_copy_attempts: never copied by the agent, but by suprsync; suprsync ignore ID keeps a file back");
    say(health::ok, found.kept, "NULL in deletable: the local file is kept, as by the agent");
    say(health::warning, found.undated,
        "a timestamp that is no time: copied, and the local file is never deleted");
    say(health::ok, found.unsummed,
        "to be copied without a sum, which the agent could never verify: suprsync computes it");
    return all;
}

finding judge_entry(const agent_entry& entry) {
    const std::string check = "HostManager";
    const auto where = fmt::format("{} ({})", entry.instance_id, entry.place);
    if (entry.manage == "ignore" || entry.manage == "no")
        return {health::ok, "", check, fmt::format("leaves {} alone: manage: {}", where, entry.manage)};
    if (entry.manager.empty())
        return {health::ok, "", check, "this host has none that would start the agent of " + where};
    const bool down = entry.manage.ends_with("/down");
    return {
        down ? health::warning : health::failed, "", check,
        fmt::format(
            "{} {} the Python agent of {} beside suprsync: write manage: ignore into the entry, and have {} read the file again (its task update, or a restart)",
            entry.manager, down ? "may start" : "starts", where, entry.manager)};
}

finding judge_users(const agent_catalog& catalog) {
    const std::string check = "other programs";
    if (catalog.open_in.empty())
        return {health::ok, "", check, "none of those that this account can see has the catalog open"};
    return {
        health::warning, "", check,
        fmt::format(
            "{} {} {} open: stop the Python agent before the daemon starts; programs that register files may go on",
            fmt::join(catalog.open_in, ", "), catalog.open_in.size() == 1 ? "has" : "have", catalog.path)};
}

}  // namespace

void row_sample::add(file_id id) {
    ++count;
    if (first.size() < most_examples) first.push_back(id);
}

void agent_rows::add(const agent_row& one, int most_attempts, const std::vector<claimant>& claimants) {
    const auto& row = one.row;
    const auto state = state_of(row, most_attempts);
    ++rows;
    if (row.undated) undated.add(row.id);
    if (is_verified(state)) ++verified;
    if (is_verified(state) && !row.removed && one.null_deletable) kept.add(row.id);
    if (!is_unsettled(state)) return;
    if (!check_remote_path(row.remote_path)) return refused.add(row.id);
    if (judge_claim(row, claimants).decision == claim::verdict::conflict) return conflicting.add(row.id);
    if (state == row_state::failed) return failed.add(row.id);
    ++waiting;
    if (one.stored_path != row.remote_path) normalised.add(row.id);
    if (one.null_ignore || one.null_attempts) null_flags.add(row.id);
    if (row.local_md5sum.empty()) unsummed.add(row.id);
}

std::vector<finding> judge_hand_over(const daemon_configuration& configuration, const agent_catalog& catalog,
                                     const std::vector<agent_entry>& entries) {
    std::vector<finding> all;
    for (const auto& entry : entries) all.push_back(judge_entry(entry));
    all.push_back(judge_users(catalog));
    for (const auto& archive : configuration.archives) {
        all.push_back(judge_settings(archive));
        if (const auto rows = catalog.archives.find(archive.name); rows != catalog.archives.end())
            for (auto& one : judge_rows(archive.name, rows->second)) all.push_back(std::move(one));
    }
    for (const auto& [name, found] : catalog.archives) {
        const auto is_it = [&](const auto& archive) { return archive.name == name; };
        const auto& ours = configuration.archives;
        if (std::none_of(ours.begin(), ours.end(), is_it) && found.waiting > 0)
            all.push_back({health::warning, name, "rows",
                           fmt::format("{} to be copied, and this configuration serves no such archive",
                                       counted(found.waiting, "row"))});
    }
    if (!catalog.not_read.empty()) all.push_back({health::warning, "", "rows", catalog.not_read});
    all.push_back(
        {health::ok, "", "catalog",
         fmt::format(
             "the agent's two tables stay as they are; suprsync adds tables, indexes and triggers named suprsync_*{}. Copies of it are made with sqlite3 {} \".backup FILE\", not with cp",
             catalog.write_ahead
                 ? ""
                 : ", and turns on SQLite's write-ahead log for good (on a local disk, not NFS)",
             command_word(catalog.path))});
    all.push_back(
        {health::ok, "", "what differs",
         "files are staged beside the base directory (remote_staging_dir), and appear below it verified only; a bad file costs itself an attempt and not its batch; each archive's days are finalized by its own files, ignored ones left out, and late files make a further revision; a file is kept as long as any row of it is not deletable"});
    all.push_back(
        {health::ok, "", "the way back",
         "stop suprsync (SIGTERM computes the sums that are missing, as far as --shutdown-grace allows), see with suprsync doctor that no row waits without a sum, and start the agent: what suprsync added does not concern it"});
    return all;
}

}  // namespace suprsync
