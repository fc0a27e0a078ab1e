#include "engine/commands/run_options.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "engine/commands/accounts.hpp"
#include "engine/commands/environment.hpp"
#include "engine/commands/notify_entries.hpp"
#include "engine/commands/option_descriptions.hpp"
#include "engine/commands/site_options.hpp"
#include "engine/config/configuration_file.hpp"
#include "engine/config/configuration_keys.hpp"
#include "engine/config/configuration_layers.hpp"
#include "engine/config/effective_configuration.hpp"
#include "engine/config/source_file.hpp"
#include "engine/loop/this_machine.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"
#include "http/ocs/hub_address.hpp"
#include "http/server/access_control.hpp"
#include "http/server/listen_address.hpp"
#include "http/server/tls.hpp"

namespace suprsync {

namespace {

std::optional<std::string> text_of(const given_values& values, const std::string& option) {
    const auto place = values.find(option);
    return place == values.end() ? std::nullopt : std::optional(place->second.texts.front());
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

struct checked_http {
    std::string token;                     ///< content of --http-token-file
    std::optional<unsigned> socket_group;  ///< number of --http-socket-group
    std::vector<failure> mistakes;  ///< addresses, names, files and groups, each with where it was written
};

// What the HTTP server and the client of the hub would refuse of a configuration, found before anything is
// opened, and all of it at once. Reads the files that the options name (token, certificate, key), and opens
// nothing else. `layers` are those that the configuration was put together from.
class http_check {
  public:
    http_check(const daemon_configuration& c, const configuration_layers& layers, secret_files which)
        : c_(c), layers_(layers), reads_secrets_(which == secret_files::read) {}

    checked_http run() {
        if (c_.http_token_file && reads_secrets_) read_the_token();
        for (const auto& text : c_.http_listen) check_address(text);
        for (const auto& name : c_.http_host_names)
            if (!is_host_name(name))
                note("http-host-name", expected_not("a host name or an IP address, without a port", name));
        if (c_.http_tls_certificate && c_.http_tls_key && reads_secrets_) check_tls();
        if (c_.http_socket_group) find_group(*c_.http_socket_group);
        if (c_.ocs_hub != "off")
            if (const auto hub = parse_hub_address(c_.ocs_hub); !hub)
                note("site-hub", fmt::format("{}, got '{}'", hub.error().detail, abridged(c_.ocs_hub)));
        return std::move(done_);
    }

  private:
    void note(const char* option, const std::string& detail) {
        done_.mistakes.push_back(
            {failure_code::invalid, "use", origin_of_option(layers_, option).text(), detail});
    }

    void read_the_token() {
        auto token = read_token(*c_.http_token_file);
        if (token)
            done_.token = std::move(*token);
        else
            note("http-token-file", token.error().detail);
    }

    void check_address(const std::string& text) {
        const auto wrong_address = [&](const std::string& detail) { note("http-listen", detail); };
        const auto where = parse_listen_address(text);
        if (!where) return wrong_address(where.error().detail);
        using kind = listen_address::kind;
        if (where->what == kind::off && c_.http_listen.size() > 1)
            wrong_address("off stands alone: leave it out, or the other addresses");
        // A token that cannot be read is a mistake of its own.
        const bool token_is_meant =
            c_.http_token_file || layers_.tried.contains("http-token-file") || layers_.file_unread;
        if (!where->local_only() && !token_is_meant)
            wrong_address(fmt::format(
                "others can reach {}: set a token (--http-token-file), or listen on 127.0.0.1, [::1] or unix:PATH",
                where->text()));
        if (where->what == kind::unix_socket && !where->path.starts_with('/'))
            wrong_address(expected_not("an absolute path after unix:", where->path));
        if (std::find(seen_.begin(), seen_.end(), *where) != seen_.end())
            wrong_address(where->text() + " is given twice");
        seen_.push_back(*where);
    }

    void check_tls() {
        const auto files = read_tls_files(*c_.http_tls_certificate, *c_.http_tls_key);
        if (files.certificate_fault) note("http-tls-certificate", files.certificate_fault->text());
        if (files.key_fault) note("http-tls-key", files.key_fault->text());
    }

    // By its name or number.
    void find_group(const std::string& name) {
        done_.socket_group = read_number<unsigned>(name);
        if (done_.socket_group) return;
        done_.socket_group = group_number(name);
        if (!done_.socket_group)
            note("http-socket-group", fmt::format("there is no group '{}' on this machine", abridged(name)));
    }

    const daemon_configuration& c_;
    const configuration_layers& layers_;
    const bool reads_secrets_;
    std::vector<listen_address> seen_;
    checked_http done_;
};

// Everything that is told of this run, put together; whatever is wrong with it is told at once.
class run_reader {
  public:
    run_reader(written_options written, secret_files which) : written_(std::move(written)), which_(which) {}

    result<run_options> read() {
        options_.written = written_;
        options_.warnings = written_.warnings;
        layers_.environment = environment_values();
        layers_.mistakes = std::move(written_.mistakes);
        for (const auto& stray : written_.strays)
            mistake("the command line", fmt::format("unexpected argument '{}': options begin with --",
                                                    abridged(stray.texts.front())));
        layers_.command_line = std::move(written_.keys);
        layers_.tried = written_.tried;
        choose_file();
        auto assembled = put_together(layers_);
        auto http = http_check(assembled.configuration, layers_, which_).run();
        auto& mistakes = assembled.mistakes;
        const auto of_notify = read_notify_entries(assembled.configuration, assembled.notify_origins, which_);
        mistakes.insert(mistakes.end(), of_notify.begin(), of_notify.end());
        mistakes.insert(mistakes.end(), http.mistakes.begin(), http.mistakes.end());
        if (!mistakes.empty()) return all_in_one(mistakes);
        options_.token = std::move(http.token);
        options_.socket_group = http.socket_group;
        return with(std::move(assembled));
    }

  private:
    void mistake(const std::string& where, const std::string& detail) {
        layers_.mistakes.push_back(wrong(where, detail));
    }
    bool is_given(const std::string& option) const {
        return written_.others.contains(option) || layers_.command_line.contains(option);
    }

    void choose_file() {
        const auto names_configuration = {"config", "site-file", "archive-name", "db-path"};
        if (std::none_of(names_configuration.begin(), names_configuration.end(),
                         [&](const char* option) { return is_given(option); })) {
            const bool meant =
                std::any_of(names_configuration.begin(), names_configuration.end(),
                            [&](const char* option) { return written_.tried.contains(option); });
            if (meant || !add_default_file()) {
                layers_.file_unread = true;
                return;
            }
        }
        const auto config = text_of(written_.others, "config");
        const auto site = text_of(written_.others, "site-file");
        const auto host = text_of(written_.others, "site-host");
        if (config && site) mistake("--site-file", "it cannot be had together with --config");
        if (host && !config && !site) mistake("--site-host", "it has no meaning without --site-file");
        options_.file = config.value_or(site.value_or(""));
        options_.is_site_file = !config && site;
        if (config)
            read_config(*config);
        else if (site)
            read_site(*site, host);
        else if (written_.tried.contains("config") || written_.tried.contains("site-file"))
            layers_.file_unread = true;
    }

    // Where nothing says what is to be done: the site's file, or the system's.
    bool add_default_file() {
        const auto [option, file] = where_nothing_is_named();
        if (::access(file.c_str(), F_OK) == 0) {
            written_.others[option] = {{file}, {"", "the default"}};
            return true;
        }
        mistake(
            "the command line",
            fmt::format(
                "it names no configuration, and there is no {}: say --config FILE, --site-file FILE, or --archive-name with --remote-basedir, --db-path and --suprsync-file-root",
                file));
        return false;
    }

    void read_config(const std::string& file) {
        const auto read = read_configuration_file(file, layers_);
        if (read) return;
        layers_.mistakes.push_back(read.error());
        layers_.file_unread = true;
    }

    void read_site(const std::string& file, std::optional<std::string> host) {
        // As the start of the agent's container does, which makes an option of it.
        if (const auto hub = environment_variable("SITE_HUB"))
            layers_.command_line.try_emplace("site-hub", given_value{{*hub}, {"", "SITE_HUB"}});
        if (!host) host = environment_variable("SITE_HOST").value_or(host_name());
        auto instance = text_of(layers_.command_line, "instance-id");
        if (!instance) instance = environment_variable("INSTANCE_ID");
        for (const auto& one : read_site_file({file, *host, instance}, layers_, options_.notices))
            options_.agents.push_back({one.instance_id, one.place, one.manage, one.manager});
    }

    run_options with(assembled_configuration assembled) {
        if (written_.others.contains("print-config")) options_.effective = show_effective(assembled);
        options_.daemon = std::move(assembled.configuration);
        auto& c = options_.daemon;
        c.once = written_.others.contains("once");
        // "none" is no level, which makes it off.
        options_.logging = {spdlog::level::from_str(c.log_level), c.log_format == "json"};
        options_.check_config = written_.others.contains("check-config");
        if (!options_.agents.empty() && !c.once && !assembled.origins.contains("site-hub"))
            options_.warnings.push_back(fmt::format(
                "{}: it names no hub (hub.wamp_server), so OCS sees nothing of these archives: name it there or with --site-hub URL, or say --site-hub off",
                layers_.file->place));
        for (auto& warning : assembled.warnings) options_.warnings.push_back(std::move(warning));
        for (auto& notice : assembled.notices) options_.notices.push_back(std::move(notice));
        for (const auto& foreign : foreign_options())
            if (written_.others.contains(foreign.option))
                options_.notices.push_back(
                    fmt::format("--{} is skipped: it is an option of {}", foreign.option, foreign.whose));
        return std::move(options_);
    }

    written_options written_;
    const secret_files which_;
    configuration_layers layers_;
    run_options options_;
};

}  // namespace

result<run_options> read_configuration(written_options written, secret_files which) {
    return run_reader(std::move(written), which).read();
}

std::string absolute_file(const std::string& file) {
    std::error_code none;
    return file.empty() ? file : std::filesystem::absolute(file, none).lexically_normal().string();
}

default_configuration where_nothing_is_named() {
    if (const auto directory = environment_variable("OCS_CONFIG_DIR"))
        return {"site-file", *directory + "/default.yaml"};
    return {"config", "/etc/suprsync/suprsync.yaml"};
}

result<parsed_run> parse_run_options(const std::vector<std::string>& arguments, const std::string& usage) {
    const auto on_command_line = [](std::size_t, const std::string& option) -> value_origin {
        return {"", option};
    };
    auto written = read_words(arguments, on_command_line);
    if (written.others.contains("help")) return parsed_run{std::nullopt, usage + options_help()};
    add_from_environment(written);
    auto options = read_configuration(std::move(written));
    if (!options) return options.error();
    return parsed_run{std::move(*options), ""};
}

}  // namespace suprsync
