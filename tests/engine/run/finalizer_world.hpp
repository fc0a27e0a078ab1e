// An archive with its finalizer, for the tests of the finalizer. It is the middle of timecode 17000.
#pragma once

#include "engine/run/finalizer.hpp"
#include "tests/engine/run/archive_world.hpp"

namespace suprsync::test {

inline constexpr double one_timecode = 1e5;  // s

inline failure disk_full(const std::string& path) {
    return {failure_code::io, "write", path, "No space left on device"};
}

struct finalizer_world : archive_world {
    finalizer_world() {
        archive.connection.probe_started();
        archive.connection.answered();
    }
    ~finalizer_world() { end(); }

    finalizer days{archive};

    void begin() { start(days.run()); }
    /// A row of timecode 16990, which is over; verified unless told otherwise.
    file_id old_file(const std::string& name, bool is_verified = true) {
        return old_file_at("16990/" + name, is_verified);
    }
    file_id old_file_at(const std::string& remote_path, bool is_verified = true) {
        const auto id = insert("/data/" + remote_path.substr(6), remote_path, "m");
        if (is_verified) verify(id);
        return id;
    }
    /// Rows of finalization files, in the order of their registration.
    std::vector<file_row> announcements() {
        std::vector<file_row> found;
        for (const auto& known : others.rows("remote_path LIKE '%_finalized.yaml'"))
            found.push_back(row(known.id));
        return found;
    }
    std::string text_of(const file_row& row) const { return disk.files.at(row.local_path).content; }
};

}  // namespace suprsync::test
