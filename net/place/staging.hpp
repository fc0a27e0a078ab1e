// The private directories of a catalog's archive in staging, made, taken over or refused
// (net/remote/prepare.sh, net/remote/private_places.sh).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/files/open_descriptor.hpp"
#include "engine/model/failure.hpp"
#include "net/place/base_options.hpp"
#include "net/place/base_state.hpp"
#include "net/place/work_watch.hpp"

namespace suprsync {

/// Why nothing can be staged.
struct staging_problem {
    std::string refused;  ///< the place does not allow it; empty: what follows is neither that nor for ever
    std::string why;
};

struct made_staging {
    std::string path;  ///< of the archive's own directory
    open_descriptor in;
    lock_kind locks = lock_kind::directory;
    bool ignores_case = false;
};

/// Makes what is missing. `base`: the base directory, open, and `real` its path.
std::optional<staging_problem> make_staging(int base, const std::string& real, const base_options& options,
                                            const std::string& catalog_uuid, made_staging& made);

}  // namespace suprsync
