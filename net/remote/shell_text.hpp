// Turns any bytes into words that shells leave alone, and reads names back from the messages of coreutils.
// With engine/model/shell_word the only place where text meets a shell's syntax.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "engine/model/shell_word.hpp"

namespace suprsync {

/// The byte of the octal digits that a text begins with, at most three, which are taken off it; where there
/// are fewer than `least_digits`, none, and the text is as it was.
std::optional<char> take_octal_byte(std::string_view& text, std::size_t least_digits = 3);

/// `NAME='value'` and a newline: an assignment for the head of a script.
std::string assignment(std::string_view name, std::string_view value);

/// The text for `printf %b`, in letters, digits, "/._-" and backslash escapes only, so that within single
/// quotes every login shell (sh, csh, fish) hands it on unchanged.
std::string percent_b_encoded(std::string_view text);

/// One word for rsync's `-e COMMAND`, whose parser knows quotes but no backslash: 'it''s'.
std::string rsh_quoted(std::string_view text);

/// Undoes the quoting of names in messages of GNU coreutils (styles shell-escape and shell-escape-always, as
/// in 'a b', "it's", 'a'$'\n''b').
std::string coreutils_unquoted(std::string_view word);

/// Undoes rsync's `\#012` for bytes that it does not print.
std::string rsync_unescaped(std::string_view text);

}  // namespace suprsync
