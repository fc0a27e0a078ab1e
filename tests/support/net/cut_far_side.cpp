#include "tests/support/net/cut_far_side.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>

#include "net/far/channel.hpp"
#include "net/far/server.hpp"
#include "tests/support/files.hpp"
#include "tests/support/other_programs.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

namespace {

constexpr const char* cut_far_side_argument = "cut-far-side";

bool write_all(int to, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(to, bytes.data(), bytes.size());
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// Passes frames on, so many of them where `most` is not negative; the last one is passed on, too.
void pass_on(int from, int to, int most) {
    far::message_reader reader(from);
    write_all(to, reader.read_raw(far::greeting.size()));
    for (int count = 0; most < 0 || count < most; ++count) {
        auto bytes = reader.read_raw(far::head_bytes);
        const auto head = far::decode_head(bytes);
        if (!head) return;
        bytes += reader.read_raw(head->size);
        if (!write_all(to, bytes)) return;
    }
}

int run_cut_far_side(const std::string& how) {
    const far_side_end end{how.at(0) == 'a', how.at(1) == 'k', std::stoi(how.substr(2))};
    int in[2];
    int out[2];
    if (::pipe(in) != 0 || ::pipe(out) != 0) throw std::runtime_error("pipe");
    std::thread server([&] {
        far::serve_far_side(in[0], out[1], "of the tests");
        ::_exit(0);
    });
    std::thread questions([&] {
        pass_on(STDIN_FILENO, in[1], end.of_answers ? -1 : end.frames);
        if (end.killed) ::kill(::getpid(), SIGKILL);
        ::close(in[1]);
    });
    pass_on(out[0], STDOUT_FILENO, end.of_answers ? end.frames : -1);
    if (end.killed) ::kill(::getpid(), SIGKILL);
    ::close(in[1]);
    ::close(STDOUT_FILENO);
    server.join();
    return 0;
}

/// This program is also a far side as it should be.
const bool registered = [] {
    other_programs()["far-side"] = [](const std::string&) {
        return far::serve_far_side(STDIN_FILENO, STDOUT_FILENO, "of the tests").empty() ? 0 : 1;
    };
    other_programs()[cut_far_side_argument] = run_cut_far_side;
    return true;
}();

}  // namespace

std::string make_cut_far_side(const fs::path& directory, const far_side_end& end) {
    const auto path = directory / fmt::format("far-side-{}{}{}", end.of_answers ? "a" : "q",
                                              end.killed ? "k" : "c", end.frames);
    write_file(path, fmt::format("#!/bin/sh\nexec '{}' {} {}{}{}\n",
                                 fs::read_symlink("/proc/self/exe").string(), cut_far_side_argument,
                                 end.of_answers ? "a" : "q", end.killed ? "k" : "c", end.frames));
    fs::permissions(path, fs::perms::owner_all);
    return path;
}

}  // namespace suprsync::test
