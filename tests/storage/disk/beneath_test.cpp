// Opening below a root where the kernel or a sandbox has no openat2: component by component, and just as
// strictly.
#include "storage/disk/beneath.hpp"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/ucontext.h>

#include <cerrno>
#include <cstddef>
#include <functional>
#include <thread>

#include "tests/storage/disk/running_disk.hpp"

using namespace suprsync;
using namespace suprsync::test;
namespace fs = std::filesystem;

namespace {

// What openat2 answers in the thread that has none, and what happens at that moment.
int answered_error = 0;
std::function<void()> meanwhile;
int asked = 0;

void answer(int, siginfo_t*, void* context) {
    ++asked;
    if (meanwhile) std::exchange(meanwhile, nullptr)();
    auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
    registers.gregs[REG_RAX] = -answered_error;
#else
    registers.regs[0] = static_cast<unsigned long long>(-answered_error);
#endif
}

// A filter of system calls holds for its thread and for ever: the thread ends with what was to be done in it.
void without_openat2(int error, const std::function<void()>& act) {
    answered_error = error;
    asked = 0;
    struct sigaction ours{};
    struct sigaction before{};
    ours.sa_sigaction = answer;
    ours.sa_flags = SA_SIGINFO;
    sigaction(SIGSYS, &ours, &before);
    bool filtered = false;
    std::thread([&] {
        sock_filter steps[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                               BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
                               BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
                               BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
        sock_fprog program{std::size(steps), steps};
        filtered = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                   prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
        if (filtered) act();
    }).join();
    sigaction(SIGSYS, &before, nullptr);
    BOOST_TEST(filtered);
    BOOST_TEST(asked > 0);
}

struct walked_world {
    scratch_directory scratch;
    fs::path root = fs::canonical(scratch.path()) / "root";
    fs::path file = root / "day/deeper/file";
    fs::path secret = fs::canonical(scratch.path()) / "secret";
    root_directories roots{{(write_file(file, "content"), root.string())}};

    walked_world() { write_file(secret / "deeper/file", "a secret"); }
    result<regular_file> open() { return open_regular("read", file.string(), roots); }
    static std::string content(const regular_file& opened) {
        return read_file("/proc/self/fd/" + std::to_string(opened.descriptor.number()));
    }
    // The link takes the place of what was there when the path was resolved.
    void replaced_by_link(const fs::path& there, const fs::path& target) {
        meanwhile = [this, there, target] {
            fs::rename(there, scratch / "away");
            fs::create_symlink(target, there);
        };
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(opened_without_openat2)

BOOST_FIXTURE_TEST_CASE(a_file_below_the_root_is_opened, walked_world) {
    for (const int error : {ENOSYS, EPERM})
        without_openat2(error, [&] {
            const auto opened = open();
            BOOST_TEST(told(opened) == "done");
            if (opened) BOOST_TEST(content(*opened) == "content");
            BOOST_TEST(open_directory("list", root.string(), roots).has_value());
            BOOST_TEST(open_directory("list", file.parent_path().string(), roots).has_value());
        });
}

BOOST_FIXTURE_TEST_CASE(a_directory_that_becomes_a_link_meanwhile_is_not_gone_through, walked_world) {
    without_openat2(ENOSYS, [&] {
        replaced_by_link(root / "day", secret);
        BOOST_TEST(told(open()).starts_with("not_permitted: "));
        BOOST_TEST(!meanwhile);
    });
}

BOOST_FIXTURE_TEST_CASE(a_file_that_becomes_a_link_meanwhile_is_not_followed, walked_world) {
    without_openat2(ENOSYS, [&] {
        replaced_by_link(file, secret / "deeper/file");
        BOOST_TEST(told(open()).starts_with("not_permitted: "));
    });
}

BOOST_FIXTURE_TEST_CASE(another_refusal_is_told, walked_world) {
    without_openat2(EACCES, [&] {
        const auto opened = open();
        BOOST_REQUIRE(!opened.has_value());
        BOOST_TEST((opened.error().code == failure_code::not_permitted));
    });
}

BOOST_AUTO_TEST_SUITE_END()
