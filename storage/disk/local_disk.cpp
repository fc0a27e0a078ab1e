#include "storage/disk/local_disk.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <boost/asio/associated_executor.hpp>
#include <cerrno>
#include <unordered_map>

#include "storage/disk/beneath.hpp"
#include "storage/disk/digest_pool.hpp"
#include "storage/disk/file_facts.hpp"
#include "storage/disk/off_loop.hpp"
#include "storage/disk/removal.hpp"
#include "storage/disk/whole_file.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// Threads for what is quick; two, so that one directory that hangs (NFS) does not stop the others at once.
constexpr std::size_t quick_threads = 2;

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
        const auto slash = path.rfind('/');
        const auto name = slash == std::string::npos ? std::string() : path.substr(slash + 1);
        if (name.empty() || name == "." || name == ".." || path.find('\0') != std::string::npos)
            return place_of(path);
        struct ::stat seen{};
        if (::lstat(path.c_str(), &seen) != 0 || S_ISLNK(seen.st_mode)) return place_of(path);
        const auto [place, fresh] = directories_.try_emplace(path.substr(0, slash + 1), std::string());
        if (fresh) place->second = real_path(place->first);
        if (!place->second) return place_of(path);
        const auto& directory = *place->second;
        return real_place{directory.ends_with('/') ? directory + name : directory + "/" + name,
                          no_file(path, seen), size_of(seen)};
    }

  private:
    std::unordered_map<std::string, result<std::string>> directories_;
};

result<disk_space> space_at(const std::string& path) {
    struct ::statvfs seen{};
    if (::statvfs(path.c_str(), &seen) != 0) return file_failure("read the free space of", path, errno);
    return disk_space{std::uint64_t{seen.f_blocks} * seen.f_frsize,
                      std::uint64_t{seen.f_bavail} * seen.f_frsize};
}

// By this name a child of ours opens the same file anew, with a position of its own.
std::string read_at(int descriptor) { return fmt::format("/proc/{}/fd/{}", ::getpid(), descriptor); }

result<open_file> open_one(const std::string& path, const root_directories& roots) {
    auto opened = open_regular("open", path, roots);
    if (!opened) return opened.error();
    auto held = std::make_shared<const open_descriptor>(std::move(opened->descriptor));
    const int number = held->number();
    return open_file{path, opened->identity, read_at(number), number, std::move(held)};
}

result<void> unlink_at(const std::string& path) {
    if (::unlink(path.c_str()) != 0) return directory_failure("delete", path, errno);
    return {};
}

result<void> discard_file(const std::string& path) {
    auto done = unlink_at(path);
    if (!done && done.error().code == failure_code::not_found) return {};
    return done;
}

class real_disk final : public local_disk {
  public:
    real_disk(asio::any_io_executor loop, int digest_threads)
        : loop_(std::move(loop)), quick_(quick_threads), digests_(digest_threads) {}

    ~real_disk() override { quick_.join(); }

    asio::awaitable<results<file_identity>> stat(std::vector<std::string> paths) override {
        return off_loop(quick_, [paths = std::move(paths)] {
            results<file_identity> found;
            found.reserve(paths.size());
            for (const auto& path : paths) found.push_back(stat_regular("look at", path));
            return found;
        });
    }

    asio::awaitable<results<open_file>> open(std::vector<std::string> paths,
                                             std::vector<std::string> roots) override {
        return off_loop(quick_, [paths = std::move(paths), roots = std::move(roots)] {
            results<open_file> opened;
            opened.reserve(paths.size());
            const root_directories within(roots);
            for (const auto& path : paths) opened.push_back(open_one(path, within));
            return opened;
        });
    }

    asio::awaitable<results<local_digest>> digest_open(std::vector<open_file> files) override {
        std::vector<digest_task> tasks;
        tasks.reserve(files.size());
        for (auto& file : files) tasks.emplace_back(std::move(file));
        return run(std::move(tasks));
    }

    asio::awaitable<results<local_digest>> digest(std::vector<std::string> paths,
                                                  std::vector<std::string> roots) override {
        std::shared_ptr<const root_directories> within = co_await off_loop(
            quick_, [roots = std::move(roots)] { return std::make_shared<const root_directories>(roots); });
        std::vector<digest_task> tasks;
        tasks.reserve(paths.size());
        for (auto& path : paths) tasks.emplace_back(std::move(path), within);
        co_return co_await run(std::move(tasks));
    }

    asio::awaitable<results<real_place>> resolve(std::vector<std::string> paths) override {
        return off_loop(quick_, [paths = std::move(paths)] {
            results<real_place> found;
            found.reserve(paths.size());
            path_resolver resolver;
            for (const auto& path : paths) found.push_back(resolver.resolve(path));
            return found;
        });
    }

    asio::awaitable<std::vector<std::uint64_t>> devices(std::vector<std::string> paths) override {
        return off_loop(quick_, [paths = std::move(paths)] {
            std::vector<std::uint64_t> found;
            for (const auto& path : paths) found.push_back(nearest_device(path));
            return found;
        });
    }

    asio::awaitable<result<disk_space>> space(std::string path) override {
        return off_loop(quick_, [path = std::move(path)] { return space_at(path); });
    }

    asio::awaitable<result<void>> remove(removal file) override {
        return off_loop(quick_, [file = std::move(file)] { return remove_file(file); });
    }

    asio::awaitable<result<bool>> undo_removal(std::string path, file_id id) override {
        return off_loop(quick_, [path = std::move(path), id] { return suprsync::undo_removal(path, id); });
    }

    asio::awaitable<result<void>> discard(std::string path) override {
        return off_loop(quick_, [path = std::move(path)] { return discard_file(path); });
    }

    asio::awaitable<result<file_identity>> write_whole(std::string path, std::string text) override {
        return off_loop(quick_, [path = std::move(path), text = std::move(text)] {
            return write_whole_file(path, text);
        });
    }

    void stop() override { digests_.stop(); }

  private:
    asio::awaitable<results<local_digest>> run(std::vector<digest_task> tasks) {
        return asio::async_initiate<const asio::use_awaitable_t<>, void(results<local_digest>)>(
            [this](auto handler, std::vector<digest_task> work) {
                using handler_type = decltype(handler);
                auto loop = asio::get_associated_executor(handler, loop_);
                // std::function wants to be copied; the handler does not.
                auto kept = std::make_shared<handler_type>(std::move(handler));
                digests_.submit(std::move(work),
                                [kept, loop, busy = asio::make_work_guard(loop)](results<local_digest> all) {
                                    asio::post(loop, [kept, all = std::move(all)]() mutable {
                                        std::move (*kept)(std::move(all));
                                    });
                                });
            },
            asio::use_awaitable, std::move(tasks));
    }

    asio::any_io_executor loop_;
    asio::thread_pool quick_;
    digest_pool digests_;
};

}  // namespace

std::unique_ptr<local_disk> make_local_disk(asio::any_io_executor loop, int digest_threads) {
    return std::make_unique<real_disk>(std::move(loop), digest_threads);
}

}  // namespace suprsync
