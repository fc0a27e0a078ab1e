#include "engine/run/local_names.hpp"

#include <map>

#include "engine/model/text.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// A path that leads nowhere is the name of no file that could be lost. Of any other that cannot be resolved
// (its place does not answer, a directory on the way may not be entered) nobody can tell.
bool may_lead_anywhere(const result<real_place>& resolved) {
    return !resolved && resolved.error().code != failure_code::not_found &&
           resolved.error().code != failure_code::no_directory;
}

}  // namespace

asio::awaitable<result<std::vector<std::optional<named_file>>>> find_wanted_by_any_name(
    catalog& rows, local_disk& disk, std::vector<std::string> local_paths) {
    std::vector<std::optional<named_file>> wanted(local_paths.size());
    name_query query;
    std::map<std::string, std::vector<std::size_t>> asked;  // by name
    for (std::size_t i = 0; i < local_paths.size(); ++i)
        asked[std::string(name_of(local_paths[i]))].push_back(i);
    for (const auto& [name, which] : asked) query.names.push_back(name);

    std::vector<result<real_place>> real;  // of local_paths, once somebody has a name of theirs
    while (true) {
        auto page = co_await rows.unsettled_named(query);
        if (!page) co_return page.error();
        if (page->empty()) break;
        if (real.empty()) real = co_await disk.resolve(local_paths);
        std::vector<std::string> others;
        others.reserve(page->size());
        for (const auto& other : *page) others.push_back(other.local_path);
        const auto resolved = co_await disk.resolve(std::move(others));
        for (std::size_t k = 0; k < resolved.size(); ++k) {
            const bool unknown = may_lead_anywhere(resolved[k]);
            if (!resolved[k] && !unknown) continue;
            for (const auto i : asked.at(query.names[(*page)[k].name]))
                if (!wanted[i] && (unknown || (real[i] && real[i]->path == resolved[k]->path)))
                    wanted[i] = (*page)[k];
        }
        if (page->size() < query.limit) break;
        query.first = page->back().name;
        query.after = page->back().id;
    }
    co_return wanted;
}

// Few rows are spelled otherwise than their files are found: mostly one look at the index is all.
asio::awaitable<result<std::vector<other_names>>> find_verified_by_any_name(catalog& rows, local_disk& disk,
                                                                            std::vector<file_row> which) {
    std::vector<other_names> names(which.size());
    std::vector<std::string> paths;
    for (const auto& row : which) paths.push_back(row.local_path);
    const auto real = co_await disk.resolve(std::move(paths));
    std::vector<placed_file> placed;
    std::vector<std::size_t> index;  // in `which`, of placed
    for (std::size_t i = 0; i < which.size(); ++i) {
        // What is not there is removed by nobody.
        if (!real[i]) continue;
        placed.push_back({std::move(which[i]), real[i]->path});
        index.push_back(i);
    }
    auto others = co_await rows.spelled_otherwise(placed);
    if (!others) co_return others.error();
    std::vector<std::string> spellings;
    for (const auto& other : *others) spellings.push_back(other.row.local_path);
    const auto leads_to = co_await disk.resolve(std::move(spellings));
    for (std::size_t k = 0; k < leads_to.size(); ++k) {
        auto& other = (*others)[k];
        auto& found = names[index[other.asked]];
        const bool unknown = may_lead_anywhere(leads_to[k]);
        if (!unknown && (!leads_to[k] || leads_to[k]->path != placed[other.asked].real_path)) continue;
        if (unknown || other.waits)
            found.waits_for = std::move(other.row);
        else
            found.versions.push_back(std::move(other.row));
    }
    co_return names;
}

}  // namespace suprsync
