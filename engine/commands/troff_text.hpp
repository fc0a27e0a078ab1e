// Pieces of manual pages, in man(7) macros.
#pragma once

#include <string>

namespace suprsync {

/// Text in which nothing is a command or an escape for troff, and no line ends in a space.
std::string troff(const std::string& text);

/// A paragraph with a tag: `--NAME VALUE` (no value: a flag), or a term in bold, and what is said of it.
std::string troff_option(const std::string& name, const std::string& value, const std::string& text);
std::string troff_term(const std::string& term, const std::string& text);

/// Lines as they stand, indented.
std::string troff_example(const std::string& lines);

}  // namespace suprsync
