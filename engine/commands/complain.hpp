// What the commands say of their errors.
#pragma once

#include <string>

namespace suprsync {

/// A message for people on standard error, a line or several, whatever bytes the names in it hold: escaped
/// for a terminal. What was printed before comes first.
void complain(const std::string& message);

}  // namespace suprsync
