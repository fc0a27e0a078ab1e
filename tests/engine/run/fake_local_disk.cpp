#include "tests/engine/run/fake_local_disk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace asio = boost::asio;

namespace suprsync::test {

std::string fake_md5(std::string_view content) {
    std::uint64_t hash = 14695981039346656037ull;  // FNV-1a
    for (const char c : content) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
    return fmt::format("{:016x}{:016x}", hash, content.size());
}

file_identity fake_local_disk::write(const std::string& path, const std::string& content) {
    return write(path, content, clock_.now());
}

file_identity fake_local_disk::write(const std::string& path, const std::string& content,
                                     epoch_seconds mtime) {
    auto& f = files[path];
    f.content = content;
    f.identity.device = 1;
    if (f.identity.inode == 0) f.identity.inode = ++last_inode_;
    f.identity.size = content.size();
    f.identity.mtime_ns = std::llround(mtime * 1e9);
    return f.identity;
}

std::size_t fake_local_disk::count(std::string_view verb) const {
    return static_cast<std::size_t>(std::count_if(calls.begin(), calls.end(), [&](const std::string& call) {
        return call.starts_with(verb) && call[verb.size()] == ' ';
    }));
}

void fake_local_disk::serve(const std::string& verb, const std::string& path) {
    calls.push_back(verb + " " + path);
    if (before) before(verb, path);
}

result<fake_local_disk::file> fake_local_disk::find(const std::string& verb, const std::string& path) {
    serve(verb, path);
    if (const auto f = failing.find(path); f != failing.end()) return f->second;
    const auto place = files.find(path);
    if (place == files.end()) return failure{failure_code::not_found, verb, path, "no such file"};
    return place->second;
}

std::string fake_local_disk::real_path(const std::string& path) const {
    const auto link = links.find(path);
    return link == links.end() ? path : link->second;
}

asio::awaitable<std::vector<result<file_identity>>> fake_local_disk::stat(std::vector<std::string> paths) {
    std::vector<result<file_identity>> answers;
    for (const auto& path : paths) {
        const auto f = find("stat", path);
        if (f)
            answers.emplace_back(f->identity);
        else
            answers.emplace_back(f.error());
    }
    co_return answers;
}

asio::awaitable<std::vector<result<open_file>>> fake_local_disk::open(std::vector<std::string> paths,
                                                                      std::vector<std::string> roots) {
    opened_below = std::move(roots);
    std::vector<result<open_file>> answers;
    for (const auto& path : paths) {
        const auto f = find("open", path);
        if (f)
            answers.emplace_back(open_file{path, f->identity, "/open" + path, -1, {}, real_path(path)});
        else
            answers.emplace_back(f.error());
    }
    co_return answers;
}

asio::awaitable<std::vector<result<local_digest>>> fake_local_disk::digest_open(
    std::vector<open_file> opened, std::shared_ptr<digest_progress> progress) {
    std::vector<std::string> paths;
    for (const auto& file : opened) paths.push_back(file.path);
    return digest(std::move(paths), opened_below, std::move(progress));
}

asio::awaitable<std::vector<result<local_digest>>> fake_local_disk::digest(
    std::vector<std::string> paths, std::vector<std::string> roots,
    std::shared_ptr<digest_progress> progress) {
    opened_below = std::move(roots);
    std::vector<result<local_digest>> answers;
    for (const auto& path : paths) {
        const auto at_first = files.contains(path) ? files[path].identity : file_identity{};
        const auto f = find("digest", path);
        if (stopped)
            answers.emplace_back(failure{failure_code::stopped, "digest", path, "stopped"});
        else if (f) {
            if (progress) progress->bytes += f->content.size();
            answers.emplace_back(local_digest{fake_md5(f->content), at_first, f->identity});
        } else
            answers.emplace_back(f.error());
    }
    co_return answers;
}

namespace {

std::optional<failure> no_file(const std::string& path) {
    return failure{failure_code::invalid, "look at", path, "it is a directory, not a regular file"};
}

}  // namespace

asio::awaitable<std::vector<result<real_place>>> fake_local_disk::resolve(std::vector<std::string> paths) {
    std::vector<result<real_place>> answers;
    for (const auto& path : paths) {
        serve("resolve", path);
        if (const auto f = failing.find(path); f != failing.end()) {
            answers.emplace_back(f->second);
            continue;
        }
        auto plain = path;
        if (plain.size() > 1 && plain.ends_with('/')) plain.pop_back();
        const auto real = real_path(plain);
        const bool there = real == "/" || std::any_of(files.begin(), files.end(), [&](const auto& entry) {
                               return entry.first == real || entry.first.starts_with(real + "/");
                           });
        const auto named = files.find(path);
        const auto found = named == files.end() ? files.find(real) : named;
        if (there || links.contains(plain))
            answers.emplace_back(found == files.end()
                                     ? real_place{real, no_file(path)}
                                     : real_place{real, std::nullopt, found->second.identity.size});
        else
            answers.emplace_back(failure{failure_code::not_found, "resolve", path, "no such file"});
    }
    co_return answers;
}

asio::awaitable<std::vector<std::uint64_t>> fake_local_disk::devices(std::vector<std::string> paths) {
    co_return std::vector<std::uint64_t>(paths.size(), device);
}

asio::awaitable<result<disk_space>> fake_local_disk::space(std::string path) {
    serve("space", path);
    if (const auto f = failing.find(path); f != failing.end()) co_return f->second;
    co_return free_space;
}

asio::awaitable<std::vector<result<void>>> fake_local_disk::remove(
    std::vector<removal> which, std::vector<std::string>, std::chrono::steady_clock::duration holds_for) {
    const auto until = clock_.steady_now() + holds_for;
    std::vector<result<void>> removed;
    for (const auto& file : which) {
        const auto& path = file.path;
        if ((file.withdrawn && *file.withdrawn) || clock_.steady_now() > until) {
            removed.emplace_back(failure{failure_code::stopped, "remove", path, "its decision lapsed"});
            continue;
        }
        const auto f = find("remove", path);
        if (!f) {
            removed.emplace_back(f.error());
        } else if (f->identity != file.expected) {
            removed.emplace_back(failure{failure_code::changed, "remove", path, "it changed"});
        } else {
            files.erase(path);
            removed.emplace_back();
        }
    }
    if (after_removal) co_await after_removal();
    co_return removed;
}

asio::awaitable<result<bool>> fake_local_disk::undo_removal(std::string path, file_id id,
                                                            std::optional<lasting_identity> file) {
    serve("undo", path);
    if (const auto f = failing.find(path); f != failing.end()) co_return f->second;
    const auto left = files.find(path + removal_name(id));
    if (left == files.end()) co_return false;
    if (file && lasting(left->second.identity) != *file)
        co_return failure{failure_code::conflict, "undo the removal of", path, "another file stands there"};
    files[path] = left->second;
    files.erase(left);
    co_return true;
}

asio::awaitable<result<void>> fake_local_disk::discard(std::string path) {
    const auto f = find("discard", path);
    if (!f && f.error().code != failure_code::not_found) co_return f.error();
    files.erase(path);
    co_return result<void>();
}

asio::awaitable<result<file_identity>> fake_local_disk::write_whole(std::string path, std::string text) {
    serve("write_whole", path);
    if (const auto f = failing.find(path); f != failing.end()) co_return f->second;
    co_return write(path, text);
}

}  // namespace suprsync::test
