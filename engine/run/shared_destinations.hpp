// Which archives send to one base directory, by what it is and not by how it is spelled: their remote paths
// are the same files (spec, Claims and versions).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "engine/model/destination.hpp"

namespace suprsync {

/// A base directory as it is spelled ("host:path"), and what was found there.
struct found_base {
    std::string destination;
    std::string boot;  ///< which run of which machine's kernel; empty: not known
    base_identity identity;
    std::uint64_t device = 0;  ///< st_dev: network file systems have no id of their own in `identity`
};

class shared_destinations {
  public:
    /// How the archive's destination is spelled from now on: as that of another archive is that was found to
    /// have this very directory, or as its own configuration does.
    std::string spelling_of(const std::string& archive, found_base base) {
        for (const auto& [other, one] : bases_)
            if (other != archive && !base.boot.empty() && one.boot == base.boot &&
                one.identity == base.identity && one.device == base.device)
                base.destination = one.destination;
        return (bases_[archive] = std::move(base)).destination;
    }
    void forget(const std::string& archive) { bases_.erase(archive); }

  private:
    std::map<std::string, found_base> bases_;  // by archive
};

}  // namespace suprsync
