// Text as a word of POSIX sh: for commands that are run, and for those that a person is told to type.
#pragma once

#include <string>
#include <string_view>

namespace suprsync {

/// In single quotes, those within it written as `for_a_quote`.
std::string in_single_quotes(std::string_view text, std::string_view for_a_quote);

/// Always in quotes: 'it'\''s'.
std::string shell_quoted(std::string_view text);

/// As a person types it: in quotes only where a shell would not take it as it is.
std::string command_word(std::string_view text);

}  // namespace suprsync
