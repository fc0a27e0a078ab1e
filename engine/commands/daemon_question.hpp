// Of which daemon a tool asks something, and with which token: the options for that, alike in every tool that
// must have an answer (spec, The tools).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/commands/daemon_places.hpp"

namespace suprsync {

/// --config, --http, --ca-file, --insecure, --token-file and --token-in-clear, for the table of commands, and
/// the tool's own.
std::vector<command_option> with_daemon_options(std::vector<command_option> own);

class daemon_question {
  public:
    /// Reads the options. Throws usage_error, failure_error.
    explicit daemon_question(const tool_arguments& arguments);

    /// Looks again where daemons answer: they come and go.
    void look();

    bool named() const { return named_.has_value(); }
    /// The configuration says where: nobody answers elsewhere, and all of these are one daemon's.
    bool told() const { return found_.told; }
    const std::string& unusable() const { return found_.unusable; }

    /// Where it is asked, in this order; where nobody says where, without the default port.
    std::vector<daemon_address> places() const;
    /// Asked where none of these answers: the default port; none where somebody says where.
    std::optional<daemon_address> last_resort() const;

  private:
    daemon_address with_token(daemon_address place) const;
    void check_token(const daemon_address& daemon) const;

    const tool_arguments& arguments_;
    std::optional<daemon_address> named_;
    daemon_places found_;
    std::string token_;  // for those that are found, where --token-file says it
    bool in_the_clear_ = false;
};

/// The daemon that serves the archive, of all that answer. Throws failure_error: nobody answers, none serves
/// it, or several do.
daemon_address daemon_of_archive(const daemon_question& question, const std::string& archive);

}  // namespace suprsync
