#include "engine/loop/other_processes.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "engine/model/text.hpp"

namespace fs = std::filesystem;

namespace suprsync {

namespace {

bool has_opened(const fs::path& process, const struct stat& file) {
    std::error_code failed;
    for (fs::directory_iterator entries(process / "fd", failed), end; !failed && entries != end;
         entries.increment(failed)) {
        struct stat open{};
        if (::stat(entries->path().c_str(), &open) == 0 && open.st_dev == file.st_dev &&
            open.st_ino == file.st_ino)
            return true;
    }
    return false;
}

}  // namespace

std::vector<seen_process> other_processes() {
    std::vector<seen_process> found;
    std::error_code gone;
    for (fs::directory_iterator entries("/proc", gone), end; !gone && entries != end;
         entries.increment(gone)) {
        const auto id = read_number<pid_t>(entries->path().filename().string());
        if (id && *id != ::getpid()) found.push_back({*id, entries->path()});
    }
    return found;
}

// By the stream and not by its buffer, which throws where a read fails: a process may go between open and
// read.
std::string read_file_of(const seen_process& process, const std::string& name) {
    std::ifstream file(process.directory / name, std::ios::binary);
    std::string content;
    char part[4096];
    while (file.read(part, sizeof part), file.gcount() > 0)
        content.append(part, static_cast<std::size_t>(file.gcount()));
    return content;
}

std::vector<std::string> programs_that_opened(const std::string& path) {
    std::vector<std::string> found;
    struct stat file{};
    if (::stat(path.c_str(), &file) != 0) return found;
    for (const auto& process : other_processes())
        if (has_opened(process.directory, file))
            found.push_back(
                fmt::format("{} (process {})", first_line(read_file_of(process, "comm")), process.id));
    return found;
}

}  // namespace suprsync
