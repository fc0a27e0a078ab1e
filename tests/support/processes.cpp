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

bool is_zombie(const fs::path& entry) {
    const auto stat = content_of(entry / "stat");
    const auto after_name = stat.rfind(')');
    return after_name == std::string::npos || after_name + 2 >= stat.size() || stat[after_name + 2] == 'Z';
}

}  // namespace

std::vector<process> processes_about(const std::string& text) {
    std::vector<process> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/proc", error)) {
        const auto name = entry.path().filename().string();
        pid_t pid = 0;
        const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (wrong != std::errc() || end != name.data() + name.size() || pid == getpid()) continue;
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

}  // namespace suprsync::test
