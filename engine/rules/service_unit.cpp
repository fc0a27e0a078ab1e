#include "engine/rules/service_unit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <tuple>

#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"
#include "engine/rules/batch_pace.hpp"
#include "engine/rules/lanes.hpp"

namespace fs = std::filesystem;

namespace suprsync {

namespace {

constexpr const char* configurations = "/etc/suprsync";
constexpr const char* ending_of_configurations = ".yaml";

constexpr std::uint64_t least_descriptors = 65'536;
// The kernel's own limit is twice that (fs.nr_open).
constexpr std::uint64_t most_descriptors = 524'288;
constexpr std::uint64_t descriptors_of_all_else = 1'024;

// The daemon needs some ten MB and each rsync a few; the rest is what it reads and writes, which the kernel
// keeps as long as there is room.
constexpr std::uint64_t enough_memory = std::uint64_t{2} << 30;

bool lies_in(const std::string& path, const std::string& directory) {
    return path == directory || directory == "/" || path.starts_with(directory + "/");
}

bool lies_in_temporary(const std::string& path) { return lies_in(path, "/tmp") || lies_in(path, "/var/tmp"); }

// No one unmounts them while the machine works, and much else lies on them.
bool is_of_the_system(const std::string& mount_point) {
    constexpr std::array alone{"/opt", "/srv", "/var", "/var/lib"};
    constexpr std::array with_all_below{"/boot", "/dev", "/etc", "/home", "/root",   "/run",
                                        "/sys",  "/tmp", "/usr", "/proc", "/var/tmp"};
    return mount_point == "/" || std::find(alone.begin(), alone.end(), mount_point) != alone.end() ||
           std::any_of(with_all_below.begin(), with_all_below.end(),
                       [&](const char* directory) { return lies_in(mount_point, directory); });
}

// Such a path of its own would not help: ProtectHome=read-only wins over ReadWritePaths= of the same
// directory.
bool is_kept_by_protect_home(const std::string& path) {
    return path == "/home" || path == "/root" || path == "/run/user";
}

constexpr const char* account_of_the_unit = "suprsync";
constexpr const char* home_of_that_account = "/var/lib/suprsync";

// systemd gives a state directory, with all that is in it, to whoever the service runs as.
bool would_take_the_home(const service_needs& needs) {
    const auto in_home = [](const std::string& path) { return path.starts_with(home_of_that_account); };
    return !needs.user.empty() && needs.user != account_of_the_unit &&
           std::none_of(needs.written.begin(), needs.written.end(),
                        [&](const auto& p) { return in_home(p.path); }) &&
           std::none_of(needs.read.begin(), needs.read.end(), in_home);
}

std::string with_doubled_specifiers(const std::string& written) {
    std::string text;
    for (const char c : written) text += c == '%' ? std::string("%%") : std::string(1, c);
    return text;
}

// Those that another one holds are left out, and what is said of them is said of that one.
std::vector<written_place> outermost(std::vector<written_place> places) {
    // What holds another one sorts before it.
    std::sort(places.begin(), places.end(),
              [](const auto& a, const auto& b) { return std::tie(a.path, a.why) < std::tie(b.path, b.why); });
    std::vector<written_place> kept;
    for (auto& place : places) {
        const auto holder = std::find_if(kept.begin(), kept.end(),
                                         [&](const auto& k) { return lies_in(place.path, k.path); });
        if (holder == kept.end())
            kept.push_back(std::move(place));
        else if (holder->why.find(place.why) == std::string::npos)
            holder->why += "; " + place.why;
    }
    return kept;
}

std::string memory_line(std::uint64_t memory) {
    const bool small = memory != 0 && memory / 2 < enough_memory;
    return fmt::format("MemoryHigh={}M\n", (small ? memory / 2 : enough_memory) >> 20);
}

}  // namespace

std::string unit_serving(const std::string& file) {
    const fs::path path(file);
    if (path.parent_path() != configurations || path.extension() != ending_of_configurations) return "";
    const auto name = path.stem().string();
    if (name == "suprsync") return "suprsync.service";
    // Of other names systemd makes others.
    const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
               c == '.' || c == '-';
    });
    return plain ? "suprsync@" + name + ".service" : "";
}

