// An archive with its deleter and a file that is due, for the tests of the deleter.
#pragma once

#include "engine/run/deleter.hpp"
#include "tests/engine/run/archive_world.hpp"

namespace suprsync::test {

/// Verified files are deleted 1000 s after their registration.
inline archive_configuration deleting() {
    auto c = smurf_configuration();
    c.delete_local_after = 1000;
    return c;
}

struct deleter_world : archive_world {
    explicit deleter_world(archive_configuration config = deleting())
        : archive_world(std::move(config)), removal(archive) {
        archive.connection.answered();
        archive.on_connection_error = [this](const failure& f) { errors.push_back(f); };
    }
    ~deleter_world() { end(); }

    deleter removal;
    std::vector<failure> errors;  ///< told to the worker

    /// A verified file that is due now.
    file_id due(const std::string& name) { return due(name, "content of " + name); }
    file_id due(const std::string& name, const std::string& content) {
        const auto id = add(name, content);
        change(id, "timestamp = timestamp - 1001");
        deliver(id);
        return id;
    }
    void begin() { start(removal.run()); }
    bool on_disk(const std::string& name) const { return disk.files.contains("/data/" + name); }
};

}  // namespace suprsync::test
