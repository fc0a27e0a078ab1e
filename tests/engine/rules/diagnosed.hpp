// An archive for the doctor, and how its judgements look in the messages of these tests.
#pragma once

#include <ostream>

#include "engine/rules/diagnosis.hpp"

namespace suprsync {

inline std::ostream& operator<<(std::ostream& out, health h) {
    return out << (h == health::ok ? "ok" : h == health::warning ? "warning" : "failed");
}

}  // namespace suprsync

namespace suprsync::test {

inline archive_configuration smurf() {
    archive_configuration a;
    a.name = "smurf";
    a.remote_basedir = "/archive/smurf";
    a.ssh_host = "user@host";
    return a;
}

}  // namespace suprsync::test
