// What the shells complete, from the table of commands: of each command its options with what their values
// may be, and its operands.
#pragma once

#include <string>
#include <vector>

#include "engine/commands/command.hpp"

namespace suprsync {

enum class completes {
    nothing,  ///< a text that nobody can guess
    files,    ///< names of files and directories
    directories,
    archives,  ///< what `suprsync help --archives` prints
    words,     ///< the words that come with it
};

struct completed_value {
    std::string name;  ///< in capitals; empty: there is none
    completes by = completes::nothing;
    std::vector<std::string> words;
};

struct completed_option {
    std::string name;  ///< without dashes
    completed_value value;
    std::string text;  ///< what it does, in a line
};

struct completed_command {
    std::string name;
    std::string text;
    std::vector<completed_option> options;
    std::vector<completed_value> operands;
    bool repeats = false;  ///< the last operand
};

/// Every command, in the order of the table.
std::vector<completed_command> completed_commands();

}  // namespace suprsync
