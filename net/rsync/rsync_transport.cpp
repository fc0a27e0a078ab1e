#include "net/rsync/rsync_transport_impl.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/loop/machine_clock.hpp"
#include "net/remote/answer_records.hpp"
#include "net/remote/classify.hpp"
#include "net/remote/object_records.hpp"
#include "net/remote/script_protocol.hpp"
#include "net/remote/scripts.hpp"
#include "net/remote/shell_text.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::uint64_t bytes_per_md5sum = 64 << 20;  ///< its answers come when a process ends
constexpr std::uint64_t files_per_process = 100;
constexpr std::uint64_t bytes_of_paced_block = 65536;  ///< as sum_paced.sh has it

/// So many files for one md5sum that their answers come every few seconds.
std::string files_per_md5sum(std::uint64_t bytes, std::size_t paths) {
    const auto each = std::max<std::uint64_t>(1, bytes / std::max<std::size_t>(1, paths));
    return std::to_string(std::clamp<std::uint64_t>(bytes_per_md5sum / each, 1, files_per_process));
}

}  // namespace

rsync_transport::rsync_transport(asio::any_io_executor executor, child_runner& runner,
                                 transport_options options, runtime_directory runtime)
    : executor_(executor),
      runner_(runner),
      options_(std::move(options)),
      runtime_(std::move(runtime)),
      shell_(make_destination_shell(executor, runner, options_, [this] { return runtime_.next("c"); })),
      prestarted_(runner) {}

std::string rsync_transport::name() const { return options_.name(); }

void rsync_transport::stop() { runner_.stop(); }

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

asio::awaitable<digest_report> rsync_transport::digests(digest_request request) {
    digest_report report;
    const auto& paths = request.remote_paths;
    report.complaints.resize(paths.size());
    report.end = state_.prepared ? process_end{std::nullopt, "0"} : not_prepared(name());
    if (!state_.prepared || paths.empty()) {
        report.md5.resize(paths.size());
        co_return report;
    }
    const bool staged = request.slot && !state_.direct();
    if (staged) prestarted_.end(*request.slot);
    auto answer = co_await run("compute MD5 sums at", scripts::digests,
                               assignment("slot", staged ? std::to_string(*request.slot) : "") +
                                   assignment("from_disk", request.from_disk ? "1" : "") +
                                   assignment("per_process", files_per_md5sum(request.bytes, paths.size())),
                               dotted_list(paths), command_limit(request.bytes, paths.size()));
    std::vector<bool> not_regular;
    for (auto& file : read_stat(answer.output, {}, paths, boot_id(), request.from_disk)) {
        report.md5.push_back(std::move(file.md5));
        report.objects.push_back(file.object);
        report.sources.push_back(file.source);
        not_regular.push_back(file.object && !file.size);
    }
    report.complaints = read_reasons(answer.error, "md5sum", paths);
    for (std::size_t i = 0; i < paths.size(); ++i)
        if (not_regular[i] && !report.complaints[i]) report.complaints[i] = "it is no regular file";
    report.end = std::move(answer.end);
    blame_file_system(report.complaints, report.end, "compute MD5 sums at", name());
    co_return report;
}

// What lies on another file system is seen by the answer, which costs nothing where none does: then it is not
// synced yet. From then on its file system is looked for before.
asio::awaitable<stat_report> rsync_transport::stat(stat_request request) {
    const bool known = other_file_systems_;
    auto report = co_await stat_once(request);
    if (known || !other_file_systems_ || !request.sync_first || !report.end.finished()) co_return report;
    request.failed_sync_known = false;  // said once: what failed since is none of it
    co_return co_await stat_once(std::move(request));
}

asio::awaitable<stat_report> rsync_transport::stat_once(stat_request request) {
    stat_report report;
    const auto& paths = request.remote_paths;
    report.answers.resize(paths.size());
    report.end = state_.prepared ? process_end{std::nullopt, "0"} : not_prepared(name());
    if (!state_.prepared || (paths.empty() && !request.sync_first)) co_return report;
    const auto list = dotted_list(paths);
    const auto synced = request.sync_first && other_file_systems_ ? list : "";
    std::string paced_blocks;
    if (request.md5 && request.from_disk && request.pace > 0) {
        const auto blocks = std::max<std::uint64_t>(1, request.pace / bytes_of_paced_block);
        paced_blocks = std::to_string(blocks);
        request.pace = blocks * bytes_of_paced_block;
    }
    const auto limit = look_limit(options_.archive, request);
    auto answer = co_await run("look at files at", scripts::stat,
                               assignment("other_names", state_.ignores_case || state_.direct() ? "1" : "") +
                                   assignment("sync_first", request.sync_first ? "1" : "") +
                                   assignment("failed_sync_known", request.failed_sync_known ? "1" : "") +
                                   assignment("synced_below", request.synced_below) +
                                   assignment("from_disk", request.from_disk ? "1" : "") +
                                   assignment("paced_blocks", paced_blocks) +
                                   assignment("synced_bytes", std::to_string(synced.size())) +
                                   assignment("sizes_bytes", std::to_string(list.size())) +
                                   assignment("per_process", files_per_md5sum(request.bytes, paths.size())),
                               synced + list + (request.md5 ? list : ""), limit);
    report.answers = read_stat(answer.output, answer.error, paths, boot_id(), request.from_disk);
    report.boot = boot_of(answer.output);
    if (tells_of_other_file_systems(answer.output)) other_file_systems_ = true;
    report.sync_failed = answer.end.exit_class == std::to_string(script_status::sync_failed);
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
        prestarted_.end(slot);
        const auto list = sealed_list(paths);
        slots += fmt::format("{}:{} ", slot, list.size());
        lists += list;
    }
    auto answer = co_await run("sweep staging at", scripts::sweep, assignment("slots", slots), lists,
                               command_limit(0, files.size()));
    if (answer.end.error) co_return *answer.end.error;
    co_return result<void>();
}

asio::awaitable<result<disk_space>> rsync_transport::space() {
    if (!state_.prepared) co_return *not_prepared(name()).error;
    const auto answer =
        co_await run("read the free space at", scripts::space, "", "", space_limit(options_.archive));
    if (answer.end.error) co_return *answer.end.error;
    std::string_view output = answer.output;
    const auto record = next_record(output);
    const auto space = record ? read_space(*record) : std::nullopt;
    if (!space)
        co_return failure{failure_code::io, "read the free space at", name(),
                          "it did not answer as expected"};
    co_return *space;
}

rsync_way make_rsync_way(asio::any_io_executor executor, child_runner& runner, transport_options options) {
    std::vector<std::string> parents = {options.runtime_directory};
    parents.insert(parents.end(), options.other_runtime_directories.begin(),
                   options.other_runtime_directories.end());
    auto runtime = runtime_directory::make(std::move(parents));
    if (!runtime) throw failure_error(runtime.error());
    auto files = std::make_unique<rsync_transport>(std::move(executor), runner, std::move(options),
                                                   std::move(*runtime));
    auto connection = files->connection();
    return {std::move(files), std::move(connection)};
}

std::unique_ptr<transport> make_rsync_transport(asio::any_io_executor executor, child_runner& runner,
                                                transport_options options) {
    return make_rsync_way(std::move(executor), runner, std::move(options)).files;
}

}  // namespace suprsync
