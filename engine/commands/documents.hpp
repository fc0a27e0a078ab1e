// Texts made from the table of commands and the table of configuration keys: the program's help and its
// manual pages. The build runs the program for the latter, which are installed.
#pragma once

#include <string>

namespace suprsync {

/// `suprsync --help`
std::string program_help();
/// suprsync(1), in man(7) macros.
std::string manual_page();
/// suprsync.yaml(5): every key of the configuration file.
std::string configuration_page();

}  // namespace suprsync
