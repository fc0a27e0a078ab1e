// The options of `suprsync run` as they were written, on the command line or in an entry of a site file:
// which there are, and the words of which are whose.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "engine/config/configuration_layers.hpp"
#include "engine/model/failure.hpp"

namespace suprsync {

/// What stands in the words of a command line.
struct written_options {
    given_values keys;                  ///< options of the table of keys
    given_values others;                ///< options of this run, and of other programs
    std::vector<given_value> strays;    ///< words that belong to no option
    std::vector<failure> mistakes;      ///< words that have not the form of options, or name none
    std::set<std::string> tried;        ///< options that these mistakes stand for
    std::vector<std::string> warnings;  ///< of variables that are skipped
};

/// Where the word with this index was written, for an option of this name.
using origin_of_word = std::function<value_origin(std::size_t, const std::string&)>;

/// All of them: what follows a word that is no option, and is none itself, is taken for its value.
written_options read_words(const std::vector<std::string>& words, const origin_of_word& origin_of);

/// Adds what the environment says of options that are not written: SUPRSYNC_COPY_TIMEOUT is --copy-timeout,
/// several values of one stand between commas. What begins like that and names no option is told in the
/// warnings; an option without a value that is neither true nor false is a mistake.
void add_from_environment(written_options& written);

/// That what was written somewhere cannot be used, and why.
failure wrong(const std::string& where, const std::string& detail);

/// What is said of a name, with its dashes, that no option has.
std::string no_such_option(const std::string& name);

}  // namespace suprsync
