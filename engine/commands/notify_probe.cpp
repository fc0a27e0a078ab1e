#include "engine/commands/notify_probe.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <string_view>

#include "engine/commands/environment.hpp"

namespace suprsync {

namespace {

bool is_program(const std::string& path) {
    struct stat facts{};
    return ::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

// As execvp(3) looks for it; '' where it is not there.
std::string place_of_program(const std::string& name) {
    if (name.find('/') != std::string::npos) return is_program(name) ? name : "";
    const auto path = environment_variable("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
    for (std::string_view rest = path; !rest.empty();) {
        const auto end = rest.find(':');
        const auto candidate = std::string(rest.substr(0, end)) + "/" + name;
        if (is_program(candidate)) return candidate;
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    return "";
}

}  // namespace

std::vector<probed_notify> probe_notify(const daemon_configuration& configuration) {
    std::vector<probed_notify> all;
    for (const auto& entry : configuration.notify) {
        auto& one = all.emplace_back();
        one.place = place_of(entry);
        if (entry.command.empty()) continue;
        one.program = entry.command.front();
        one.found = place_of_program(one.program);
    }
    return all;
}

}  // namespace suprsync
