#include "net/rsync/rsync_transport_impl.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <map>

#include "net/remote/classify.hpp"
#include "net/remote/script_protocol.hpp"
#include "net/remote/scripts.hpp"
#include "net/remote/shell_text.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double seconds_per_path = 0.001;            ///< for commands over long lists
constexpr std::uint64_t bytes_per_md5sum = 64 << 20;  ///< its answers come when a process ends
constexpr std::uint64_t files_per_process = 100;

process_end not_prepared(const std::string& name) {
    return {failure{failure_code::connection, "use", name, "the destination has not been prepared"},
            "not prepared"};
}

/// So many files for one md5sum that their answers come every few seconds.
std::string files_per_md5sum(std::uint64_t bytes, std::size_t paths) {
    const auto each = std::max<std::uint64_t>(1, bytes / std::max<std::size_t>(1, paths));
    return std::to_string(std::clamp<std::uint64_t>(bytes_per_md5sum / each, 1, files_per_process));
}

}  // namespace

void blame_file_system(const std::vector<std::optional<std::string>>& complaints, process_end& end,
                       const std::string& operation, const std::string& subject) {
    if (end.error) return;
    if (auto why = file_system_error(complaints))
        end.error = failure{failure_code::not_permitted, operation, subject, std::move(*why)};
}

rsync_transport::rsync_transport(asio::any_io_executor executor, child_runner& runner,
                                 transport_options options, runtime_directory runtime)
    : executor_(executor),
      runner_(runner),
      options_(std::move(options)),
      runtime_(std::move(runtime)),
      shell_(make_destination_shell(executor, runner, options_, [this] { return runtime_.next("c"); })) {}

std::string rsync_transport::name() const { return options_.name(); }

void rsync_transport::stop() { runner_.stop(); }

std::chrono::nanoseconds rsync_transport::command_limit(std::uint64_t bytes, std::size_t paths) const {
    return as_duration(options_.archive.cmd_timeout.value_or(options_.archive.stall_timeout) +
                       static_cast<double>(bytes) / read_rate +
                       static_cast<double>(paths) * seconds_per_path);
}

asio::awaitable<script_answer> rsync_transport::run(std::string operation, std::string_view script,
                                                    std::string settings, std::string list,
                                                    std::chrono::nanoseconds limit) {
    script_request request;
    request.operation = std::move(operation);
    request.settings = state_.settings() + std::move(settings);
    request.script = script;
    request.list = std::move(list);
    request.limit = limit;
    co_return co_await shell_.run(std::move(request));
}

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
    } else if (!options_.archive.chmod.empty()) {
        auto found = co_await find_directory_modes();
        if (!found) co_return found.error();
        modes = std::move(*found);
    }
    script_request script;
    script.operation = "prepare";
    script.script = scripts::prepare;
    script.limit = command_limit(0, 0);
    // What waits in a slot holds it, and nothing lies there.
    std::erase_if(ready_, [](const auto& r) { return !r.second.waits(); });
    for (const auto& [slot, waiting] : ready_) request.slots_in_use.push_back(slot);
    script.settings =
        assignment("needed_programs", scripts::needed_programs) +
        assignment("base", options_.archive.remote_basedir) +
        assignment("staging_dir", options_.archive.remote_staging_dir.value_or("")) +
        assignment("uuid", request.catalog_uuid) + assignment("archive", options_.archive.name) +
        assignment("may_create", request.may_create_base ? "1" : "") +
        assignment("in_use", fmt::format("{}", fmt::join(request.slots_in_use, " "))) +
        assignment("expected", request.expected ? fmt::format("{} {}", request.expected->file_system,
                                                              request.expected->inode)
                                                : "");
    const auto answer = co_await shell_.run(std::move(script));
    const auto host = options_.archive.ssh_host.value_or("this machine");
    if (answer.end.error) {
        auto error = *answer.end.error;
        if (error.code == failure_code::missing_program && options_.archive.ssh_host &&
            error.detail.find("timeout") != std::string::npos)
            error.detail = host + ": " + error.detail;
        co_return error;
    }
    auto read = read_prepare(answer.output, host, name());
    if (!read) co_return read.error();
    auto& facts = read->facts;
    state_.base = facts.base;
    state_.identity = fmt::format("{} {}", facts.identity.file_system, facts.identity.inode);
    state_.staging = facts.staging;
    state_.lock_style = read->lock_style;
    state_.inherit_group = read->inherit_group;
    state_.modes = modes;
    state_.prepared = true;
    co_return std::move(facts);
}

