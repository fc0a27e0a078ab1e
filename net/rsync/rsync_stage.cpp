// The verb `stage`: one rsync from a tree of symbolic links into a slot.
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cmath>
#include <filesystem>

#include "engine/model/text.hpp"
#include "net/remote/classify.hpp"
#include "net/remote/script_protocol.hpp"
#include "net/remote/scripts.hpp"
#include "net/remote/shell_text.hpp"
#include "net/rsync/rsync_transport_impl.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

std::uint64_t total_bytes(const stage_request& request) {
    std::uint64_t bytes = 0;
    for (const auto& item : request.items) bytes += item.size;
    return bytes;
}

/// Making a connection costs some tenths of a second of processors here and there.
constexpr std::uint64_t worth_a_connection = 32ull << 20;

/// What the receiver's wrapper said lay in the slot when it began.
std::optional<std::uint64_t> staged_at_start(std::string_view error) {
    constexpr std::string_view start = "suprsync: staged ";
    const auto at = error.find(start);
    if (at == std::string_view::npos) return std::nullopt;
    error.remove_prefix(at + start.size());
    return take_number<std::uint64_t>(error);
}

// Path of what lies behind the descriptor in /proc that rsync reads.
std::string shown_at(const std::string& descriptor) {
    std::error_code none;
    return std::filesystem::read_symlink(descriptor, none).string();
}

std::string receiver_command(const destination_state& state, int slot) {
    if (state.direct()) return scripts::receiver_in_base(state.base, state.identity);
    return scripts::receiver_in_staging(state.in(), slot, state.lock_style);
}

}  // namespace

// To compare, each file is read here and there before its first byte is sent, anew in each slice: without
// this a large one would never get further.
double rsync_transport::comparing_time(const stage_request& request) {
    return request.mode == stage_mode::compare ? 2 * reading_time(total_bytes(request)) : 0;
}

std::chrono::nanoseconds rsync_transport::stage_stall(const stage_request& request) const {
    std::uint64_t largest = 0;
    if (request.mode == stage_mode::compare)
        for (const auto& item : request.items) largest = std::max(largest, item.size);
    return as_duration(options_.archive.stall_timeout + reading_time(largest));
}

std::vector<std::string> rsync_transport::rsync_arguments(const stage_request& request,
                                                          const std::string& tree,
                                                          const destination_shell::rsync_route& route) const {
    const auto timeout = std::chrono::ceil<std::chrono::seconds>(stage_stall(request)).count();
    // No -r: the list names files, or directories of which only the files in them are sent: a directory that
    // was registered by mistake must not be copied whole. The directories that lead there are made by the
    // receiver, so that they inherit group, setgid and default ACL; a listed one in staging is given what it
    // would inherit, and what writing in it needs.
    std::vector<std::string> arguments = {"rsync", "-LtOs8", "--from0", "--files-from=-",
                                          "--no-implied-dirs"};
    if (!options_.archive.chmod.empty()) {
        auto modes = options_.archive.chmod;
        if (!state_.direct()) modes += state_.inherit_group ? ",D0700,Dg+s" : ",D0700";
        arguments.insert(arguments.end(), {"-p", "--chmod=" + modes});
    }
    if (options_.archive.compression) arguments.emplace_back("-z");
    if (options_.archive.bwlimit && !options_.archive.bwlimit->empty())
        arguments.push_back("--bwlimit=" + *options_.archive.bwlimit);
    if (!state_.direct()) arguments.insert(arguments.end(), {"--inplace", "--partial"});
    if (request.mode == stage_mode::compare)
        arguments.insert(arguments.end(), {"-I", "--no-whole-file"});
    else if (!state_.direct())
        arguments.emplace_back("--append");
    arguments.insert(
        arguments.end(),
        {"--no-human-readable", "--info=progress2,stats1", "--timeout=" + std::to_string(timeout), "-e",
         route.remote_shell, "--rsync-path=" + route.at_login + receiver_command(state_, request.slot), "--",
         tree + "/", route.target});
    return arguments;
}

