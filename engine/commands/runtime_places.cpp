#include "engine/commands/runtime_places.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "engine/commands/environment.hpp"
#include "net/rsync/own_place.hpp"

namespace fs = std::filesystem;

namespace suprsync {

namespace {

constexpr const char* directory_of_the_unit = "/run/suprsync";

// Made by the service manager or by root, hence whose it is they decide.
bool is_made_by_the_system(const std::string& directory) {
    struct stat above{}, facts{};
    return ::stat(fs::path(directory).parent_path().c_str(), &above) == 0 && above.st_uid == 0 &&
           (above.st_mode & 022) == 0 && ::lstat(directory.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

void add_sockets_in(const std::string& directory, std::vector<std::string>& found) {
    // Whoever may pass through a directory may not always list it: then its first socket is known by name.
    std::vector<std::string> here{default_socket(directory, 1)};
    std::error_code error;
    for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error))
        if (const auto name = entry->path().filename().native();
            name.starts_with("http-") && name.ends_with(".sock"))
            here.push_back(entry->path().native());
    std::sort(here.begin() + 1, here.end());
    for (auto& path : here)
        if (fs::is_socket(path, error) && std::find(found.begin(), found.end(), path) == found.end())
            found.push_back(std::move(path));
}

}  // namespace

std::vector<std::string> runtime_directory_paths() {
    std::vector<std::string> paths;
    // One of several is separated by a colon from the next.
    if (auto of_systemd = environment_variable("RUNTIME_DIRECTORY"))
        paths.push_back(of_systemd->substr(0, of_systemd->find(':')));
    // Control sockets have names of at most 108 bytes.
    if (auto of_session = environment_variable("XDG_RUNTIME_DIR");
        of_session && of_session->size() < 40 && ::access(of_session->c_str(), W_OK | X_OK) == 0)
        paths.push_back(*of_session + "/suprsync");
    for (const char* parent : {"/dev/shm", "/tmp"})
        if (::access(parent, W_OK | X_OK) == 0)
            paths.push_back(fmt::format("{}/suprsync-{}", parent, ::geteuid()));
    return paths;
}

std::string default_socket(const std::string& directory, int number) {
    return number == 1 ? directory + "/http.sock" : fmt::format("{}/http-{}.sock", directory, number);
}

std::vector<std::string> sockets_of_daemons() {
    std::vector<std::string> found;
    auto paths = runtime_directory_paths();
    // Within a service, its own daemon is meant.
    const bool of_service = environment_variable("RUNTIME_DIRECTORY").has_value();
    if (of_service) paths.resize(1);
    for (const auto& path : paths)
        for (const auto& directory : own_places_made(path)) add_sockets_in(directory, found);
    if (!of_service && is_made_by_the_system(directory_of_the_unit))
        add_sockets_in(directory_of_the_unit, found);
    return found;
}

}  // namespace suprsync
