// What a subcommand is: a name, what it takes, and what runs it. The table in command_table.cpp has them all;
// --help, the manual page and the shell's completion are made from it.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace suprsync {

struct command_option {
    std::string name;   ///< without dashes
    std::string value;  ///< what is to be given, in capitals; empty: a flag
    std::string text;   ///< what it does, for people
    /// All that the value may be, where that is a closed set: the shell completes them.
    std::vector<std::string> words = {};
};

class tool_arguments;

struct command {
    std::string name;
    std::string synopsis;  ///< what follows the name, but for common options
    std::string summary;   ///< one line
    std::string description;
    std::vector<command_option> options;
    std::size_t least_operands = 0;
    std::size_t most_operands = 0;
    /// Performs it; returns the exit status (exit_code.hpp). What it throws is told by run_command.
    std::function<int(const tool_arguments&)> run;

    /// A command that takes the options of run has these instead of `run`; `options` are those that it has
    /// beside them.
    std::function<int(const std::vector<std::string>&)> run_raw;
    std::function<std::string()> own_help;
};

/// Runs it with the words after its name; `--help` shows its help. Wrong usage is exit_code::usage, a
/// failure_error exit_code::failed, each with one line on standard error.
int run_command(const command& c, const std::vector<std::string>& words);

/// Brings what was printed to where it goes. Returns `status`; exit_code::failed, with a line on standard
/// error, where something of it could not be written and `status` is exit_code::done.
int finish_output(const std::string& program, int status);

/// What `suprsync NAME --help` shows.
std::string help_of(const command& c);

}  // namespace suprsync