asio::awaitable<std::uint64_t> rsync_transport::arrived(int slot, std::string_view error) {
    const auto before = staged_at_start(error);
    if (!before) co_return 0;
    const auto limit =
        std::min(command_limit(0, 0), as_duration(std::max(5.0, options_.archive.copy_timeout.value_or(5))));
    const auto answer = co_await run("look into staging at", scripts::staged_bytes,
                                     assignment("slot", std::to_string(slot)), {}, limit);
    std::string_view output = answer.output;
    const auto after = take_number<std::uint64_t>(output);
    if (!answer.end.finished() || !after) co_return 0;
    co_return *after - std::min(*after, *before);
}

child_request rsync_transport::rsync_child(const stage_request& request, const std::string& tree,
                                           const destination_shell::rsync_route& route) const {
    child_request child;
    child.arguments = rsync_arguments(request, tree, route);
    // Settings of the user's that would change what is done here.
    child.environment = {"LC_ALL=C", "RSYNC_RSH=", "RSYNC_ICONV=", "RSYNC_PARTIAL_DIR="};
    return child;
}

// What rsync says of a file whose link somebody removed under it is our own doing, no file's failure.
bool rsync_transport::forget_lost_links(const stage_request& request, const symlink_tree& tree,
                                        stage_report& report) const {
    bool lost = !runtime_.stands() || !tree.has("");
    for (std::size_t i = 0; i < request.items.size(); ++i) {
        if (!report.complaints[i] || tree.complaints()[i] ||
            (!lost && tree.has(request.items[i].remote_path)))
            continue;
        lost = true;
        report.complaints[i].reset();
    }
    if (lost)
        report.end = {failure{failure_code::runtime_directory, "copy files to", name(),
                              tree.path() + " was removed while they were sent; it is made anew"},
                      std::string(name_of(failure_code::runtime_directory))};
    return lost;
}

// A disk or server that does not answer says nothing of the connection.
bool rsync_transport::blame_local_file(const stage_request& request, const std::string& read,
                                       stage_report& report) const {
    for (std::size_t i = 0; i < request.items.size(); ++i) {
        const auto& item = request.items[i];
        if (item.local_path != read && shown_at(item.read_at) != read) continue;
        const failure why{failure_code::place, "read", item.local_path,
                          "its file system did not answer rsync for the stall timeout"};
        report.unreadable.resize(request.items.size());
        report.unreadable[i] = report.end.error = why;
        return true;
    }
    return false;
}

asio::awaitable<void> rsync_transport::run_rsync(const stage_request& request, const symlink_tree& tree,
                                                 destination_shell::rsync_route route,
                                                 prestarted_child prestarted, stage_report& report) {
    rsync_progress progress;
    auto child = rsync_child(request, tree.path(), route);
    // Directories of the base directory are not ours to change: without staging, files are named.
    child.input = state_.direct() ? tree.list() : tree.directories();
    if (options_.archive.copy_timeout)
        child.limit = as_duration(*options_.archive.copy_timeout + comparing_time(request));
    child.stall = stage_stall(request);
    auto held = std::make_shared<std::vector<std::shared_ptr<const void>>>();
    for (const auto& item : request.items)
        if (item.held) held->push_back(item.held);
    child.held = std::move(held);
    child.on_output = [&](std::string_view output) {
        const bool grown = progress.read(output);
        if (grown && request.progress) request.progress(progress.bytes(), progress.files());
        return grown;
    };
    auto done = co_await runner_.run(std::move(child), std::move(prestarted));
    if (!done) {
        report.end = ended_with(done.error());
        co_return;
    }
    report.end =
        classify({program_kind::rsync, done->status, done->cause, done->error}, "copy files to", name());
    report.bytes = progress.bytes();
    route.channel.hear(done->error);
    if (done->waited_for && blame_local_file(request, *done->waited_for, report)) co_return;
    const rsync_roots roots{tree.path(), state_.direct() ? state_.base : state_.slot_path(request.slot)};
    auto complaints = rsync_complaints(done->error, roots, request.items);
    for (std::size_t i = 0; i < complaints.size(); ++i)
        if (!report.complaints[i]) report.complaints[i] = std::move(complaints[i]);
    if (forget_lost_links(request, tree, report)) co_return;
    blame_file_system(report.complaints, report.end, "copy files to", name());
    if (doubts_connection(report.end)) {
        // What our rsync wrote may lie in buffers of a dead connection: only the far side knows what arrived.
        const bool slice = report.end.error->code == failure_code::timed_out && !state_.direct() &&
                           request.mode == stage_mode::resume;
        if (slice) report.bytes = co_await arrived(request.slot, done->error);
        if (!slice || report.bytes == 0) route.channel.suspect();
    }
}

