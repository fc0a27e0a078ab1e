// The local disk of a test with its loop, and what the tests of it make and look up on a real file system.
#pragma once

#include <grp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/loop/run_to_end.hpp"
#include "storage/disk/local_disk.hpp"
#include "tests/support/files.hpp"
#include "tests/support/scratch_directory.hpp"

namespace suprsync::test {

// A disk with its loop; `wait` runs the loop until an operation has ended.
struct running_disk {
    boost::asio::io_context loop;
    std::unique_ptr<local_disk> disk;

    explicit running_disk(int threads = 2, disk_limits limits = {})
        : disk(make_local_disk(loop.get_executor(), threads, limits)) {}

    template <class T>
    T wait(boost::asio::awaitable<T> operation) {
        return run_to_end(loop, std::move(operation));
    }

    template <class T>
    std::shared_ptr<std::optional<T>> begin(boost::asio::awaitable<T> operation) {
        auto outcome = std::make_shared<std::optional<T>>();
        boost::asio::co_spawn(loop, std::move(operation), [outcome](std::exception_ptr error, T value) {
            if (error) std::rethrow_exception(error);
            outcome->emplace(std::move(value));
        });
        return outcome;
    }

    result<local_digest> digest(const std::filesystem::path& path) {
        return wait(disk->digest({path.string()}, {})).at(0);
    }
    result<file_identity> stat(const std::filesystem::path& path) {
        return wait(disk->stat({path.string()})).at(0);
    }
    result<void> remove(removal file, std::vector<std::string> roots = {},
                        std::chrono::steady_clock::duration holds_for = std::chrono::minutes(1)) {
        std::vector<removal> files;
        files.push_back(std::move(file));
        return wait(disk->remove(std::move(files), std::move(roots), holds_for)).at(0);
    }
};

using digests = std::vector<result<local_digest>>;

// A file that takes half a minute to read and no space.
inline void make_huge(const std::filesystem::path& path) {
    write_file(path, "");
    std::filesystem::resize_file(path, 20ULL << 30);
}

inline bool is_open_here(const std::filesystem::path& path) {
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code gone;
        if (std::filesystem::read_symlink(entry.path(), gone) == path) return true;
    }
    return false;
}

// Runs `work` as a user for whom permissions count (root needs a child process for that), and returns what
// it returns.
inline std::string as_ordinary_user(const std::function<std::string()>& work) {
    if (::geteuid() != 0) return work();
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    const auto child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        constexpr ::uid_t nobody = 65534;
        const bool dropped = ::setgroups(0, nullptr) == 0 && ::setgid(nobody) == 0 && ::setuid(nobody) == 0;
        const auto text = dropped ? work() : "cannot change the user";
        const auto sent = ::write(ends[1], text.data(), text.size());
        ::_exit(sent == static_cast<::ssize_t>(text.size()) ? 0 : 1);
    }
    ::close(ends[1]);
    std::string text;
    char piece[4096];
    for (::ssize_t n; (n = ::read(ends[0], piece, sizeof piece)) > 0;)
        text.append(piece, static_cast<std::size_t>(n));
    ::close(ends[0]);
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_REQUIRE(status == 0);
    return text;
}

template <class T>
std::string told(const result<T>& outcome) {
    if (outcome) return "done";
    return std::string(name_of(outcome.error().code)) + ": " + outcome.error().text();
}

// Names in a directory, hidden ones too.
inline std::vector<std::string> names_in(const std::filesystem::path& directory) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory))
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

inline void make_socket(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    BOOST_REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::close(fd);
}

using strings = std::vector<std::string>;

}  // namespace suprsync::test
