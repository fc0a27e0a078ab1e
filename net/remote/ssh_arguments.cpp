#include "net/remote/ssh_arguments.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "net/remote/answer_records.hpp"

namespace suprsync {

namespace {

using std::chrono::ceil;
using std::chrono::seconds;

/// Since OpenSSH 7.6 and 8.7, as the lines that they win over: an older ssh has neither.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> newer_options = {
    {{"remotecommand", "RemoteCommand=none"},
     {"stdinnull", "StdinNull=no"},
     {"forkafterauthentication", "ForkAfterAuthentication=no"},
     {"sessiontype", "SessionType=default"}}};

std::string option(std::string_view name, long value) {
    return std::string(name) + "=" + std::to_string(value);
}

/// Of an option that is given twice ssh takes the first.
void add_common(std::vector<std::string>& arguments, const ssh_options& options, const std::string& socket) {
    const long connect = std::max<long>(1, ceil<seconds>(options.connect_timeout).count());
    const long alive = std::clamp<long>(options.stall_timeout / seconds(3), 1, 15);
    if (options.config_file) arguments.insert(arguments.end(), {"-F", *options.config_file});
    if (options.key) arguments.insert(arguments.end(), {"-i", *options.key});
    arguments.insert(arguments.end(), {"-S", socket, "-a", "-x", "-T"});
    const auto add = [&](std::string_view value) {
        arguments.emplace_back("-o");
        arguments.emplace_back(value);
    };
    add("BatchMode=yes");
    add(option("ConnectTimeout", connect));
    add(option("ServerAliveInterval", alive));
    add("ServerAliveCountMax=3");
    add("ClearAllForwardings=yes");
    add("Tunnel=no");  // which is no forwarding to the option above
    add("ControlPersist=no");
    // ssh's complaints are what a failure is told by; a picture of a key, or what it debugs, is none.
    add("LogLevel=INFO");
    add("VisualHostKey=no");
    for (const auto& [name, value] : newer_options)
        if (!options.unknown_here.contains(name)) add(value);
}

}  // namespace

std::vector<std::string> master_arguments(const ssh_options& options, const std::string& socket,
                                          std::string_view when_connected) {
    // -N stands before SessionType, with which ssh refuses it otherwise.
    std::vector<std::string> arguments = {"ssh", "-M", "-N"};
    add_common(arguments, options, socket);
    if (options.ciphers) arguments.insert(arguments.end(), {"-o", "Ciphers=" + *options.ciphers});
    arguments.insert(arguments.end(), {"-o", "ControlMaster=yes", "-o", "PermitLocalCommand=yes", "-o",
                                       "LocalCommand=echo " + std::string(when_connected)});
    return arguments;
}

// One whose socket has just gone connects by itself, and then has a local command of the user's.
std::vector<std::string> channel_arguments(const ssh_options& options, const std::string& socket) {
    std::vector<std::string> arguments = {"ssh"};
    add_common(arguments, options, socket);
    arguments.insert(arguments.end(), {"-o", "ControlMaster=no", "-o", "PermitLocalCommand=no"});
    return arguments;
}

std::optional<std::string> option_unknown_here(std::string_view error) {
    static constexpr std::string_view complaint = "command-line: line 0: Bad configuration option: ";
    while (auto line = next_line(error)) {
        if (!line->starts_with(complaint)) continue;
        for (const auto& [name, value] : newer_options)
            if (line->substr(complaint.size()).starts_with(name)) return std::string(name);
    }
    return std::nullopt;
}

}  // namespace suprsync
