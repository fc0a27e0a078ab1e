// The table of all configuration keys: name on the command line and in the file, type, meaning, unit,
// default, and how a value gets into the configuration and out of it. The options of `run`, their help, the
// reader of the configuration file, the comparison at a reload and the test of conf/suprsync.yaml all read
// this table, so that they cannot tell different things.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/configuration.hpp"

namespace suprsync {

enum class value_kind {
    single,  ///< one value
    flag,    ///< true or false; on the command line without a value
    list,    ///< any number of values; on the command line the option is repeated
};

template <class Configuration>
struct configuration_key {
    std::string option;  ///< on the command line, without dashes: "http-listen"
    std::string key;     ///< in the file; a dot stands between section and key: "http.listen"
    value_kind kind = value_kind::single;
    std::string value_name;          ///< for the help: "DIR"
    std::string meaning;             ///< for people, unit included
    std::string preset;              ///< the default in words; empty: it is required
    std::string expected;            ///< what a value must be, for messages
    std::vector<std::string> words;  ///< all that a value may be, where that is a closed set
    bool without_effect = false;     ///< accepted for compatibility, with a notice
    bool secret = false;       ///< says where a secret lies: shown as secret_shown in what others may read
    bool one_or_more = false;  ///< a list that a single text in the file is, too, and that is not empty

    /// Puts what was written into the configuration; false where it is not what is expected.
    std::function<bool(Configuration&, const std::vector<std::string>&)> take;
    /// What would have to be written to get the same; empty where nothing is set.
    std::function<std::vector<std::string>(const Configuration&)> show;
};

using archive_key = configuration_key<archive_configuration>;
using daemon_key = configuration_key<daemon_configuration>;

/// In the order in which people read them.
const std::vector<archive_key>& archive_keys();

/// Keys of the whole daemon. Those that archive_keys() has, too (`is_inherited`), hold for each archive that
/// has none of its own.
const std::vector<daemon_key>& daemon_keys();

/// An option of the daemon that an archive may have its own value of: instance-id, suprsync-file-root,
/// local-root.
bool is_inherited(std::string_view option);

/// An option that the Python agent has, or OCS gives it.
bool is_of_agent(std::string_view option);

const archive_key* find_archive_key(std::string_view option);
const daemon_key* find_daemon_key(std::string_view option);

/// An option of OCS itself, or of earlier versions of the agent, that has no meaning here.
struct foreign_option {
    std::string option;  ///< without dashes
    bool takes_value = true;
    std::string whose;  ///< "OCS" or "earlier versions of the agent"
};
const std::vector<foreign_option>& foreign_options();
const foreign_option* find_foreign_option(std::string_view option);

/// What is shown of a secret that is set.
inline constexpr const char* secret_shown = "<set>";

/// The values as others may read them.
template <class Configuration>
std::vector<std::string> shown_values(const configuration_key<Configuration>& key,
                                      const Configuration& from) {
    auto values = key.show(from);
    if (key.secret && !values.empty()) values = {secret_shown};
    return values;
}

/// The same of an archive's whole configuration.
archive_configuration without_secrets(archive_configuration of);

/// "a", "[a, b]" or "none": for logs and messages.
std::string show_values(value_kind kind, const std::vector<std::string>& values);

}  // namespace suprsync
