// Puts a configuration together from what was written where: the environment gives defaults, a file stands
// above it, the command line above both. Remembers who said what, so that every mistake is reported with its
// place.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/configuration.hpp"
#include "engine/model/failure.hpp"

namespace suprsync {

/// Where a value was written, for people.
struct value_origin {
    std::string place;  ///< "/etc/suprsync.yaml:12"; empty outside files
    std::string name;   ///< "archives[0].copy_timeout", "--copy-timeout", "LOGLEVEL"

    /// "PLACE: NAME", or NAME alone.
    std::string text() const;
};

struct given_value {
    std::vector<std::string> texts;  ///< one, or the elements of a list
    value_origin origin;
};

/// By option, without dashes.
using given_values = std::map<std::string, given_value>;

struct given_archive {
    given_values values;
    value_origin origin;      ///< of the whole entry
    bool by_options = false;  ///< written as options (a site file), not as keys
};

struct configuration_layers {
    given_values environment;
    std::optional<value_origin> file;  ///< the file that gave the following, where there is one
    bool file_by_options = false;      ///< it is a site file
    given_values of_file;              ///< of the whole daemon
    std::vector<given_archive> archives;
    given_values command_line;      ///< of the daemon, and of every archive
    std::vector<failure> mistakes;  ///< in what was read
};

/// Where the value of an option of the daemon was written; the option itself where none was.
value_origin origin_of_option(const configuration_layers& layers, const std::string& option);

/// By option: where its value was written; none where it is the default.
using value_origins = std::map<std::string, value_origin>;

struct assembled_configuration {
    daemon_configuration configuration;
    value_origins origins;
    std::vector<value_origins> archive_origins;  ///< in the order of the configuration's archives
    std::vector<std::string> warnings;           ///< options without effect that were given
};

/// Reads the values, lets archives inherit what they do not have, and checks the whole. Where archives come
/// from a file, `--archive-name` on the command line picks one of them. Failure `invalid`: the subject says
/// where, the detail what was expected; further mistakes, of 100 at most, follow in it, a line each.
result<assembled_configuration> assemble(const configuration_layers& layers);

}  // namespace suprsync