asio::awaitable<digest_report> rsync_transport::digests(digest_request request) {
    digest_report report;
    const auto& paths = request.remote_paths;
    report.md5.resize(paths.size());
    report.complaints.resize(paths.size());
    report.end = state_.prepared ? process_end{std::nullopt, "0"} : not_prepared(name());
    if (!state_.prepared || paths.empty()) co_return report;
    const bool staged = request.slot && !state_.direct();
    if (staged) leave(*request.slot);
    auto answer = co_await run("compute MD5 sums at", scripts::digests,
                               assignment("slot", staged ? std::to_string(*request.slot) : "") +
                                   assignment("per_process", files_per_md5sum(request.bytes, paths.size())),
                               dotted_list(paths), command_limit(request.bytes, paths.size()));
    report.md5 = read_sums(answer.output, paths);
    report.complaints = read_reasons(answer.error, "md5sum", paths);
    report.end = std::move(answer.end);
    blame_file_system(report.complaints, report.end, "compute MD5 sums at", name());
    co_return report;
}

script_request rsync_transport::delivery(std::uint64_t bytes, std::size_t files) const {
    script_request request;
    request.operation = "publish files at";
    request.settings = state_.settings();
    request.script = scripts::deliver;
    request.limit = std::max(command_limit(bytes, files), as_duration(options_.archive.stall_timeout));
    return request;
}

asio::awaitable<publish_report> rsync_transport::deliver(int slot, std::vector<publish_item> items,
                                                         std::uint64_t bytes) {
    auto sums = sum_list(items);
    const auto rest = delivery_list(items);
    if (!sums || !rest) co_return co_await transport::deliver(slot, std::move(items), bytes);
    if (!state_.prepared || state_.direct()) co_return co_await publish(slot, std::move(items));
    auto request = delivery(bytes, items.size());
    request.call = fmt::format("slot={} sums_bytes={} count={}", slot, sums->size(), items.size());
    request.list = std::move(*sums) + *rest;
    auto answer = co_await shell_.run(std::move(request));
    if (answer.output == "U") co_return co_await publish(slot, std::move(items));
    publish_report report;
    report.notes.resize(items.size());
    report.outcomes.resize(items.size(), answer.output == "W"   ? publish_outcome::published
                                         : answer.output == "V" ? publish_outcome::unverified
                                                                : publish_outcome::unknown);
    report.end = std::move(answer.end);
    if (answer.output == "W") make_ready_soon(slot);
    co_return report;
}

