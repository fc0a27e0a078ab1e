#include "engine/run/registrar.hpp"

#include <fmt/format.h>

#include <map>

#include "engine/model/shown_text.hpp"
#include "engine/rules/archive_names.hpp"
#include "engine/rules/registration_rules.hpp"
#include "engine/run/daemon.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

failure at_index(std::size_t index, failure f) {
    f.subject =
        fmt::format("files[{}]{}", index, f.subject.empty() ? "" : " " + abridged(f.subject, most_of_a_path));
    return f;
}

failure wrong(const std::string& subject, const std::string& detail) {
    return {failure_code::invalid, "register", subject, detail};
}

std::vector<std::string> names_of(const archive_roots& archives) {
    std::vector<std::string> names;
    for (const auto& [name, roots] : archives) names.push_back(name);
    return names;
}

result<void> check_names(const registration_request& r, const archive_roots& archives) {
    const auto archive = archives.find(r.archive_name);
    const registration file{r.local_path,   r.remote_path,           r.archive_name,
                            r.local_md5sum, r.timestamp.value_or(0), r.deletable};
    // The name of an archive that is served was judged with the configuration.
    if (auto fine = archive == archives.end() ? check_registration(file) : check_file(file); !fine)
        return fine;
    if (archive == archives.end())
        return wrong("archive '" + r.archive_name + "'", why_not_served(r.archive_name, names_of(archives)));
    if (archive->second.empty())
        return failure{
            failure_code::not_permitted, "register", "",
            "registration over HTTP is off because no local root is set: start the daemon with --local-root DIR (local_roots in the configuration file) for the directories whose files may be registered"};
    return {};
}

}  // namespace

asio::awaitable<result<std::vector<added_file>>> registrar::add(std::vector<registration_request> requests) {
    if (requests.empty()) co_return wrong("files", "the array is empty: give at least one file");
    for (auto& r : requests) r.local_path = plain_local_path(r.local_path);
    const auto archives = archives_;
    for (std::size_t i = 0; i < requests.size(); ++i)
        if (auto fine = check_names(requests[i], archives); !fine) co_return at_index(i, fine.error());
    const auto sizes = co_await check_files(requests, archives);
    if (!sizes) co_return sizes.error();

    std::vector<registration> rows;
    rows.reserve(requests.size());
    const auto now = clock_.now();
    for (std::size_t i = 0; i < requests.size(); ++i) {
        auto& r = requests[i];
        rows.push_back({std::move(r.local_path), std::move(r.remote_path), std::move(r.archive_name),
                        std::move(r.local_md5sum), r.timestamp.value_or(now), r.deletable, (*sizes)[i]});
    }
    co_return co_await catalog_.add(std::move(rows));
}

// Every file must be there, be a regular file, and lie below a local root of its archive, links resolved.
// Their sizes.
asio::awaitable<result<std::vector<std::uint64_t>>> registrar::check_files(
    const std::vector<registration_request>& requests, const archive_roots& archives) {
    // The disk is asked once for the roots and the files.
    std::vector<std::string> roots_and_files;
    std::map<std::string, std::size_t> roots_at;
    for (const auto& r : requests)
        if (const auto& given = archives.at(r.archive_name);
            roots_at.emplace(r.archive_name, roots_and_files.size()).second)
            roots_and_files.insert(roots_and_files.end(), given.begin(), given.end());
    const auto files_at = roots_and_files.size();
    roots_and_files.reserve(files_at + requests.size());
    for (const auto& r : requests) roots_and_files.push_back(r.local_path);
    const auto real = co_await disk_.resolve(std::move(roots_and_files));

    archive_roots roots;
    for (const auto& [name, at] : roots_at)
        for (std::size_t i = 0; i < archives.at(name).size(); ++i)
            if (real[at + i]) roots[name].push_back(real[at + i]->path);
    std::vector<std::uint64_t> sizes;
    sizes.reserve(requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i) {
        const auto& file = real[files_at + i];
        const auto& path = requests[i].local_path;
        const auto& given = archives.at(requests[i].archive_name);
        const auto& real_roots = roots[requests[i].archive_name];
        // By another spelling nobody could tell later that it was judged.
        if (!spelled_below_any(path, given) && !lies_below_any(path, real_roots))
            co_return at_index(
                i,
                {failure_code::not_permitted, "register", path,
                 fmt::format(
                     "its path is outside the local roots ({}): register a file below one of them, by its path there",
                     fmt::join(given, ", "))});
        if (!file && file.error().code == failure_code::place) co_return at_index(i, file.error());
        if (!file || !lies_below_any(file->path, real_roots))
            co_return at_index(i, co_await not_within(path, given, real_roots));
        if (file->no_file) co_return at_index(i, *file->no_file);
        sizes.push_back(file->size);
    }
    co_return sizes;
}

// Nothing is said of what lies outside the roots, not even whether it is there: the answer is about the first
// name on the way, below a root, that leads nowhere inside.
asio::awaitable<failure> registrar::not_within(std::string path, std::vector<std::string> given,
                                               std::vector<std::string> real_roots) {
    std::vector<std::string> way;
    for (auto end = path.find('/', 1); end != std::string::npos; end = path.find('/', end + 1))
        way.push_back(path.substr(0, end));
    way.push_back(path);
    std::erase_if(way, [&](const std::string& name) {
        return !spelled_below_any(name, given) && !lies_below_any(name, real_roots);
    });
    const auto leads_to = co_await disk_.resolve(way);
    std::size_t first = 0;
    while (first + 1 < way.size() && leads_to[first] && lies_below_any(leads_to[first]->path, real_roots))
        ++first;
    co_return failure{
        failure_code::not_found, "register", path,
        fmt::format(
            "{} is not there, may not be looked at, or is a symbolic link that leads out of the local roots ({}) or nowhere",
            abridged(way.empty() ? path : way[first], most_of_a_path), fmt::join(given, ", "))};
}

asio::awaitable<result<std::vector<added_file>>> daemon::register_files(
    std::vector<registration_request> requests) {
    auto added = co_await registrar_.add(std::move(requests));
    if (!added) {
        raise_failed_change(added.error());
        co_return added;
    }
    std::vector<std::string> paths;
    for (const auto& one : *added) {
        const auto& row = one.file.row;
        paths.push_back(row.local_path);
        if (const auto s = find_archive(archives_, row.archive_name); s != archives_.end() && !one.existed)
            s->context.outcomes.tell_registration(row);
    }
    wake_everybody();
    environment_.removals.changed(paths);
    co_await environment_.removals.settled(std::move(paths));
    co_return added;
}

}  // namespace suprsync
