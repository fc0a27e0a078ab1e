// A thread in which a system call fails as it does where a kernel, a sandbox or a file system does not have
// it; what happens at that very moment is the test's as well.
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ucontext.h>

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <functional>
#include <iterator>
#include <thread>
#include <utility>

namespace suprsync::test {

struct refused_call {
    static inline int error = 0;
    static inline int asked = 0;
    static inline std::function<void()> meanwhile;  ///< at the first of them

    static void answer(int, siginfo_t*, void* context) {
        ++asked;
        if (meanwhile) std::exchange(meanwhile, nullptr)();
        auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
        registers.gregs[REG_RAX] = -error;
#else
        registers.regs[0] = static_cast<unsigned long long>(-error);
#endif
    }
};

/// A filter of system calls holds for its thread and for ever: the thread ends with what was to be done in
/// it. `number` is the call's, SYS_openat2 for example.
inline void without_call(unsigned number, int error, const std::function<void()>& act) {
    refused_call::error = error;
    refused_call::asked = 0;
    struct sigaction ours{};
    struct sigaction before{};
    ours.sa_sigaction = refused_call::answer;
    ours.sa_flags = SA_SIGINFO;
    sigaction(SIGSYS, &ours, &before);
    bool filtered = false;
    std::thread([&] {
        sock_filter steps[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                               BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
                               BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
                               BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
        sock_fprog program{std::size(steps), steps};
        filtered = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                   prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
        if (filtered) act();
    }).join();
    sigaction(SIGSYS, &before, nullptr);
    BOOST_TEST(filtered);
}

}  // namespace suprsync::test
