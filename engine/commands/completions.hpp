// Completions for the shells, made from the table of commands (completion_words.hpp). Each asks the program
// for the names of archives, quietly: where it cannot say, there are none.
#pragma once

#include <string>

namespace suprsync {

/// For bash-completion.
std::string bash_completion();
/// For zsh: a function to be loaded by compinit, `_suprsync`.
std::string zsh_completion();
/// For fish.
std::string fish_completion();

}  // namespace suprsync
