#include "engine/model/version.hpp"

namespace suprsync {

std::string_view version() { return SUPRSYNC_VERSION; }

}  // namespace suprsync
