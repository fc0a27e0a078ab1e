// Names of archives that nobody serves: whether one that a person gives is a slip, and which registrations
// wait for a daemon that does not come (spec, Archives that nobody serves). No I/O.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/model/archive_counts.hpp"

namespace suprsync {

/// That this daemon serves other archives than the one it was asked for.
std::string why_not_served(const std::string& name, const std::vector<std::string>& served);

/// Why nothing is registered for an archive that no daemon has served and that has no row; none where it is
/// known, or where the catalog knows no archive at all, so that there is nothing to go by.
std::optional<std::string> why_unknown(const std::string& name, const std::vector<known_archive>& known);

/// Which archives with unsettled files nobody works on. One that was never served is told of at once; one
/// that was, when it has been seen so for ten minutes: its daemon may be starting anew.
class unserved_archives {
  public:
    static constexpr double grace = 600;  ///< s

    /// `ours` are those that this daemon serves; `now` is in seconds of a clock that is never set.
    void update(const std::vector<known_archive>& known, const std::set<std::string>& ours, double now);

    const std::vector<known_archive>& found() const { return found_; }
    std::int64_t files() const;
    /// For the condition; '' where there are none.
    std::string text() const;

  private:
    std::map<std::string, double> since_;  // by archive: when it was first seen without a daemon
    std::vector<known_archive> found_;
};

}  // namespace suprsync
