// A whole daemon with everything around it in memory: two archives, each with a destination of its own.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/run/daemon.hpp"
#include "tests/engine/run/archive_world.hpp"

namespace suprsync::test {

/// Archives "smurf" and "timestreams", no deletion, ten seconds of grace.
daemon_configuration two_archives();

struct daemon_world {
    explicit daemon_world(daemon_configuration configuration = two_archives());
    /// Ends the daemon where the test has not.
    ~daemon_world();

    boost::asio::io_context loop;
    manual_clock time{loop};
    fake_local_disk disk{time};
    fake_catalog catalog{time};
    std::map<std::string, fake_transport*> ways;  ///< by archive; they live as long as the daemon
    suprsync::daemon served;
    std::optional<bool> ended;  ///< what run() returned

    void begin();
    fake_transport& there(const std::string& archive = "smurf") { return *ways.at(archive); }

    /// A file on the disk and its row, inserted by another program that tells nobody.
    file_id add(const std::string& name, const std::string& archive = "smurf");
    /// Another program has committed something; the daemon has had time to see it.
    void committed();
    void committed(catalog_changes changes);
    bool verified(file_id id) const { return catalog.verified(id); }
    /// Message of a condition; "" where it does not hold.
    std::string condition(const std::string& kind, const std::string& archive = "");
    std::size_t conditions_held() { return served.conditions().list().size(); }
    archive_activity activity(const std::string& archive = "smurf");
    result<void> set_paused(const std::string& archive, bool paused) {
        return result_of(loop, served.set_paused(archive, paused));
    }

  private:
    bool begun_ = false;
};

}  // namespace suprsync::test
