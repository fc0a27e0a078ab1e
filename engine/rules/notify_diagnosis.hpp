// What `suprsync doctor` says of those who are told (spec, Being told). Pure functions.
#pragma once

#include <string>
#include <vector>

#include "engine/rules/diagnosis.hpp"

namespace suprsync {

/// An entry of `notify`.
struct probed_notify {
    std::string place;    ///< for people: "the command mail"
    std::string program;  ///< as it is written; empty: a webhook
    std::string found;    ///< where that program is; empty: nowhere, or not executable
};

/// One line for each, in their order.
std::vector<finding> judge_notify(const std::vector<probed_notify>& entries);

}  // namespace suprsync
