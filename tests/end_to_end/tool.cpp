#include "tests/end_to_end/tool.hpp"

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace fs = std::filesystem;

namespace suprsync::test {

namespace {

void wait_for(pid_t child, told& t) {
    int status = 0;
    rusage used{};
    while (wait4(child, &status, 0, &used) < 0)
        if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "wait4");
    t.peak_kb = used.ru_maxrss;
    t.exit = WIFSIGNALED(status) ? process_exit{true, WTERMSIG(status)} : exited_with(WEXITSTATUS(status));
}

// In the child only.
[[noreturn]] void become(std::vector<std::string> command, const fs::path& directory,
                         const std::map<std::string, std::string>& environment) {
    for (const auto& [name, value] : environment)
        value.empty() ? unsetenv(name.c_str()) : setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> pointers;
    for (auto& word : command) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    if (chdir(directory.c_str()) == 0) execv(pointers[0], pointers.data());
    _exit(127);
}

}  // namespace

boost::json::value told::json() const { return boost::json::parse(out); }

tool::tool(const site& s)
    : environment{{"SUPRSYNC_DB", s.database.string()},
                  {"SUPRSYNC_TEST", s.scratch.path().string()},
                  {"OCS_CONFIG_DIR", (s.scratch / "no-configuration").string()}},
      directory_(s.scratch.path()),
      output_(s.scratch / "tool"),
      program_{SUPRSYNC_BINARY} {}

fs::path tool::source_directory() { return SUPRSYNC_SOURCE_DIRECTORY; }

void tool::prepare_catalog() const {
    // It would change a row, and there is none.
    const auto said = run({"unignore", "9000000000000000000"});
    if (said.err.find("no row with this id") == std::string::npos)
        throw std::runtime_error("the catalog was not prepared: " + said.err);
}

void tool::run_as_nobody() {
    // The build directory may be closed to others.
    const auto copy = directory_ / "suprsync-of-all";
    fs::copy_file(SUPRSYNC_BINARY, copy);
    program_ = {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", copy.string()};
}

void tool::run_within_mounts_of(pid_t process) {
    program_.insert(program_.begin(), {"/usr/bin/nsenter", "--target", std::to_string(process), "--mount"});
}

std::vector<std::string> tool::command(const arguments& words) const {
    std::vector<std::string> all = program_;
    all.insert(all.end(), words.begin(), words.end());
    return all;
}

told tool::run(const arguments& words, const fs::path& directory) const {
    const auto out = output_.string() + ".out";
    auto t = run_into(out, words, directory);
    t.out = read_file(out);
    return t;
}

told tool::run_into(const fs::path& out, const arguments& words) const {
    return run_into(out, words, directory_);
}

told tool::run_into(const fs::path& out, const arguments& words, const fs::path& directory) const {
    const auto err = output_.string() + ".err";
    const auto child = fork();
    if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (child == 0) {
        dup2(open("/dev/null", O_RDONLY), 0);
        dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), 1);
        dup2(open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), 2);
        become(command(words), directory, environment);
    }
    told t;
    wait_for(child, t);
    t.err = read_file(err);
    return t;
}

told tool::on_terminal(const arguments& words) const {
    int terminal = -1;
    winsize size{50, 200, 0, 0};
    const auto child = forkpty(&terminal, nullptr, nullptr, &size);
    if (child < 0) throw std::system_error(errno, std::generic_category(), "forkpty");
    if (child == 0) become(command(words), directory_, environment);
    told t;
    char piece[4096];
    // The terminal of a process that has ended cannot be read: EIO.
    for (ssize_t n; (n = read(terminal, piece, sizeof piece)) > 0;)
        for (ssize_t i = 0; i < n; ++i)
            if (piece[i] != '\r') t.out += piece[i];
    wait_for(child, t);
    close(terminal);
    return t;
}

}  // namespace suprsync::test
