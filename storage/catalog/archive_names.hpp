// The archives of a catalog by their names, as a shell's completion asks for them: at once or not at all.
#pragma once

#include <string>
#include <vector>

namespace suprsync {

/// Those that a daemon has served or indexed; of a small catalog that no daemon has prepared, those of its
/// rows. Nothing is made or changed. Empty where the catalog cannot be read at once, for whatever reason.
std::vector<std::string> archive_names_in(const std::string& database);

}  // namespace suprsync
