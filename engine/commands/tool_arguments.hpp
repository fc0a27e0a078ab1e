// A tool's command line, taken apart by its entry in the table of commands, and read with messages that say
// what was expected.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/commands/command.hpp"
#include "engine/model/file.hpp"

namespace suprsync {

/// Wrong usage: its text is shown, exit status 2.
class usage_error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

class tool_arguments {
  public:
    /// Throws usage_error. Option names may be written with underscores, as the agent's tool has them.
    tool_arguments(const command& c, std::vector<std::string> words);

    bool help() const { return has("help"); }
    bool has(const std::string& option) const { return given_.contains(option); }
    /// Whether the command knows the option.
    bool takes(const std::string& option) const { return known_.contains(option); }
    std::optional<std::string> text(const std::string& option) const;
    const std::vector<std::string>& operands() const { return operands_; }

    /// A span of time (s, read_duration) from `least` to `most`, a date, a whole number from `least` to
    /// `most`; each throws usage_error with what was expected.
    std::optional<double> duration(const std::string& option, double least, double most) const;
    std::optional<epoch_seconds> date(const std::string& option) const;
    std::optional<long> whole(const std::string& option, long least, long most) const;
    /// At most one of these options; throws usage_error. Returns it, or ''.
    std::string one_of(const std::vector<std::string>& options) const;

  private:
    std::set<std::string> known_;
    std::map<std::string, std::string> given_;
    std::vector<std::string> operands_;
};

/// The operand as an id of the catalog; throws usage_error.
file_id id_of(const std::string& operand);

/// The local path that an operand means, absolute and without empty, "." and ".." components: a relative one
/// lies below the working directory.
std::string absolute_path(const std::string& operand);

}  // namespace suprsync
