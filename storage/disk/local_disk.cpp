#include "storage/disk/local_disk.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "engine/files/file_facts.hpp"
#include "engine/model/text.hpp"
#include "storage/disk/beneath.hpp"
#include "storage/disk/closing_thread.hpp"
#include "storage/disk/digest_pool.hpp"
#include "storage/disk/patient_threads.hpp"
#include "storage/disk/removal.hpp"
#include "storage/disk/whole_file.hpp"

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

namespace suprsync {

namespace {

constexpr std::size_t quick_threads = 4;
constexpr std::chrono::milliseconds poll_interval{500};

template <class T>
using results = std::vector<result<T>>;

result<std::string> real_path(const std::string& path) { return suprsync::real_path("resolve", path); }

std::optional<failure> no_file(const std::string& path, const struct ::stat& seen) {
    auto regular = require_regular("look at", path, seen);
    if (regular) return std::nullopt;
    return regular.error();
}

std::uint64_t size_of(const struct ::stat& seen) { return static_cast<std::uint64_t>(seen.st_size); }

result<real_place> place_of(const std::string& path) {
    auto real = real_path(path);
    if (!real) return real.error();
    struct ::stat seen{};
    if (::lstat(real->c_str(), &seen) != 0) return file_failure("look at", path, errno);
    return real_place{std::move(*real), no_file(path, seen), size_of(seen)};
}

// Real paths of many files, most of which share their directories: a directory is resolved once.
class path_resolver {
  public:
    result<real_place> resolve(const std::string& path) {
        const std::string name(name_of(path));
        if (name.empty() || name == "." || name == ".." || path.find('\0') != std::string::npos)
            return place_of(path);
        struct ::stat seen{};
        if (::lstat(path.c_str(), &seen) != 0 || S_ISLNK(seen.st_mode)) return place_of(path);
        const auto directory = resolve_directory(directory_of(path));
        if (!directory) return place_of(path);
        return real_place{directory->ends_with('/') ? *directory + name : *directory + "/" + name,
                          no_file(path, seen), size_of(seen)};
    }

  private:
    // A thread that hung may meet the one that took its place: nothing is asked under the lock.
    result<std::string> resolve_directory(const std::string& directory) {
        {
            const std::lock_guard lock(mutex_);
            if (const auto known = directories_.find(directory); known != directories_.end())
                return known->second;
        }
        auto real = real_path(directory);
        const std::lock_guard lock(mutex_);
        return directories_.insert_or_assign(directory, std::move(real)).first->second;
    }

    std::mutex mutex_;
    std::unordered_map<std::string, result<std::string>> directories_;
};

// By this name a child of ours opens the same file anew, with a position of its own.
std::string read_at(int descriptor) { return fmt::format("/proc/{}/fd/{}", ::getpid(), descriptor); }

// Closed elsewhere: the last who holds it may be the loop.
struct held_descriptor {
    held_descriptor(closing_thread c, int n) : closer(std::move(c)), number(n) {}
    held_descriptor(const held_descriptor&) = delete;
    held_descriptor& operator=(const held_descriptor&) = delete;
    ~held_descriptor() { closer.close(number); }
    closing_thread closer;
    const int number;
};

result<open_file> open_one(const std::string& path, const root_directories& roots,
                           const closing_thread& closer) {
    auto opened = open_regular("open", path, roots);
    if (!opened) return opened.error();
    const int number = opened->descriptor.release();
    auto held = std::make_shared<const held_descriptor>(closer, number);
    auto at = read_at(number);
    std::error_code unknown;
    auto real = opened->is_real_path ? path : std::filesystem::read_symlink(at, unknown).string();
    return open_file{path, opened->identity, std::move(at), number, std::move(held), std::move(real)};
}

class real_disk final : public local_disk {
  public:
    real_disk(asio::any_io_executor loop, int digest_threads, const disk_limits& limits)
        : loop_(std::move(loop)),
          closer_(limits.stat),
          quick_(loop_, quick_threads, limits.stat),
          slow_(loop_, 1, limits.write),
          digests_(std::make_shared<digest_pool>(digest_threads, limits.read)) {}

    ~real_disk() override { digests_->end(); }

    asio::awaitable<results<file_identity>> stat(std::vector<std::string> paths) override {
        return quick_.each<file_identity>("look at", std::move(paths), [](const std::string& path) {
            return stat_regular("look at", path);
        });
    }

    asio::awaitable<results<open_file>> open(std::vector<std::string> paths,
                                             std::vector<std::string> roots) override {
        const auto within = co_await open_roots(std::move(roots));
        co_return co_await quick_.each<open_file>(
            "open", std::move(paths),
            [within, closer = closer_](const std::string& path) { return open_one(path, *within, closer); });
    }

