#include "net/process/first_process.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <initializer_list>

namespace suprsync {

namespace {

sigset_t handed_on() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD})
        ::sigaddset(&set, number);
    return set;
}

// Whatever has ended; the exit status of `child`, where it is among it.
std::optional<int> reap(pid_t child) {
    std::optional<int> status;
    int how = 0;
    for (pid_t ended = ::waitpid(-1, &how, WNOHANG); ended > 0; ended = ::waitpid(-1, &how, WNOHANG))
        if (ended == child) status = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
    return status;
}

}  // namespace

std::optional<int> reap_as_first_process() {
    if (::getpid() != 1) return std::nullopt;
    const auto signals = handed_on();
    sigset_t before;
    ::sigprocmask(SIG_BLOCK, &signals, &before);
    const pid_t child = ::fork();
    if (child <= 0) {
        // A terminal tells its whole process group: the child hears of it once, from us.
        if (child == 0) ::setpgid(0, 0);
        ::sigprocmask(SIG_SETMASK, &before, nullptr);
        return std::nullopt;  // without a child we go on ourselves
    }
    while (true) {
        if (const auto status = reap(child)) return status;
        const int number = ::sigwaitinfo(&signals, nullptr);
        if (number > 0 && number != SIGCHLD) ::kill(child, number);
    }
}

}  // namespace suprsync
