// Texts made from the table of commands: the program's help, its manual page (conf/suprsync.1), and the
// shell's completion (conf/suprsync.bash-completion).
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
