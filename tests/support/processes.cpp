#include "tests/support/processes.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

namespace fs = std::filesystem;

namespace suprsync::test {

namespace {

std::string content_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return std::move(text).str();
}

/// What stands behind the name in /proc/<pid>/stat: state, parent and so on.
std::string stat_of(const fs::path& entry) {
    const auto stat = content_of(entry / "stat");
    const auto after_name = stat.rfind(')');
    return after_name == std::string::npos || after_name + 2 >= stat.size() ? "Z 0"
                                                                            : stat.substr(after_name + 2);
}

bool is_zombie(const fs::path& entry) { return stat_of(entry).front() == 'Z'; }

/// The process of an entry of /proc; 0 where it is none.
pid_t pid_of(const fs::path& entry) {
    const auto name = entry.filename().string();
    pid_t pid = 0;
    const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), pid);
    return wrong == std::errc() && end == name.data() + name.size() ? pid : 0;
}

}  // namespace

std::vector<process> processes_about(const std::string& text) {
    std::vector<process> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/proc", error)) {
        const pid_t pid = pid_of(entry.path());
        if (pid == 0 || pid == getpid()) continue;
        auto command = content_of(entry.path() / "cmdline");
        std::replace(command.begin(), command.end(), '\0', ' ');
        const auto directory = fs::read_symlink(entry.path() / "cwd", error).string();
        const bool about = command.find(text) != std::string::npos ||
                           directory.find(text) != std::string::npos ||
                           content_of(entry.path() / "environ").find(text) != std::string::npos;
        if (about && !is_zombie(entry.path())) found.push_back({pid, command});
    }
    return found;
}

std::vector<process> processes_about(const std::string& text, const std::string& word) {
    auto found = processes_about(text);
    std::erase_if(found, [&](const process& p) { return p.command.find(word) == std::string::npos; });
    return found;
}

std::set<pid_t> children() {
    std::set<pid_t> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/proc", error)) {
        const pid_t pid = pid_of(entry.path());
        if (pid == 0) continue;
        char state = 0;
        pid_t parent = 0;
        std::istringstream(stat_of(entry.path())) >> state >> parent;
        if (parent == getpid()) found.insert(pid);
    }
    return found;
}

}  // namespace suprsync::test
