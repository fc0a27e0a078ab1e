// The options of `suprsync run` as they were written, on the command line or in an entry of a site file:
// which there are, and the words of which are whose.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/configuration_layers.hpp"
#include "engine/model/failure.hpp"

namespace suprsync {

/// What stands in the words of a command line.
struct written_options {
    given_values keys;                 ///< options of the table of keys
    given_values others;               ///< of this run, of other programs, and such as there are none of
    std::optional<given_value> stray;  ///< the first word that belongs to no option
};

/// Where the word with this index was written, for an option of this name.
using origin_of_word = std::function<value_origin(std::size_t, const std::string&)>;

/// Throws boost::program_options::error where the words have not the form of options, or name one that there
/// is not, unless `unknown_too`. Failure `invalid`, with the place: another option stands where a value is
/// expected.
result<written_options> read_words(const std::vector<std::string>& words, const origin_of_word& origin_of,
                                   bool unknown_too);

/// Adds what the environment says of options that are not written: SUPRSYNC_COPY_TIMEOUT is --copy-timeout,
/// several values of one stand between commas. What begins like that and names no option is told in
/// `warnings`. Failure `invalid`: an option without a value is neither true nor false.
result<void> add_from_environment(written_options& written, std::vector<std::string>& warnings);

/// That what was written somewhere cannot be used, and why.
failure wrong(const std::string& where, const std::string& detail);

/// What is said of a name, with its dashes, that no option has.
std::string no_such_option(const std::string& name);

/// All of them, a line or more each.
std::string options_help();

}  // namespace suprsync