    asio::awaitable<results<local_digest>> digest_open(std::vector<open_file> files,
                                                       std::shared_ptr<digest_progress> progress) override {
        std::vector<digest_task> tasks;
        tasks.reserve(files.size());
        for (auto& file : files) tasks.emplace_back(std::move(file));
        return run(std::move(tasks), std::move(progress));
    }

    asio::awaitable<results<local_digest>> digest(std::vector<std::string> paths,
                                                  std::vector<std::string> roots,
                                                  std::shared_ptr<digest_progress> progress) override {
        const auto within = co_await open_roots(std::move(roots));
        std::vector<digest_task> tasks;
        tasks.reserve(paths.size());
        for (auto& path : paths) tasks.emplace_back(std::move(path), within, progress);
        co_return co_await run(std::move(tasks), std::move(progress));
    }

    asio::awaitable<results<real_place>> resolve(std::vector<std::string> paths) override {
        const auto resolver = std::make_shared<path_resolver>();
        return quick_.each<real_place>("resolve", std::move(paths), [resolver](const std::string& path) {
            return resolver->resolve(path);
        });
    }

    asio::awaitable<std::vector<std::uint64_t>> devices(std::vector<std::string> paths) override {
        const auto seen = co_await quick_.each<std::uint64_t>(
            "look at", std::move(paths),
            [](const std::string& path) { return result<std::uint64_t>(nearest_device(path)); });
        std::vector<std::uint64_t> found;
        found.reserve(seen.size());
        for (const auto& device : seen) found.push_back(device ? *device : 0);
        co_return found;
    }

    asio::awaitable<result<disk_space>> space(std::string path) override {
        return quick_.one<disk_space>("read the free space of", std::move(path), space_of);
    }

    asio::awaitable<results<void>> remove(std::vector<removal> files, std::vector<std::string> roots,
                                          steady::duration holds_for) override {
        const auto until = steady::now() + holds_for;
        const auto within = co_await open_roots(std::move(roots));
        std::vector<std::string> paths;
        paths.reserve(files.size());
        for (const auto& file : files) paths.push_back(file.path);
        co_return co_await quick_.each_at<void>(
            "delete", std::move(paths),
            [files = std::move(files), within, until](std::size_t i, const std::string&) {
                return remove_file(files[i], *within, until);
            });
    }

    asio::awaitable<result<bool>> undo_removal(std::string path, file_id id,
                                               std::optional<lasting_identity> file) override {
        return quick_.one<bool>("undo the removal of", std::move(path), [id, file](const std::string& which) {
            return suprsync::undo_removal(which, id, file);
        });
    }

    asio::awaitable<result<void>> discard(std::string path) override {
        return quick_.one<void>("delete", std::move(path), discard_whole_file);
    }

    asio::awaitable<result<file_identity>> write_whole(std::string path, std::string text) override {
        return slow_.one<file_identity>(
            "write", std::move(path),
            [text = std::move(text)](const std::string& which) { return write_whole_file(which, text); });
    }

    void stop() override {
        digests_->stop();
        quick_.stop();
        slow_.stop();
    }

  private:
    asio::awaitable<std::shared_ptr<const root_directories>> open_roots(std::vector<std::string> roots) {
        auto opened = co_await quick_.each<root_directories::root>("open the local root", roots,
                                                                   root_directories::open_root);
        co_return std::make_shared<const root_directories>(std::move(roots), std::move(opened));
    }

    asio::awaitable<results<local_digest>> run(std::vector<digest_task> tasks,
                                               std::shared_ptr<digest_progress> progress) {
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        const auto pool = digests_;
        const auto answer = std::make_shared<std::optional<results<local_digest>>>();
        const auto timer = std::make_shared<asio::steady_timer>(loop_);
        const auto done = [answer, timer, loop = loop_](results<local_digest> all) {
            asio::post(loop, [answer, timer, all = std::move(all)]() mutable {
                answer->emplace(std::move(all));
                timer->cancel();
            });
        };
        pool->submit(std::move(tasks), done, std::move(progress));
        while (!*answer) {
            timer->expires_after(poll_interval);
            co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
            if (!*answer) pool->supervise();
        }
        co_return std::move(**answer);
    }

    asio::any_io_executor loop_;
    closing_thread closer_;
    patient_threads quick_;
    patient_threads slow_;
    std::shared_ptr<digest_pool> digests_;
};

}  // namespace

std::unique_ptr<local_disk> make_local_disk(asio::any_io_executor loop, int digest_threads,
                                            disk_limits limits) {
    return std::make_unique<real_disk>(std::move(loop), digest_threads, limits);
}

}  // namespace suprsync
