#include "tests/support/daemon.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "tests/support/files.hpp"

namespace suprsync::test {

namespace {

std::string last_lines(const std::string& text) {
    constexpr std::size_t most = 4000;
    return text.size() > most ? "..." + text.substr(text.size() - most) : text;
}

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& added) {
    std::vector<std::string> all;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        if (!added.contains(text.substr(0, text.find('=')))) all.push_back(text);
    }
    for (const auto& [name, value] : added) all.push_back(name + "=" + value);
    return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (auto& text : texts) all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

}  // namespace

daemon_process::daemon_process(const std::vector<std::string>& command,
                               const std::map<std::string, std::string>& environment,
                               std::filesystem::path log)
    : log_(std::move(log)) {
    auto arguments = command;
    auto variables = merged_environment(environment);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, log_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    posix_spawn_file_actions_adddup2(&files, 1, 2);
    posix_spawnattr_t how;
    posix_spawnattr_init(&how);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP);
    const int error = posix_spawn(&pid_, arguments.at(0).c_str(), &files, &how, pointers(arguments).data(),
                                  pointers(variables).data());
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    if (error != 0) throw std::system_error(error, std::generic_category(), "start " + arguments.at(0));
}

daemon_process::~daemon_process() {
    if (exit_) return;
    kill(-pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

void daemon_process::signal(int number) const {
    if (!exit_) kill(pid_, number);
}

std::optional<process_exit> daemon_process::ended() {
    int status = 0;
    if (!exit_ && waitpid(pid_, &status, WNOHANG) == pid_)
        exit_ = WIFSIGNALED(status) ? process_exit{true, WTERMSIG(status)}
                                    : process_exit{false, WEXITSTATUS(status)};
    return exit_;
}

process_exit daemon_process::wait(std::chrono::milliseconds limit) {
    try {
        wait_until("the end of the program", [this] { return ended().has_value(); }, limit);
    } catch (const std::runtime_error& e) {
        throw std::runtime_error(std::string(e.what()) + "; its log ends:\n" + last_lines(log()));
    }
    return *exit_;
}

std::string daemon_process::log() const {
    return std::filesystem::exists(log_) ? read_file(log_) : std::string();
}

std::string daemon_process::await_line(const std::string& text, std::chrono::milliseconds limit) {
    std::string content;
    std::size_t at = std::string::npos;
    try {
        wait_until(
            "'" + text + "' in the log",
            [&] {
                const bool over = ended().has_value();
                content = log();
                at = content.find(text);
                if (at == std::string::npos && over)
                    throw std::runtime_error("'" + text + "' is not in the log, and the program ended with " +
                                             exit_->text());
                return at != std::string::npos && (over || content.find('\n', at) != std::string::npos);
            },
            limit);
    } catch (const std::runtime_error& e) {
        throw std::runtime_error(std::string(e.what()) + "; the log ends:\n" + last_lines(content));
    }
    const auto begin = content.rfind('\n', at) == std::string::npos ? 0 : content.rfind('\n', at) + 1;
    return content.substr(begin, content.find('\n', at) - begin);
}

std::size_t daemon_process::lines_with(const std::string& text) const {
    const auto content = log();
    std::size_t count = 0;
    for (std::size_t at = 0; at < content.size();) {
        const auto end = std::min(content.find('\n', at), content.size());
        if (content.substr(at, end - at).find(text) != std::string::npos) ++count;
        at = end + 1;
    }
    return count;
}

}  // namespace suprsync::test
