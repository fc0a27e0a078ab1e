// Variables of the environment that the commands go by.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>

namespace suprsync {

/// Its value; none where it is not set, or empty.
inline std::optional<std::string> environment_variable(const char* name) {
    const char* value = std::getenv(name);
    return value && *value ? std::optional<std::string>(value) : std::nullopt;
}

}  // namespace suprsync
