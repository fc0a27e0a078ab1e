// The archives of the catalog as one transaction sees them: a handful of rows, read at its beginning.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/model/file.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// Holds until the daemon serves the archive and says otherwise: the option's default.
inline constexpr int default_max_attempts = 5;

struct archive_entry {
    std::int64_t id = 0;
    std::string name;
    int max_attempts = 0;
    std::optional<std::string> destination;  ///< none: never served
    epoch_seconds finalized_until = 0;       ///< last published value
};

class archive_table {
  public:
    explicit archive_table(sqlite_connection& connection);

    /// None where the catalog has met no row of it yet. Valid until the next `ensure`.
    const archive_entry* find(const std::string& name) const;
    const archive_entry* find(std::int64_t id) const;
    /// The same, entered where it is missing: in a write transaction only.
    const archive_entry& ensure(const std::string& name);
    const std::vector<archive_entry>& all() const { return entries_; }
    /// Whether both lie at the same destination, so that their remote paths are the same files.
    bool same_destination(const std::string& one, const std::string& other) const;

  private:
    sqlite_connection& connection_;
    std::vector<archive_entry> entries_;
};

}  // namespace suprsync
