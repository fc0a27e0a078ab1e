// How values look in the messages of these tests.
#pragma once

#include <ostream>

#include "engine/model/failure.hpp"
#include "engine/ports/transport.hpp"

namespace suprsync {

inline std::ostream& operator<<(std::ostream& out, failure_code code) { return out << name_of(code); }
inline std::ostream& operator<<(std::ostream& out, publish_outcome outcome) {
    return out << static_cast<int>(outcome);
}

}  // namespace suprsync
