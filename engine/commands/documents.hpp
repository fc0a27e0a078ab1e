// Texts made from the table of commands: the program's help, its manual page and the shell's completion. The
// build runs the program for the latter two, which are installed.
#pragma once

#include <string>

namespace suprsync {

/// `suprsync --help`
std::string program_help();
/// For man(1), in man(7) macros.
std::string manual_page();
/// For bash-completion.
std::string bash_completion();

}  // namespace suprsync
