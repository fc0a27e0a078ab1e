#include "storage/catalog/open_unchanged.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

namespace suprsync {

namespace {

// In a rollback journal's mode a reader keeps writers out: no longer than they bear.
constexpr std::chrono::milliseconds among_writers{2000};
constexpr std::chrono::milliseconds patience{2000};  // for a locked database

std::uintmax_t size_of(const std::string& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    return error ? 0 : size;
}

bool exists(const std::string& path) {
    std::error_code error;
    return std::filesystem::exists(path, error);
}

// A path as a URI that SQLite reads.
std::string uri_of(const std::string& path, const std::string& parameters) {
    std::string uri = "file:";
    for (const char c : path) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           c == '/' || c == '.' || c == '_' || c == '-';
        if (plain)
            uri += c;
        else
            uri += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    }
    return uri + "?" + parameters;
}

}  // namespace

way_to_open way_to_open_unchanged(const std::string& path, std::chrono::milliseconds limit) {
    std::array<char, 20> head{};
    std::ifstream(path, std::ios::binary).read(head.data(), head.size());
    const bool write_ahead = head[18] == 2;  // https://www.sqlite.org/fileformat.html, file format version
    if (!write_ahead) return {"mode=ro", "", std::min(limit, among_writers), false};
    // SQLite would make the log anew where it may.
    if (exists(path + "-shm") && !exists(path + "-wal"))
        return {"", "its log (-wal) was removed, and its index (-shm) was not; the next start mends that",
                limit, true};
    // Somebody has it open: the index of the log is used as it is.
    if (exists(path + "-shm")) return {"mode=ro&readonly_shm=1", "", limit, true};
    if (size_of(path + "-wal") > 0)
        return {"", "its last user did not end, and recovering it would change it; the next start does",
                limit, true};
    // Nobody has it open, and nothing waits in a log.
    return {"immutable=1", "", limit, true};
}

sqlite_connection open_unchanged(const std::string& path, const way_to_open& way) {
    return sqlite_connection(std::make_unique<SQLite::Database>(uri_of(path, way.parameters),
                                                                SQLite::OPEN_READONLY | SQLite::OPEN_URI,
                                                                static_cast<int>(patience.count())));
}

}  // namespace suprsync
