#include "engine/commands/run_options.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/program_options/errors.hpp>
#include <climits>

#include "engine/commands/environment.hpp"
#include "engine/commands/site_options.hpp"
#include "engine/commands/written_options.hpp"
#include "engine/config/configuration_file.hpp"
#include "engine/config/configuration_keys.hpp"
#include "engine/config/configuration_layers.hpp"
#include "engine/config/effective_configuration.hpp"
#include "engine/config/source_file.hpp"
#include "engine/model/text.hpp"
#include "http/server/access_control.hpp"
#include "http/server/listen_address.hpp"
#include "http/server/tls.hpp"

namespace po = boost::program_options;

namespace suprsync {

namespace {

std::optional<std::string> text_of(const given_values& values, const std::string& option) {
    const auto place = values.find(option);
    return place == values.end() ? std::nullopt : std::optional(place->second.texts.front());
}

// ---- the layers

std::string host_name() {
    std::array<char, HOST_NAME_MAX + 1> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

// Defaults that are not constants.
given_values environment_values() {
    given_values values;
    values["instance-id"] = {{environment_variable("INSTANCE_ID").value_or(host_name())},
                             {"", "INSTANCE_ID"}};
    if (const auto level = environment_variable("LOGLEVEL"))
        values["log-level"] = {{*level}, {"", "LOGLEVEL"}};
    return values;
}

// Where nothing says what is to be done: the site's file, or the system's.
result<void> add_default_file(given_values& others, const given_values& keys) {
    if (others.contains("config") || others.contains("site-file") || keys.contains("archive-name") ||
        keys.contains("db-path"))
        return {};
    const auto directory = environment_variable("OCS_CONFIG_DIR");
    const auto file = directory ? *directory + "/default.yaml" : "/etc/suprsync/suprsync.yaml";
    if (::access(file.c_str(), F_OK) != 0)
        return wrong(
            "the command line",
            fmt::format(
                "it names no configuration, and there is no {}: say --config FILE, --site-file FILE, or --archive-name with --remote-basedir, --db-path and --suprsync-file-root",
                file));
    others[directory ? "site-file" : "config"] = {{file}, {"", "the default"}};
    return {};
}

// ---- the whole

result<void> check_listening(const std::vector<std::string>& addresses, bool has_token) {
    const auto wrong_address = [](const std::string& detail) { return wrong("http-listen", detail); };
    std::vector<listen_address> seen;
    for (const auto& text : addresses) {
        const auto where = parse_listen_address(text);
        if (!where) return where.error();
        if (where->what == listen_address::kind::off && addresses.size() > 1)
            return wrong_address("off stands alone: leave it out, or the other addresses");
        if (!where->local_only() && !has_token)
            return wrong_address(fmt::format(
                "others can reach {}: set a token (--http-token-file), or listen on 127.0.0.1, [::1] or unix:PATH",
                where->text()));
        if (where->what == listen_address::kind::unix_socket && !where->path.starts_with('/'))
            return wrong_address(fmt::format("expected an absolute path after unix:, got '{}'", where->path));
        if (std::find(seen.begin(), seen.end(), *where) != seen.end())
            return wrong_address(where->text() + " is given twice");
        seen.push_back(*where);
    }
    return {};
}

// By its name or number; its number.
result<unsigned> group_named(const std::string& name) {
    if (const auto number = read_number<unsigned>(name)) return *number;
    std::vector<char> room(65536);
    ::group entry{}, *found = nullptr;
    ::getgrnam_r(name.c_str(), &entry, room.data(), room.size(), &found);
    if (found) return static_cast<unsigned>(found->gr_gid);
    return wrong("http-socket-group", fmt::format("there is no group '{}' on this machine", name));
}

// What the HTTP server would refuse is refused before anything is opened.
result<void> check_http_server(const daemon_configuration& c, const std::string& token,
                               const configuration_layers& layers) {
    const auto wrong_option = [&](const char* option, const std::string& detail) {
        return wrong(origin_of_option(layers, option).text(), detail);
    };
    if (const auto fine = check_listening(c.http_listen, !token.empty()); !fine)
        return wrong_option("http-listen", fine.error().detail);
    for (const auto& name : c.http_host_names)
        if (!is_host_name(name))
            return wrong_option(
                "http-host-name",
                fmt::format("expected a host name or an IP address, without a port, got '{}'", name));
    if (c.http_tls_certificate) {
        const auto tls = make_tls_context(*c.http_tls_certificate, *c.http_tls_key);
        if (!tls) return wrong_option("http-tls-certificate", tls.error().text());
    }
    return {};
}

result<run_options> put_together(written_options written) {
    run_options options;
    configuration_layers layers;
    layers.environment = environment_values();
    if (written.stray)
        return wrong("the command line", fmt::format("unexpected argument '{}': options begin with --",
                                                     written.stray->texts.front()));
    if (auto r = add_from_environment(written, options.warnings); !r) return r.error();
    layers.command_line = std::move(written.keys);
    if (auto r = add_default_file(written.others, layers.command_line); !r) return r.error();
    const auto config = text_of(written.others, "config");
    const auto site = text_of(written.others, "site-file");
    auto host = text_of(written.others, "site-host");
    if (config && site) return wrong("--site-file", "it cannot be had together with --config");
    if (host && !config && !site) return wrong("--site-host", "it has no meaning without --site-file");
    options.file = config.value_or(site.value_or(""));
    if (config)
        if (auto r = read_configuration_file(*config, layers); !r) return r.error();
    if (site) {
        if (!host) host = environment_variable("SITE_HOST").value_or(host_name());
        auto instance = text_of(layers.command_line, "instance-id");
        if (!instance) instance = environment_variable("INSTANCE_ID");
        const auto entries = read_site_file({*site, *host, instance}, layers, options.warnings);
        if (!entries) return entries.error();
        for (const auto& one : *entries)
            options.agents.push_back({one.instance_id, one.place, one.manage, one.manager});
    }
    auto assembled = assemble(layers);
    if (!assembled) return assembled.error();
    if (written.others.contains("print-config")) options.effective = show_effective(*assembled);
    options.daemon = std::move(assembled->configuration);
    auto& c = options.daemon;
    c.once = written.others.contains("once");
    // "none" is no level, which makes it off.
    options.logging = {spdlog::level::from_str(c.log_level), c.log_format == "json"};
    options.check_config = written.others.contains("check-config");
    if (c.http_token_file) {
        auto token = read_token(*c.http_token_file);
        if (!token) return wrong(origin_of_option(layers, "http-token-file").text(), token.error().detail);
        options.token = *token;
    }
    if (auto r = check_http_server(c, options.token, layers); !r) return r.error();
    if (c.http_socket_group) {
        const auto group = group_named(*c.http_socket_group);
        if (!group) return wrong(origin_of_option(layers, "http-socket-group").text(), group.error().detail);
        options.socket_group = *group;
    }
    for (auto& warning : assembled->warnings) options.warnings.push_back(std::move(warning));
    for (const auto& foreign : foreign_options())
        if (written.others.contains(foreign.option))
            options.warnings.push_back(
                fmt::format("--{} is skipped: it is an option of {}", foreign.option, foreign.whose));
    return options;
}

}  // namespace

result<parsed_run> parse_run_options(const std::vector<std::string>& arguments, const std::string& usage) {
    const auto on_command_line = [](std::size_t, const std::string& option) -> value_origin {
        return {"", option};
    };
    try {
        auto written = read_words(arguments, on_command_line, false);
        if (!written) return written.error();
        if (written->others.contains("help")) {
            return parsed_run{std::nullopt, usage + options_help()};
        }
        auto options = put_together(std::move(*written));
        if (!options) return options.error();
        return parsed_run{std::move(*options), ""};
    } catch (const po::unknown_option& e) {
        return wrong(e.get_option_name(), no_such_option(e.get_option_name()));
    } catch (const po::error& e) {
        return wrong("the command line", e.what());
    }
}

}  // namespace suprsync
