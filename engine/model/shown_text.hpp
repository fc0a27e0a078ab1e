// How a text leaves the program, whatever bytes it holds: for a terminal and the text log, as JSON, as YAML.
// What none of their readers takes or a person cannot see is escaped in all of them: control characters,
// marks that turn the direction of the text or are invisible, line separators of Unicode, code points that
// are no characters. And how long texts are cut, so that the rest is still UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace suprsync {

/// UTF-8, and nothing in it that has to be escaped (quotes and backslashes do not).
bool is_printable(std::string_view text);

/// A name, so that no two look alike: one line, `\n`, `\t`, `\\`, `\x1b`, `\u202e`, `\U000e0001`; a byte that
/// is no UTF-8 is `\xff`.
std::string shown_name(std::string_view text);

/// A message with names in it: one line, as a name, with its backslashes as they are.
std::string shown_line(std::string_view text);

/// Several lines for a terminal, each as shown_line.
std::string shown_lines(std::string_view text);

/// A JSON string with its quotes. A byte that is no UTF-8 becomes U+FFFD: JSON has no form for it.
std::string json_text(std::string_view text);

/// A double-quoted YAML scalar, always a string to its reader; bytes that are no UTF-8 as in JSON.
std::string yaml_text(std::string_view text);

/// The first bytes of a text, at most so many, that hold whole characters of it.
std::string_view beginning_of(std::string_view text, std::size_t most);

/// As a message tells a text of any length: its beginning and "..." where it has more bytes than that.
std::string abridged(std::string_view text, std::size_t most = 80);
/// More is told of a path that a person has to find.
inline constexpr std::size_t most_of_a_path = 300;

/// "expected X, got 'Y'", as every refusal of a value says it, however long the value is.
std::string expected_not(std::string_view expected, std::string_view got);

/// A name for `whole`: the text where it has at most so many bytes; else its beginning, `%` and 16
/// hexadecimal digits that follow from the whole.
std::string shortened(std::string_view text, std::size_t most, std::string_view whole);

}  // namespace suprsync
