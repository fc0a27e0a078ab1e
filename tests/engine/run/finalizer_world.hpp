// An archive with its finalizer, for the tests of the finalizer. It is the middle of timecode 17000.
#pragma once

#include "engine/run/finalizer.hpp"
#include "tests/engine/run/archive_world.hpp"

namespace suprsync::test {

inline constexpr double one_timecode = 1e5;  // s

struct finalizer_world : archive_world {
    explicit finalizer_world(archive_configuration config = smurf_configuration())
        : archive_world(std::move(config)) {}
    ~finalizer_world() {
        catalog.before = {};
        disk.before = {};
        stop();
    }

    finalizer days{archive};

    void begin() { start(days.run()); }
    void wake() {
        archive.wake_all();
        settle(loop);
    }
    /// A row of timecode 16990, which is over; verified unless told otherwise.
    file_id old_file(const std::string& name, bool is_verified = true) {
        const auto id = catalog.insert("/data/" + name, "16990/" + name, "m");
        if (is_verified) row(id).remote_md5sum = "m";
        return id;
    }
    fake_catalog::directory day(int timecode) { return catalog.directories[{"smurf", timecode}]; }
    /// Rows of finalization files, in the order of their registration.
    std::vector<file_row> announcements() const {
        std::vector<file_row> found;
        for (const auto& [id, e] : catalog.rows)
            if (is_finalization_path(e.row.remote_path)) found.push_back(e.row);
        return found;
    }
    std::string text_of(const file_row& row) const { return disk.files.at(row.local_path).content; }
};

}  // namespace suprsync::test
