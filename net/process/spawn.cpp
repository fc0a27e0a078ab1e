#include "net/process/spawn.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "net/process/descriptor_limit.hpp"

namespace suprsync {

namespace {

constexpr int first_own_descriptor = 3;

/// What posix_spawn is told; freed with it.
class spawn_settings {
  public:
    spawn_settings() {
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
    }
    ~spawn_settings() {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }
    spawn_settings(const spawn_settings&) = delete;
    spawn_settings& operator=(const spawn_settings&) = delete;

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
};

std::string_view name_of_variable(std::string_view assignment) {
    return assignment.substr(0, assignment.find('='));
}

std::vector<char*> environment_with(const std::vector<std::string>& added) {
    std::vector<char*> all;
    for (char** entry = environ; entry && *entry; ++entry) {
        bool replaced = false;
        for (const auto& a : added) replaced |= name_of_variable(a) == name_of_variable(*entry);
        if (!replaced) all.push_back(*entry);
    }
    for (const auto& a : added) all.push_back(const_cast<char*>(a.c_str()));
    all.push_back(nullptr);
    return all;
}

failure failed(const std::string& subject, int error) {
    const bool missing = error == ENOENT || error == EACCES || error == ENOTDIR || error == ENOEXEC;
    std::string detail = std::strerror(error);
    if (missing) detail += ": is it installed, and in PATH?";
    return {missing ? failure_code::missing_program : failure_code::io, "start", subject, std::move(detail)};
}

}  // namespace

result<descriptor_pair> make_pipe(bool to_child) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return failure{failure_code::io, "make", "a pipe", std::strerror(errno)};
    open_descriptor read_end(ends[0]);
    open_descriptor write_end(ends[1]);
    if (to_child) return descriptor_pair{std::move(write_end), std::move(read_end)};
    return descriptor_pair{std::move(read_end), std::move(write_end)};
}

result<pid_t> spawn(const spawn_request& request) {
    spawn_settings settings;
    ::posix_spawn_file_actions_adddup2(&settings.actions, request.input, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&settings.actions, request.output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&settings.actions, request.error, STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&settings.actions, first_own_descriptor);

    sigset_t every_signal;
    sigset_t blocked;
    ::sigfillset(&every_signal);
    ::sigemptyset(&blocked);
    for (const int number : request.blocked_signals) ::sigaddset(&blocked, number);
    ::posix_spawnattr_setsigdefault(&settings.attributes, &every_signal);
    ::posix_spawnattr_setsigmask(&settings.attributes, &blocked);
    ::posix_spawnattr_setpgroup(&settings.attributes, 0);
    ::posix_spawnattr_setflags(&settings.attributes,
                               POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);

    std::vector<char*> arguments;
    for (const auto& a : request.arguments) arguments.push_back(const_cast<char*>(a.c_str()));
    arguments.push_back(nullptr);
    auto environment = environment_with(request.environment);
    pid_t pid = -1;
    const int error = ::posix_spawnp(&pid, arguments.front(), &settings.actions, &settings.attributes,
                                     arguments.data(), environment.data());
    if (error != 0) return failed(request.arguments.front(), error);
    restore_descriptor_limit(pid);
    return pid;
}

}  // namespace suprsync
