// What the destination is asked before files are deleted.
#include <map>

#include "engine/model/file.hpp"
#include "engine/run/deletion_proof.hpp"
#include "engine/run/read_sources.hpp"
#include "engine/run/synced_stat.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// Of copies whose content is read there at a time: some seconds of a disk.
constexpr std::uint64_t most_bytes_asked_at_once = 1'000'000'000;

}  // namespace

asio::awaitable<void> deletion_proof::stat_remote(files which) {
    stat_request request;
    request.md5 = archive_.config.recheck_remote == recheck_kind::md5;
    request.from_disk = request.md5;
    std::size_t asked_for = 0;
    for (const auto* g : which) {
        if (asked_for > 0 && request.md5 && request.bytes > most_bytes_asked_at_once) break;
        ++asked_for;
        request.remote_paths.push_back(g->facts.item.row.remote_path);
        if (g->facts.local && *g->facts.local) request.bytes += (*g->facts.local)->size;
    }
    which.resize(asked_for);
    auto report = co_await synced_stat(archive_, std::move(request));
    if (!report.end.finished()) error_ = report.end.error;
    std::vector<read_source> sources;
    for (const auto& answer : report.answers)
        if (answer.md5) sources.push_back(answer.source);
    if (report.end.finished()) tell_read_sources(archive_, sources);
    const auto asked = archive_.environment.clock.steady_now();
    for (std::size_t i = 0; i < which.size(); ++i) {
        which[i]->facts.remote =
            report.end.finished() && i < report.answers.size() ? report.answers[i] : stat_answer{};
        which[i]->remote_asked = asked;
    }
}

// Of copies that are missing: whether what held them is there. A name of five digits is that of a directory.
asio::awaitable<void> deletion_proof::ask_days(files which) {
    std::map<std::string, files> in_day;
    for (auto* g : which) in_day[std::string(first_component(g->facts.item.row.remote_path))].push_back(g);
    stat_request request;
    for (const auto& [day, files_of_it] : in_day) request.remote_paths.push_back(day);
    const auto report = co_await synced_stat(archive_, std::move(request));
    if (!report.end.finished()) error_ = report.end.error;
    std::size_t i = 0;
    for (auto& [day, files_of_it] : in_day) {
        const auto answer =
            report.end.finished() && i < report.answers.size() ? report.answers[i] : stat_answer{};
        ++i;
        for (auto* g : files_of_it) {
            if (answer.answered)
                g->facts.day_stands = answer.object.has_value();
            else
                g->facts.remote = stat_answer{};  // nothing is known of its files then
        }
    }
}

}  // namespace suprsync
