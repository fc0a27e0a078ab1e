// The verb `prepare`: what the destination has, staging, and the modes of directories.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "net/remote/account_trial.hpp"
#include "net/remote/classify.hpp"
#include "net/remote/scripts.hpp"
#include "net/remote/shell_text.hpp"
#include "net/rsync/rsync_transport_impl.hpp"

namespace asio = boost::asio;

namespace suprsync {

asio::awaitable<result<directory_modes>> rsync_transport::find_directory_modes() {
    const auto place = runtime_.next("m");
    std::error_code error;
    std::filesystem::create_directories(place + "/a", error);
    ::chmod((place + "/a").c_str(), 0755);
    child_request request;
    request.arguments = {"rsync", "-dp", "--chmod=" + options_.archive.chmod, place + "/a", place + "/b/"};
    request.environment = {"LC_ALL=C"};
    request.limit = command_limit(0, 0);
    auto done = co_await runner_.run(std::move(request));
    struct stat made = {};
    const bool seen = ::stat((place + "/b/a").c_str(), &made) == 0;
    std::filesystem::remove_all(place, error);
    if (!done) {
        if (done.error().code == failure_code::missing_program)
            co_return failure{failure_code::missing_program, "use", "this machine",
                              "not installed here: rsync"};
        co_return done.error();
    }
    auto end = classify({program_kind::rsync, done->status, done->cause, done->error}, "run", "rsync");
    if (end.error) co_return *end.error;
    if (!seen) co_return failure{failure_code::io, "run", "rsync", "it did not make " + place + "/b/a"};
    directory_modes modes;
    modes.mask = fmt::format("{:04o}", ~made.st_mode & 0777U);
    if (made.st_mode & S_ISUID) modes.special += "u+s,";
    if (made.st_mode & S_ISGID) modes.special += "g+s,";
    if (made.st_mode & S_ISVTX) modes.special += "+t,";
    if (!modes.special.empty()) modes.special.pop_back();
    co_return modes;
}

asio::awaitable<result<destination_facts>> rsync_transport::prepare(prepare_request request) {
    // Without --chmod, new directories get what the account's umask there leaves.
    directory_modes modes;
    if (state_.prepared) {
        modes = state_.modes;
    } else if (!options_.archive.chmod.empty() && !request.only_look) {
        auto found = co_await find_directory_modes();
        if (!found) co_return found.error();
        modes = std::move(*found);
    }
    // Until it has answered as it should, the account is asked what it is before anything is asked of it.
    if (!account_tried_) {
        auto trial = co_await try_account(shell_, options_.archive.ssh_host.value_or("this machine"),
                                          as_duration(trial_limit_));
        // A slow account is no silent one: the next time it gets more, and never less again, since it would
        // fail once at every new contact.
        if (trial.too_slow) trial_limit_ = std::min(trial_limit_ * 2, options_.longest_trial_limit());
        if (trial.refused) co_return std::move(*trial.refused);
        no_locks_ = std::move(trial.no_locks);
    }
    script_request script;
    script.operation = "prepare";
    script.script = scripts::prepare;
    script.limit = command_limit(0, 0);
    // What waits in a slot locks it, and nothing lies there.
    for (const int slot : prestarted_.keys()) request.slots_in_use.push_back(slot);
    script.settings =
        assignment("no_locks", no_locks_) + assignment("base", options_.archive.remote_basedir) +
        assignment("staging_dir", options_.archive.remote_staging_dir.value_or("")) +
        assignment("uuid", request.catalog_uuid) + assignment("archive", options_.archive.name) +
        assignment("only_look", request.only_look ? "1" : "") +
        assignment("may_create", request.may_create_base ? "1" : "") +
        assignment("in_use", fmt::format("{}", fmt::join(request.slots_in_use, " "))) +
        assignment("expected", request.expected ? fmt::format("{} {}", request.expected->file_system,
                                                              request.expected->inode)
                                                : "");
    const auto answer = co_await shell_.run(std::move(script));
    account_tried_ = false;
    if (answer.end.error) co_return *answer.end.error;
    auto read = read_prepare(answer.output, name());
    if (!read) co_return read.error();
    account_tried_ = true;
    auto& facts = read->facts;
    state_.base = facts.base;
    state_.identity = fmt::format("{} {}", facts.identity.file_system, facts.identity.inode);
    state_.staging = facts.staging;
    state_.lock_style = read->lock_style;
    state_.inherit_group = read->inherit_group;
    state_.ignores_case = read->ignores_case;
    state_.follow_links = options_.archive.remote_links == links_kind::follow;
    state_.modes = modes;
    state_.prepared = true;
    co_return std::move(facts);
}

}  // namespace suprsync
