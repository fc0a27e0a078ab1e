#include "net/place/local_source.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include "engine/files/file_facts.hpp"

namespace suprsync {

not_sent could_not_read(const std::string& path, int error) {
    auto why = file_failure("read", path, error);
    if (why.code == failure_code::place) return {std::nullopt, std::move(why)};
    return {fmt::format("send_files failed to open \"{}\": {} ({})", path, error_text(error), error),
            std::nullopt};
}

failure reading_stalled(const std::string& path) {
    return {failure_code::place, "read", path, "its file system did not answer for the stall timeout"};
}

local_source open_local_source(const stage_item& item) {
    local_source source;
    const auto& read_at = item.read_at.empty() ? item.local_path : item.read_at;
    // Nobody here reads at the position, which is shared with whoever opened it.
    open_descriptor file(item.descriptor >= 0
                             ? ::fcntl(item.descriptor, F_DUPFD_CLOEXEC, 0)
                             : ::open(read_at.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    const int error = file && ::fstat(file.number(), &source.facts) == 0 ? 0 : errno;
    if (error == ENOENT || error == ENOTDIR)
        source.why = {
            fmt::format("link_stat \"{}\" failed: {} ({})", item.local_path, error_text(error), error),
            std::nullopt};
    else if (error != 0)
        source.why = could_not_read(item.local_path, error);
    else if (!S_ISREG(source.facts.st_mode))
        source.why = {
            fmt::format("skipping {} \"{}\"",
                        S_ISDIR(source.facts.st_mode) ? "directory" : "non-regular file", item.local_path),
            std::nullopt};
    else
        source.file = std::move(file);
    return source;
}

}  // namespace suprsync
