#include "engine/run/read_sources.hpp"

#include <fmt/format.h>

namespace suprsync {

namespace {

const char* why(read_source source) {
    switch (source) {
        case read_source::cache:
            return "its file system keeps files in memory";
        case read_source::own_memory:
            return "its file system (zfs, or one of another machine: NFS, CIFS, 9p, FUSE) has a memory of its own, of which nothing there tells";
        default:
            return "no fincore there tells what is in memory (install it; Debian: package util-linux-extra)";
    }
}

}  // namespace

// Sums that come from memory say little about the disk. That a file is held there by somebody is no property
// of the place: it is told where all are.
void tell_read_sources(archive_context& archive, const std::vector<read_source>& sources) {
    for (const auto source : sources)
        if (source == read_source::disk) return archive.clear(condition_kind::read_from_memory);
    if (sources.empty()) return;
    archive.raise(
        condition_kind::read_from_memory,
        fmt::format("the content of copies at {} may be read from memory there, and not from its disk: {}",
                    archive.transport.name(), why(sources.back())));
}

}  // namespace suprsync
