// What simulated_disk writes: files that go, and small files of the daemon's own. Each step may be the last
// before a kill.
#include "tests/simulation/simulated_disk.hpp"

namespace asio = boost::asio;

namespace suprsync::simulation {

namespace {

failure not_done(failure_code code, const std::string& verb, const std::string& path,
                 const std::string& why) {
    return {code, verb, path, why};
}

std::string removal_path(const std::string& path, file_id id) {
    return path.substr(0, path.rfind('/') + 1) + removal_name(id);
}

}  // namespace

// In two steps (spec, Removal): another file that has the name by then gets it back.
asio::awaitable<result<void>> simulated_disk::remove_one(removal which) {
    which.path = local_files::plain(which.path);
    const auto file = look("remove", which.path);
    if (!file) co_return file.error();
    if (files_.identity_of(which.path, **file) != which.expected)
        co_return not_done(failure_code::changed, "remove", which.path, "it is another file");
    const auto aside = removal_path(which.path, which.id);
    if (files_.names.contains(aside))
        co_return not_done(failure_code::conflict, "remove", which.path, aside + " is there");
    files_.rename(which.path, aside);
    co_await take_time(0.0001, 0.001);
    // The directory is open: what it holds is there whatever is mounted at its path by now.
    const auto found = files_.names.find(aside);
    if (found == files_.names.end())
        co_return not_done(failure_code::not_found, "remove", which.path, "it is gone");
    const auto there = found->second;
    auto identity = files_.identity_of(which.path, *there);
    identity.device = which.expected.device;
    if (identity == which.expected) {
        if (on_removal) on_removal(which.path, *there);
        files_.remove(aside);
        co_return result<void>();
    }
    if (files_.names.contains(which.path))
        co_return not_done(failure_code::conflict, "remove", which.path, "another file was left as " + aside);
    files_.rename(aside, which.path);
    co_return not_done(failure_code::changed, "remove", which.path, "it changed");
}

asio::awaitable<std::vector<result<void>>> simulated_disk::remove(
    std::vector<removal> which, std::vector<std::string>, std::chrono::steady_clock::duration holds_for) {
    const auto until = time_.steady_now() + holds_for;
    std::vector<result<void>> removed;
    for (auto& one : which) {
        const bool answered = co_await answers(one.path);
        co_await take_time(0, 0.01);
        if ((one.withdrawn && *one.withdrawn) || time_.steady_now() > until || !answered) {
            removed.emplace_back(
                not_done(failure_code::stopped, "remove", one.path, "its turn came too late"));
            continue;
        }
        auto done = co_await remove_one(std::move(one));
        removed.push_back(std::move(done));
    }
    co_return removed;
}

asio::awaitable<result<bool>> simulated_disk::undo_removal(std::string path, file_id id,
                                                           std::optional<lasting_identity> file) {
    path = local_files::plain(path);
    co_await take_time(0, 0.001);
    const bool answered = co_await answers(path);
    if (!answered) co_return not_done(failure_code::place, "look at", path, "its disk does not answer");
    const auto aside = removal_path(path, id);
    const auto left = files_.find(aside);
    if (!left) co_return false;
    if (file && lasting(files_.identity_of(path, *left)) != *file)
        co_return not_done(failure_code::conflict, "undo the removal of", path, aside + " is another file");
    if (files_.names.contains(path))
        co_return not_done(failure_code::conflict, "undo the removal of", path, "another file has its name");
    files_.rename(aside, path);
    co_return true;
}

asio::awaitable<result<void>> simulated_disk::discard(std::string path) {
    co_await take_time(0, 0.001);
    files_.remove(path);
    co_return result<void>();
}

asio::awaitable<result<file_identity>> simulated_disk::write_whole(std::string path, std::string text) {
    co_await take_time(0, 0.02);
    if (files_.full) co_return not_done(failure_code::io, "write", path, "No space left on device");
    const auto file = files_.create(path, std::move(text));
    co_return files_.identity_of(path, *file);
}

}  // namespace suprsync::simulation
