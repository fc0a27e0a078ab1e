// The entries of an OCS site file as archives: each entry's arguments are options of `suprsync run`.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/configuration_layers.hpp"
#include "engine/config/ocs_site.hpp"
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

/// How words become options. Throws boost::program_options::error where they have not the form of options.
using words_reader =
    std::function<result<written_options>(const std::vector<std::string>&, const origin_of_word&)>;

/// Fills `file`, `of_file` and `archives`; options of the whole daemon must be the same in every entry. What
/// is skipped is added to `warnings`. Failure `invalid`: the subject is the place and the option.
result<void> read_site_file(const ocs_site_request& request, const words_reader& read,
                            configuration_layers& layers, std::vector<std::string>& warnings);

}  // namespace suprsync
