#include "engine/commands/runtime_places.hpp"

#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "engine/commands/environment.hpp"
#include "net/rsync/own_place.hpp"

namespace fs = std::filesystem;

namespace suprsync {

namespace {

constexpr const char* directory_of_units = "/run";
constexpr const char* name_of_the_unit = "suprsync";  // and suprsync-NAME of its instances
constexpr const char* configurations_of_units = "/etc/suprsync";
constexpr int most_daemons_of_a_user = 64;

std::string socket_path(const std::string& directory, const std::string& kind, int number) {
    return number == 1 ? fmt::format("{}/{}.sock", directory, kind)
                       : fmt::format("{}/{}-{}.sock", directory, kind, number);
}

// Made by the service manager or by root, hence whose it is they decide.
bool is_made_by_the_system(const std::string& directory) {
    struct stat above{}, facts{};
    return ::stat(fs::path(directory).parent_path().c_str(), &above) == 0 && above.st_uid == 0 &&
           (above.st_mode & 022) == 0 && ::lstat(directory.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

// Those of the installed units.
std::vector<std::string> directories_of_units() {
    std::vector<std::string> directories;
    const std::string name(name_of_the_unit);
    std::error_code error;
    for (fs::directory_iterator entry(directory_of_units, error), end; !error && entry != end;
         entry.increment(error))
        if (const auto file = entry->path().filename().native();
            (file == name || file.starts_with(name + "-")) && is_made_by_the_system(entry->path().native()))
            directories.push_back(entry->path().native());
    std::sort(directories.begin(), directories.end());
    return directories;
}

std::optional<std::string> directory_of_service() {
    auto of_systemd = environment_variable("RUNTIME_DIRECTORY");
    // One of several is separated by a colon from the next.
    if (of_systemd) of_systemd->resize(std::min(of_systemd->size(), of_systemd->find(':')));
    return of_systemd;
}

void add_sockets_in(const std::string& directory, const std::string& kind, std::vector<std::string>& found) {
    // Whoever may pass through a directory may not always list it: then its first socket is known by name.
    std::vector<std::string> here{socket_path(directory, kind, 1)};
    std::error_code error;
    for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error))
        if (const auto name = entry->path().filename().native();
            name.starts_with(kind + "-") && name.ends_with(".sock"))
            here.push_back(entry->path().native());
    std::sort(here.begin() + 1, here.end());
    for (auto& path : here)
        if (fs::is_socket(path, error) && std::find(found.begin(), found.end(), path) == found.end())
            found.push_back(std::move(path));
}

}  // namespace

std::vector<std::string> runtime_directory_paths() {
    std::vector<std::string> paths;
    if (auto of_service = directory_of_service()) paths.push_back(std::move(*of_service));
    // Control sockets have names of at most 108 bytes.
    if (auto of_session = environment_variable("XDG_RUNTIME_DIR");
        of_session && of_session->size() < 40 && ::access(of_session->c_str(), W_OK | X_OK) == 0)
        paths.push_back(*of_session + "/suprsync");
    for (const char* parent : {"/dev/shm", "/tmp"})
        if (::access(parent, W_OK | X_OK) == 0)
            paths.push_back(fmt::format("{}/suprsync-{}", parent, ::geteuid()));
    return paths;
}

result<listen_address> take_first_socket(const std::string& kind, const socket_maker& make) {
    failure why{failure_code::io, "listen on", "a Unix socket", "there is no place for it"};
    for (const auto& path : runtime_directory_paths()) {
        const auto directory = own_place(path);
        if (!directory) {
            why = directory.error();
            continue;
        }
        // Who removes a socket that nobody listens on must not remove one that was just made.
        const directory_descriptor turn(*directory);
        turn.lock(LOCK_EX);
        for (int number = 1; number <= most_daemons_of_a_user; ++number) {
            const auto where = parse_listen_address("unix:" + socket_path(*directory, kind, number));
            auto made = where ? make(*directory, *where) : result<listen_address>(where.error());
            if (made) return made;
            why = made.error();
            if (why.code != failure_code::in_use) break;
        }
    }
    return why;
}

std::vector<std::string> sockets_of_any_daemon(const std::string& kind) {
    std::vector<std::string> found;
    for (const auto& path : runtime_directory_paths())
        for (const auto& directory : own_places_made(path)) add_sockets_in(directory, kind, found);
    for (const auto& directory : directories_of_units()) add_sockets_in(directory, kind, found);
    return found;
}

std::vector<std::string> sockets_of_daemons(const std::string& kind) {
    const auto of_service = directory_of_service();
    if (!of_service) return sockets_of_any_daemon(kind);
    std::vector<std::string> found;
    for (const auto& directory : own_places_made(*of_service)) add_sockets_in(directory, kind, found);
    return found;
}

std::vector<std::string> sockets_of_unit(const std::string& kind, const std::string& configuration) {
    std::vector<std::string> found;
    const fs::path file(configuration);
    if (file.parent_path() != configurations_of_units || file.extension() != ".yaml") return found;
    auto directory = fmt::format("{}/{}", directory_of_units, name_of_the_unit);
    if (const auto instance = file.stem().string(); instance != name_of_the_unit) directory += "-" + instance;
    if (is_made_by_the_system(directory)) add_sockets_in(directory, kind, found);
    return found;
}

}  // namespace suprsync
