#include "net/process/waits_in_read.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>

#include "engine/loop/other_processes.hpp"

namespace fs = std::filesystem;

namespace suprsync {

namespace {

bool reads_a_descriptor(long call) {
    return call == SYS_read || call == SYS_pread64 || call == SYS_readv || call == SYS_preadv;
}

// /proc/pid/syscall: the number of the call that the process is blocked in, and its arguments in hexadecimal;
// "running" where it is in none.
std::optional<std::string> file_waited_for_by(const fs::path& process) {
    std::ifstream told(process / "syscall");
    long call = -1;
    std::string descriptor;
    if (!(told >> call >> descriptor) || !reads_a_descriptor(call) || !descriptor.starts_with("0x"))
        return {};
    int number = -1;
    std::from_chars(descriptor.data() + 2, descriptor.data() + descriptor.size(), number, 16);
    std::error_code failed;
    auto path = fs::read_symlink(process / "fd" / std::to_string(number), failed).string();
    if (failed || !path.starts_with('/')) return {};
    return path;
}

}  // namespace

std::optional<std::string> file_waited_for(pid_t group) {
    for (const auto& process : other_processes()) {
        if (::getpgid(process.id) != group) continue;
        if (auto path = file_waited_for_by(process.directory)) return path;
    }
    return {};
}

}  // namespace suprsync
