// A whole daemon with everything around it: two archives, each with a destination of its own.
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

struct daemon_world : world {
    explicit daemon_world(daemon_configuration configuration = two_archives());
    /// Ends the daemon where the test has not.
    ~daemon_world();

    std::map<std::string, fake_transport*> ways;  ///< by archive; they live as long as the daemon
    suprsync::daemon served;
    std::optional<bool> ended;  ///< what run() returned

    void begin();
    fake_transport& there(const std::string& archive = "smurf") { return *ways.at(archive); }

    /// A file on the disk and its row, inserted by another program that tells nobody.
    file_id add(const std::string& name, const std::string& archive = "smurf") {
        return world::add(name, "content of " + name, archive);
    }
    /// The daemon has had time to see what another program committed.
    void committed() { time.advance(0.15); }
    /// Message of a condition; "" where it does not hold.
    std::string condition(const std::string& kind, const std::string& archive = "") {
        return message_of(served.conditions(), kind, archive);
    }
    std::size_t condition_count() { return served.conditions().list().size(); }
    archive_activity activity(const std::string& archive = "smurf");
    result<void> set_paused(const std::string& archive, bool paused, const std::string& reason = "") {
        return ask(served.set_paused(archive, paused, reason));
    }
    /// An archive is paused before the daemon starts.
    void pause(const std::string& archive, const std::string& reason) {
        ask(catalog.real().set_paused(archive, true, reason)).value();
    }

  private:
    bool begun_ = false;
};

}  // namespace suprsync::test