std::string common_place(const std::string& base, const std::string& staging) {
    fs::path common;
    const fs::path one = fs::path(base).parent_path(), other = fs::path(staging);
    for (auto a = one.begin(), b = other.begin(); a != one.end() && b != other.end() && *a == *b; ++a, ++b)
        common /= *a;
    return common.string();
}

std::string place_with_its_mount(const std::string& path, const std::string& mount_point) {
    const bool may_go = !mount_point.empty() && !is_of_the_system(mount_point) && lies_in(path, mount_point);
    return may_go ? mount_point : path;
}

std::uint64_t descriptors_of(const daemon_configuration& configuration) {
    std::uint64_t of_batches = 0;
    for (const auto& archive : configuration.archives)
        of_batches += std::min<std::uint64_t>(
            batch_pace::most_files_in_flight,
            std::uint64_t{archive.concurrency.value_or(lane_ladder::most_lanes)} *
                std::min<std::uint64_t>(archive.files_per_batch.value_or(batch_pace::most_files),
                                        most_descriptors));
    // The daemon gives batches half of them.
    return std::clamp(2 * of_batches + descriptors_of_all_else, least_descriptors, most_descriptors);
}

result<std::string> unit_word(const std::string& text) {
    if (!is_utf8(text) ||
        std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }))
        return failure{failure_code::invalid, "write into a unit", shown_name(text),
                       "systemd takes no control characters and nothing but UTF-8 there: use another path"};
    std::string word = "\"";
    for (const char c : with_doubled_specifiers(text)) {
        if (c == '"' || c == '\\') word += '\\';
        word += c;
    }
    return word + "\"";
}

result<std::string> unit_drop_in(const service_needs& needs) {
    const auto places = outermost(needs.written);
    const bool everywhere =
        needs.deletes_anywhere ||
        std::any_of(places.begin(), places.end(), [](const auto& p) { return p.path == "/"; });
    const bool temporary =
        std::any_of(places.begin(), places.end(), [](const auto& p) { return lies_in_temporary(p.path); }) ||
        std::any_of(needs.read.begin(), needs.read.end(), lies_in_temporary);
    std::string text = "[Service]\n";
    if (!needs.user.empty()) text += "User=" + with_doubled_specifiers(needs.user) + "\n";
    if (!needs.group.empty()) text += "Group=" + with_doubled_specifiers(needs.group) + "\n";
    if (!needs.environment.empty()) {
        const auto word = unit_word(needs.environment);
        if (!word) return word.error();
        text += "Environment=" + *word + "\n";
    }
    if (would_take_the_home(needs))
        text +=
            "# /var/lib/suprsync stays with the account suprsync, whose home it is, and its ssh key.\nStateDirectory=\n";
    text += "LimitCORE=0\n";
    text += fmt::format("LimitNOFILE={}\n", needs.descriptors);
    text += "# Where more is kept of what was read, the system takes it back: it is no limit of the work.\n";
    text += memory_line(needs.memory);
    if (everywhere) {
        text +=
            needs.deletes_anywhere
                ? "# delete_local_after without local_roots: files are deleted wherever they lie. With local_roots all\n# else would be read-only here.\n"
                : "# A base directory and its staging have nothing but / in common, and must lie on one mount.\n";
        return text + "ProtectSystem=full\nProtectHome=no\nPrivateTmp=no\n";
    }
    text += "# All is read-only but what this configuration writes.\nProtectSystem=strict\n";
    const bool homes = std::any_of(places.begin(), places.end(),
                                   [](const auto& p) { return is_kept_by_protect_home(p.path); });
    text += homes ? "ProtectHome=no\n" : "ProtectHome=read-only\n";
    if (temporary) text += "# Something of this configuration lies in /tmp or /var/tmp.\n";
    text += temporary ? "PrivateTmp=no\n" : "PrivateTmp=yes\n";
    for (const auto& place : places) {
        // What is missing keeps no service from starting.
        const auto word = unit_word("-" + place.path);
        if (!word) return word.error();
        text += fmt::format("# {}\nReadWritePaths={}\n", shown_line(place.why), *word);
    }
    return text;
}

}  // namespace suprsync
