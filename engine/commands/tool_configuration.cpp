#include "engine/commands/tool_configuration.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/commands/run_options.hpp"
#include "engine/commands/written_options.hpp"
#include "engine/loop/this_machine.hpp"

namespace suprsync {

namespace {

// A configuration names secrets, so that not everybody may read it.
std::string who_may_read(const std::string& file) {
    struct ::stat facts{};
    if (::access(file.c_str(), R_OK) == 0 || ::stat(file.c_str(), &facts) != 0) return "";
    const auto me = name_of_account(::geteuid());
    const auto group = name_of_group(facts.st_gid);
    // Nobody should join root's group for that.
    if ((facts.st_mode & S_IRGRP) == 0 || facts.st_gid == 0)
        return fmt::format(
            "; only {} may read it: ask as that account (sudo -u {} suprsync ...), or say where the daemon is (--db PATH, --http ADDRESS)",
            name_of_account(facts.st_uid), name_of_account(facts.st_uid));
    return fmt::format(
        "; {} is not in its group {}: join it (usermod -aG {} {}), or say where the daemon is (--db PATH, --http ADDRESS)",
        me, group, group, me);
}

std::string first_of(const given_values& values, const std::string& option) {
    const auto place = values.find(option);
    return place == values.end() ? "" : place->second.texts.front();
}

}  // namespace

std::vector<command_option> with_configuration_option(std::vector<command_option> own) {
    own.push_back(
        {"config", "FILE",
         "the daemon's configuration, which says where its catalog is and where it answers ($SUPRSYNC_CONFIG, else $OCS_CONFIG_DIR/default.yaml, else /etc/suprsync/suprsync.yaml)"});
    return own;
}

tool_configuration read_tool_configuration(const tool_arguments& arguments) {
    tool_configuration found;
    written_options written;
    if (const auto file = arguments.text("config")) written.others["config"] = {{*file}, {"", "--config"}};
    add_from_environment(written);
    if (!written.others.contains("config") && !written.others.contains("site-file")) {
        const auto [option, file] = where_nothing_is_named();
        if (::access(file.c_str(), F_OK) != 0) {
            found.daemon.db_path = first_of(written.keys, "db-path");
            if (const auto listen = written.keys.find("http-listen"); listen != written.keys.end())
                found.daemon.http_listen = listen->second.texts;
            return found;
        }
        found.is_default = true;
        written.others[option] = {{file}, {"", "the default"}};
    }
    const auto place = written.others.find(written.others.contains("config") ? "config" : "site-file");
    found.file = place->second.texts.front();
    const auto by_variable = first_of(written.keys, "db-path");
    auto options = read_configuration(std::move(written), secret_files::left);
    if (options) {
        found.daemon = std::move(options->daemon);
        return found;
    }
    auto why = options.error();
    why.code = failure_code::invalid;
    why.detail += who_may_read(found.file);
    if (!found.is_default) throw failure_error(why);
    found.unusable = why.text();
    found.daemon.db_path = by_variable;
    return found;
}

}  // namespace suprsync
