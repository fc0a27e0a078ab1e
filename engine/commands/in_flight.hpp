// What is in flight of a catalog that a tool reads: the catalog does not say, so the daemons are asked that
// work on it, where they answer (spec, The tools).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/commands/daemon_client.hpp"
#include "engine/commands/tool_arguments.hpp"
#include "engine/model/rows.hpp"
#include "engine/report/status_snapshot.hpp"

namespace suprsync {

class in_flight {
  public:
    /// Of the catalog with that uuid. Asks nobody yet.
    in_flight(const tool_arguments& arguments, std::string catalog)
        : arguments_(arguments), catalog_(std::move(catalog)) {}

    /// Gives rows that are pending or retrying, and in flight, the state of what is being done with them.
    /// Asks anew each time that there are such rows.
    void show(std::vector<file_view>& files);

    /// The batch that a file is in, as of the last show().
    const transfer* transfer_of(file_id id) const;

    /// Why nobody said what is in flight; '' where somebody did, or where nobody had to be asked.
    const std::string& unknown_because() const { return unknown_because_; }
    /// Tells that on standard error, where it is so.
    void tell_unknown(const std::string& tool) const;

    /// What the daemon of this catalog that serves the archive says of it; none where none answers.
    std::optional<archive_activity> archive(const std::string& name);
    /// Has that daemon try the archive's link at once. Why it could not be told; none: it was.
    std::optional<failure> try_now(const std::string& archive);

  private:
    void ask();
    std::vector<daemon_address> daemons();

    const tool_arguments& arguments_;
    const std::string catalog_;
    std::optional<std::vector<daemon_address>> daemons_;  // that work on the catalog
    std::vector<transfer> transfers_;
    std::unordered_map<file_id, std::size_t> by_file_;  // index into them
    std::unordered_set<file_id> sent_;
    std::string unknown_because_;
};

}  // namespace suprsync
