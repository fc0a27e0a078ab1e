// Puts a configuration together from what was written where: the environment gives defaults, a file stands
// above it, the command line above both. Remembers who said what, so that every mistake is reported with its
// place.
#pragma once

#include <map>
#include <optional>
#include <set>
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

/// One of the archives, or of those that are told (notify).
struct given_entry {
    given_values values;
    value_origin origin;      ///< of the whole entry
    bool by_options = false;  ///< written as options (a site file), not as keys
    std::set<std::string> tried =
        {};  ///< options that a mistake stands for: that they are missing is none more
};

/// A value that another one of the same key follows: it counts for nothing, and may be wrong none the less.
struct superseded_value {
    std::string option;
    given_value given;
};

struct configuration_layers {
    given_values environment;
    std::optional<value_origin> file;  ///< the file that gave the following, where there is one
    bool file_by_options = false;      ///< it is a site file
    given_values of_file;              ///< of the whole daemon
    std::vector<given_entry> archives;
    std::vector<given_entry> notify;
    given_values command_line;  ///< of the daemon, and of every archive
    std::vector<superseded_value> superseded;
    std::vector<failure> mistakes;  ///< in what was read
    std::set<std::string> tried;    ///< as an archive's, for all of them
    bool archives_unread = false;   ///< there may be more of them
    bool file_unread = false;       ///< nothing is known of what the file holds
};

/// Where the value of an option of the daemon was written; the option itself where none was.
value_origin origin_of_option(const configuration_layers& layers, const std::string& option);

/// By option: where its value was written; none where it is the default.
using value_origins = std::map<std::string, value_origin>;

struct assembled_configuration {
    daemon_configuration configuration;
    value_origins origins;
    std::vector<value_origins> archive_origins;  ///< in the order of the configuration's archives
    std::vector<value_origins> notify_origins;   ///< in the order of its entries of `notify`
    std::vector<std::string> notices;            ///< options of the agent that were given and have no effect
    std::vector<std::string> warnings;           ///< others that were given and have none
    std::vector<failure>
        mistakes;  ///< those of the layers, then those of the values; where any, not to be used
};

/// Reads the values, lets archives inherit what they do not have, and checks the whole. Where archives come
/// from a file, `--archive-name` on the command line picks one of them. Of a mistake the subject says where
/// it is, the detail what was expected.
assembled_configuration put_together(const configuration_layers& layers);

/// The same. Failure: all_in_one() of the mistakes.
result<assembled_configuration> assemble(const configuration_layers& layers);

/// All of them, each once, as the first one: the further ones, of 100 at most, follow in its detail, a line
/// each.
failure all_in_one(const std::vector<failure>& mistakes);

}  // namespace suprsync