asio::awaitable<stage_report> rsync_transport::send(stage_request request) {
    stage_report report;
    report.complaints.resize(request.items.size());
    report.end.exit_class = "0";
    if (!state_.prepared) {
        report.end = not_prepared(name());
        co_return report;
    }
    if (request.items.empty()) co_return report;
    auto waiting = prestarted_.take(request.slot);
    if (waiting && request.mode != stage_mode::resume) waiting.reset();
    // Its tree may have gone away since.
    if (waiting && !waiting->resources.tree.has("")) waiting.reset();
    auto tree = waiting ? result<symlink_tree>(std::move(waiting->resources.tree))
                        : symlink_tree::make(runtime_.next("t"));
    if (tree)
        if (auto filled = tree->fill(request.items); !filled) tree = filled.error();
    if (!tree) {
        report.end = ended_with(tree.error());
        co_return report;
    }
    report.complaints = tree->complaints();
    if (tree->list().empty()) co_return report;
    destination_shell::rsync_route route;
    prestarted_child prestarted;
    if (waiting) {
        route = std::move(waiting->resources.route);
        prestarted = std::move(waiting->child);
    } else {
        auto opened = co_await shell_.route(total_bytes(request) >= worth_a_connection);
        if (!opened) {
            report.end = ended_with(opened.error());
            co_return report;
        }
        route = std::move(*opened);
    }
    ++staging_;
    // While files are sent, the command that will deliver them gets ready; what is compared is not delivered.
    if (!state_.direct() && request.mode == stage_mode::resume)
        shell_.prestart(delivery(total_bytes(request), request.items.size()), staging_);
    co_await run_rsync(request, *tree, std::move(route), std::move(prestarted), report);
    --staging_;
    co_return report;
}

// Without staging, directories are made before, and what cannot go where it belongs is left out.
asio::awaitable<stage_report> rsync_transport::stage(stage_request request) {
    if (!state_.prepared || !state_.direct() || request.items.empty()) co_return co_await send(request);
    std::vector<std::string> paths;
    for (const auto& item : request.items) paths.push_back(item.remote_path);
    const auto answer = co_await run("make directories at", scripts::make_directories, {},
                                     sealed_list(directories_of(paths)), command_limit(0, paths.size()));
    stage_report report;
    report.end = answer.end;
    report.complaints.resize(paths.size());
    if (answer.end.error) co_return report;
    report.held_back = read_unusable(answer.output, paths);
    std::vector<std::size_t> sent;
    auto part = request;
    part.items.clear();
    for (std::size_t i = 0; i < paths.size(); ++i)
        if (!report.held_back[i]) {
            sent.push_back(i);
            part.items.push_back(request.items[i]);
        }
    report.removed_leftovers = co_await sweep_leftovers(part.items);
    auto done = co_await send(std::move(part));
    if (done.end.error) swept_.clear();
    report.end = std::move(done.end);
    report.bytes = done.bytes;
    for (std::size_t i = 0; i < sent.size() && i < done.complaints.size(); ++i)
        report.complaints[sent[i]] = std::move(done.complaints[i]);
    report.unreadable.resize(paths.size());
    for (std::size_t i = 0; i < sent.size() && i < done.unreadable.size(); ++i)
        report.unreadable[sent[i]] = std::move(done.unreadable[i]);
    co_return report;
}

void rsync_transport::prestart(int slot) {
    if (prestarted_.count(slot) > 0 || !state_.prepared || state_.direct()) return;
    auto route = shell_.route_at_once();
    auto tree = symlink_tree::make(runtime_.next("t"));
    if (!route || !tree) return;
    stage_request request;
    request.slot = slot;
    auto child = rsync_child(request, tree->path(), *route);
    // rsync's own time limit runs while it waits.
    const auto life = std::min<std::chrono::nanoseconds>(prestarted_life, stage_stall(request) / 2);
    prestarted_.start(slot, {std::move(*tree), std::move(*route)}, std::move(child), life);
    shell_.prestart(delivery(0, 0), staging_ + 1);
}

void rsync_transport::prestart_soon(int slot) {
    asio::post(executor_, [this, slot, alive = std::weak_ptr<bool>(alive_)] {
        if (!alive.expired()) prestart(slot);
    });
}

}  // namespace suprsync
