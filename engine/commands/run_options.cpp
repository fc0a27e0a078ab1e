#include "engine/commands/run_options.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>

#include "engine/commands/environment.hpp"
#include "engine/commands/http_check.hpp"
#include "engine/commands/site_options.hpp"
#include "engine/config/configuration_file.hpp"
#include "engine/config/configuration_keys.hpp"
#include "engine/config/configuration_layers.hpp"
#include "engine/config/effective_configuration.hpp"

namespace suprsync {

namespace {

std::optional<std::string> text_of(const given_values& values, const std::string& option) {
    const auto place = values.find(option);
    return place == values.end() ? std::nullopt : std::optional(place->second.texts.front());
}

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

// Everything that is told of this run, put together; whatever is wrong with it is told at once.
class run_reader {
  public:
    explicit run_reader(written_options written) : written_(std::move(written)) {}

    result<run_options> read() {
        options_.written = written_;
        options_.warnings = written_.warnings;
        layers_.environment = environment_values();
        layers_.mistakes = std::move(written_.mistakes);
        for (const auto& stray : written_.strays)
            mistake("the command line",
                    fmt::format("unexpected argument '{}': options begin with --", stray.texts.front()));
        layers_.command_line = std::move(written_.keys);
        layers_.tried = written_.tried;
        choose_file();
        auto assembled = put_together(layers_);
        auto http = check_http(assembled.configuration, layers_);
        auto& mistakes = assembled.mistakes;
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
        if (config)
            read_config(*config);
        else if (site)
            read_site(*site, host);
        else if (written_.tried.contains("config") || written_.tried.contains("site-file"))
            layers_.file_unread = true;
    }

    // Where nothing says what is to be done: the site's file, or the system's.
    bool add_default_file() {
        const auto directory = environment_variable("OCS_CONFIG_DIR");
        const auto file = directory ? *directory + "/default.yaml" : "/etc/suprsync/suprsync.yaml";
        if (::access(file.c_str(), F_OK) == 0) {
            written_.others[directory ? "site-file" : "config"] = {{file}, {"", "the default"}};
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
        if (!host) host = environment_variable("SITE_HOST").value_or(host_name());
        auto instance = text_of(layers_.command_line, "instance-id");
        if (!instance) instance = environment_variable("INSTANCE_ID");
        for (const auto& one : read_site_file({file, *host, instance}, layers_, options_.warnings))
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
        for (auto& warning : assembled.warnings) options_.warnings.push_back(std::move(warning));
        for (const auto& foreign : foreign_options())
            if (written_.others.contains(foreign.option))
                options_.warnings.push_back(
                    fmt::format("--{} is skipped: it is an option of {}", foreign.option, foreign.whose));
        return std::move(options_);
    }

    written_options written_;
    configuration_layers layers_;
    run_options options_;
};

}  // namespace

result<run_options> read_configuration(written_options written) {
    return run_reader(std::move(written)).read();
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
