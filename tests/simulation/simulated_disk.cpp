#include "tests/simulation/simulated_disk.hpp"

#include "tests/simulation/content.hpp"

namespace asio = boost::asio;

namespace suprsync::simulation {

namespace {

constexpr double look_ends_after = 10.1;  // s (spec, Failures)

failure cannot(failure_code code, const std::string& verb, const std::string& path, const std::string& why) {
    return {code, verb, path, why};
}

struct held_file {
    held_file(local_file_ptr f, std::shared_ptr<std::size_t> c) : file(std::move(f)), count(std::move(c)) {
        ++*count;
    }
    ~held_file() { --*count; }
    held_file(const held_file&) = delete;
    held_file& operator=(const held_file&) = delete;
    local_file_ptr file;
    std::shared_ptr<std::size_t> count;
};

}  // namespace

const local_file& simulated_disk::opened(const std::shared_ptr<const void>& held) {
    return *static_cast<const held_file*>(held.get())->file;
}

asio::awaitable<void> simulated_disk::take_time(double least, double most) {
    if (on_step) on_step();
    co_await time_.sleep_for(nanoseconds_of(random_.between(least, most)));
}

// False where its disk does not answer, when the limit for that is over.
asio::awaitable<bool> simulated_disk::answers(std::string path) {
    if (!files_.hung || !files_.on_data_disk(path)) co_return true;
    co_await time_.sleep_for(nanoseconds_of(look_ends_after));
    co_return false;
}

result<local_file_ptr> simulated_disk::look(const std::string& verb, const std::string& path) const {
    if (files_.forbidden == local_files::plain(path))
        return cannot(failure_code::not_permitted, verb, path, "Permission denied");
    auto file = files_.find(path);
    if (file) return file;
    if (files_.unmounted && files_.on_data_disk(path))
        return cannot(failure_code::no_directory, verb, path, "neither it nor its directory is there");
    return cannot(failure_code::not_found, verb, path, "No such file or directory");
}

asio::awaitable<result<local_file_ptr>> simulated_disk::reach(std::string verb, std::string path) {
    const bool answered = co_await answers(path);
    if (!answered) co_return cannot(failure_code::place, verb, path, "its disk does not answer");
    co_return look(verb, path);
}

asio::awaitable<std::vector<result<file_identity>>> simulated_disk::stat(std::vector<std::string> paths) {
    std::vector<result<file_identity>> found;
    co_await take_time(0, 0.001);
    for (const auto& path : paths) {
        const auto file = co_await reach("look at", path);
        if (file)
            found.emplace_back(files_.identity_of(path, **file));
        else
            found.emplace_back(file.error());
    }
    co_return found;
}

asio::awaitable<std::vector<result<open_file>>> simulated_disk::open(std::vector<std::string> paths,
                                                                     std::vector<std::string>) {
    std::vector<result<open_file>> opened;
    co_await take_time(0, 0.001);
    for (const auto& path : paths) {
        const auto file = co_await reach("open", path);
        if (!file) {
            opened.emplace_back(file.error());
            continue;
        }
        opened.emplace_back(open_file{path, files_.identity_of(path, **file), "/open" + path, -1,
                                      std::make_shared<held_file>(*file, open_), local_files::plain(path)});
    }
    co_return opened;
}

asio::awaitable<std::vector<result<local_digest>>> simulated_disk::digest_open(
    std::vector<open_file> files, std::shared_ptr<digest_progress>) {
    std::vector<result<local_digest>> sums;
    for (const auto& one : files) {
        const auto& file = opened(one.held);
        const auto before = files_.identity_of(one.path, file);
        co_await take_time(0, 0.2);
        const bool answered = co_await answers(one.path);
        if (stopped_)
            sums.emplace_back(cannot(failure_code::stopped, "read", one.path, "stopped"));
        else if (!answered || files_.unreadable == local_files::plain(one.path) ||
                 (files_.unmounted && files_.on_data_disk(one.path)))
            sums.emplace_back(cannot(failure_code::place, "read", one.path, "Input/output error"));
        else
            sums.emplace_back(local_digest{sum_of(file.content), before, files_.identity_of(one.path, file)});
    }
    co_return sums;
}

asio::awaitable<std::vector<result<local_digest>>> simulated_disk::digest(std::vector<std::string> paths,
                                                                          std::vector<std::string> roots,
                                                                          std::shared_ptr<digest_progress>) {
    auto files = co_await open(std::move(paths), std::move(roots));
    std::vector<result<local_digest>> sums;
    for (auto& file : files) {
        if (!file) {
            sums.emplace_back(file.error());
            continue;
        }
        std::vector<open_file> one;
        one.push_back(std::move(*file));
        auto sum = co_await digest_open(std::move(one), {});
        sums.push_back(std::move(sum.front()));
    }
    co_return sums;
}

asio::awaitable<std::vector<result<real_place>>> simulated_disk::resolve(std::vector<std::string> paths) {
    std::vector<result<real_place>> places;
    co_await take_time(0, 0.001);
    for (const auto& path : paths) {
        const bool answered = co_await answers(path);
        const auto file = files_.find(path);
        if (!answered)
            places.emplace_back(cannot(failure_code::place, "look at", path, "its disk does not answer"));
        else if (file)
            places.emplace_back(real_place{local_files::plain(path), std::nullopt, file->content.size()});
        else if (files_.is_directory(path))
            places.emplace_back(
                real_place{path, cannot(failure_code::invalid, "look at", path, "it is a directory")});
        else
            places.emplace_back(
                cannot(failure_code::not_found, "look at", path, "No such file or directory"));
    }
    co_return places;
}

asio::awaitable<std::vector<std::uint64_t>> simulated_disk::devices(std::vector<std::string> paths) {
    std::vector<std::uint64_t> found;
    for (const auto& path : paths) {
        const bool answered = co_await answers(path);
        found.push_back(answered ? files_.device_of(path) : 0);
    }
    co_return found;
}

asio::awaitable<result<disk_space>> simulated_disk::space(std::string path) {
    const bool answered = co_await answers(path);
    if (!answered) co_return cannot(failure_code::place, "look at", path, "its disk does not answer");
    const bool full = files_.full && !files_.on_data_disk(path);
    co_return disk_space{full ? 0U : 1'000'000'000U, 2'000'000'000U, 1'000'000U, 2'000'000U};
}

}  // namespace suprsync::simulation