asio::awaitable<publish_report> rsync_transport::publish(int slot, std::vector<publish_item> items) {
    leave(slot);
    publish_report report;
    report.notes.resize(items.size());
    // Where there is no staging, files were written to their places and verified there.
    const auto now =
        state_.prepared && state_.direct() ? publish_outcome::published : publish_outcome::unknown;
    report.outcomes.resize(items.size(), now);
    report.end = state_.prepared ? process_end{std::nullopt, "0"} : not_prepared(name());
    if (!state_.prepared || items.empty() || state_.direct()) co_return report;
    const auto bytes = co_await bytes_in_the_way(items);
    const auto limit =
        std::max(command_limit(bytes, items.size()), as_duration(options_.archive.stall_timeout));
    auto answer =
        co_await run("publish files at", scripts::publish,
                     assignment("slot", std::to_string(slot)) +
                         assignment("stamp", std::to_string(static_cast<long long>(std::time(nullptr)))),
                     publish_list(items), limit);
    read_publish(answer.output, items, report);
    report.end = std::move(answer.end);
    std::vector<std::optional<std::string>> refusals(items.size());
    for (std::size_t i = 0; i < items.size(); ++i)
        if (report.outcomes[i] == publish_outcome::refused) refusals[i] = report.notes[i];
    blame_file_system(refusals, report.end, "publish files at", name());
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (report.outcomes[i] != publish_outcome::refused) continue;
        if (report.end.error && report.end.error->code == failure_code::not_permitted)
            report.outcomes[i] = publish_outcome::unknown;
        if (!says_no_space(report.notes[i])) continue;
        report.outcomes[i] = publish_outcome::unknown;
        if (!report.end.error)
            report.end.error = failure{failure_code::no_space, "publish files at", name(), report.notes[i]};
    }
    co_return report;
}

// What publishing reads there, silently: a file of the same size that stands at the final path, and an
// earlier version whatever its size.
asio::awaitable<std::uint64_t> rsync_transport::bytes_in_the_way(const std::vector<publish_item>& items) {
    std::uint64_t bytes = 0;
    stat_request earlier;
    for (const auto& item : items) {
        bytes += item.size;
        if (item.supersedes_md5) earlier.remote_paths.push_back(item.remote_path);
    }
    if (earlier.remote_paths.empty()) co_return bytes;
    const auto seen = co_await stat(std::move(earlier));
    for (const auto& answer : seen.answers) bytes += answer.size.value_or(0);
    co_return bytes;
}

asio::awaitable<stat_report> rsync_transport::stat(stat_request request) {
    stat_report report;
    const auto& paths = request.remote_paths;
    report.answers.resize(paths.size());
    report.end = state_.prepared ? process_end{std::nullopt, "0"} : not_prepared(name());
    if (!state_.prepared || paths.empty()) co_return report;
    const auto list = dotted_list(paths);
    auto limit = command_limit(request.md5 ? request.bytes : 0, paths.size());
    // Writing back a disk's cache may take longer than commands do.
    if (request.sync_first) limit = std::max(limit, as_duration(options_.archive.stall_timeout));
    auto answer = co_await run("look at files at", scripts::stat,
                               assignment("sync_first", request.sync_first ? "1" : "") +
                                   assignment("sizes_bytes", std::to_string(list.size())) +
                                   assignment("per_process", files_per_md5sum(request.bytes, paths.size())),
                               request.md5 ? list + list : list, limit);
    report.answers = read_stat(answer.output, answer.error, paths);
    report.end = std::move(answer.end);
    co_return report;
}

asio::awaitable<result<void>> rsync_transport::sweep(std::vector<staged_file> files) {
    if (!state_.prepared) co_return *not_prepared(name()).error;
    if (files.empty() || state_.direct()) co_return result<void>();
    std::map<int, std::vector<std::string>> by_slot;
    for (auto& file : files) by_slot[file.slot].push_back(std::move(file.remote_path));
    std::string slots;
    std::string lists;
    for (const auto& [slot, paths] : by_slot) {
        leave(slot);
        const auto list = sealed_list(paths);
        slots += fmt::format("{}:{} ", slot, list.size());
        lists += list;
    }
    auto answer = co_await run("sweep staging at", scripts::sweep, assignment("slots", slots), lists,
                               command_limit(0, files.size()));
    if (answer.end.error) co_return *answer.end.error;
    co_return result<void>();
}

std::unique_ptr<transport> make_rsync_transport(asio::any_io_executor executor, child_runner& runner,
                                                transport_options options) {
    auto runtime = runtime_directory::make(options.runtime_directory);
    if (!runtime) throw failure_error(runtime.error());
    return std::make_unique<rsync_transport>(std::move(executor), runner, std::move(options),
                                             std::move(*runtime));
}

}  // namespace suprsync
