// The options of `suprsync run` (spec, One program): read from the command line, a configuration file or an
// OCS site file, and the environment, and checked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/commands/logging.hpp"
#include "engine/commands/written_options.hpp"
#include "engine/config/configuration.hpp"
#include "engine/model/failure.hpp"
#include "engine/rules/hand_over.hpp"

namespace suprsync {

struct run_options {
    daemon_configuration daemon;
    logging_options logging;
    std::string token;                     ///< content of --http-token-file
    std::optional<unsigned> socket_group;  ///< number of --http-socket-group
    std::vector<std::string> notices;      ///< to be logged: options of other programs, which are skipped
    std::vector<std::string> warnings;  ///< to be logged: options that were to have an effect and have none
    std::string file;                   ///< of --config or --site-file: read again on SIGHUP; empty: none
    bool is_site_file = false;          ///< of --site-file
    std::vector<agent_entry> agents;    ///< the entries of --site-file that are served
    bool check_config = false;          ///< do nothing but this check
    std::string effective;              ///< of --print-config: to be printed, and nothing else done
    written_options written;            ///< what it was put together from, beside files
};

/// The path of such a file as the daemon and whoever asks it to read that file again name it: absolute,
/// without `.` and `..`. The working directory stays the same. Empty: none.
std::string absolute_file(const std::string& file);

/// What was asked for: to run, or the text of --help.
struct parsed_run {
    std::optional<run_options> options;
    std::string help;
};

/// Failure: the text names the option, or file, line and key, what was given and what was expected. Nothing
/// is opened but the files that options name (configuration, token, certificate). `usage` is the beginning of
/// the help.
result<parsed_run> parse_run_options(const std::vector<std::string>& arguments, const std::string& usage);

/// Which files are opened: those that hold secrets, too, or the configuration alone, as for a tool whose
/// account may not read them.
enum class secret_files { read, left };

/// The same of options that are read already, with the files as they are now. On any thread.
result<run_options> read_configuration(written_options written, secret_files which = secret_files::read);

/// The configuration where nobody names one, whether it is there or not, and the option that would name it.
struct default_configuration {
    std::string option;  ///< without dashes
    std::string file;
};
default_configuration where_nothing_is_named();

}  // namespace suprsync
