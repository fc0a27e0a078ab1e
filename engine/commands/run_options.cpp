#include "engine/commands/run_options.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>
#include <cctype>
#include <climits>
#include <cstdlib>
#include <set>
#include <sstream>

#include "engine/commands/option_table.hpp"
#include "engine/config/configuration_file.hpp"
#include "engine/config/configuration_keys.hpp"
#include "engine/config/configuration_layers.hpp"
#include "engine/config/ocs_site.hpp"
#include "engine/config/text_file.hpp"
#include "http/server/access_control.hpp"
#include "http/server/listen_address.hpp"
#include "http/server/tls.hpp"

namespace po = boost::program_options;

namespace suprsync {

namespace {

failure wrong(const std::string& option, const std::string& detail) {
    return {failure_code::invalid, "use", option, detail};
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::string host_name() {
    std::array<char, HOST_NAME_MAX + 1> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::optional<std::string> text_of(const po::variables_map& given, const char* option) {
    return given.count(option) ? std::optional(given[option].as<std::string>()) : std::nullopt;
}

po::options_description this_run() {
    const auto value = [](const char* what) { return po::value<std::string>()->value_name(what); };
    po::options_description options("this run");
    options.add_options()(
        "config", value("FILE"),
        "configuration file, YAML, for any number of archives; options given here win; SIGHUP reads it again")(
        "site-file", value("FILE"),
        "OCS site configuration: every SupRsync entry of this host, or the one that --instance-id names")(
        "site-host", value("NAME"), "host of the site configuration ($SITE_HOST, or this machine's name)")(
        "check-config", po::bool_switch(), "check the configuration, and do nothing else")(
        "once", po::bool_switch(), "settle what is there, then exit: 0 all settled, 3 something is not")(
        "help,h", "this text");
    return options;
}

// Defaults that are not constants.
given_values environment_values() {
    given_values values;
    const auto instance = environment("INSTANCE_ID");
    values["instance-id"] = {{instance.empty() ? host_name() : instance}, {"", "INSTANCE_ID"}};
    if (const auto level = environment("LOGLEVEL"); !level.empty())
        values["log-level"] = {{level}, {"", "LOGLEVEL"}};
    return values;
}

result<void> read_site(const po::variables_map& given, configuration_layers& layers,
                       std::vector<std::string>& notices) {
    ocs_site_request request;
    request.file = given["site-file"].as<std::string>();
    request.host = environment("SITE_HOST").empty() ? host_name() : environment("SITE_HOST");
    if (auto host = text_of(given, "site-host")) request.host = *host;
    request.instance_id = text_of(given, "instance-id");
    if (const auto id = environment("INSTANCE_ID"); !request.instance_id && !id.empty())
        request.instance_id = id;
    auto instances = read_ocs_site(request);
    if (!instances) return instances.error();
    layers.file = value_origin{request.file, ""};
    layers.file_by_options = true;
    for (const auto& instance : *instances) {
        auto archive = values_of_instance(instance, layers.of_file, notices);
        if (!archive) return archive.error();
        layers.archives.push_back(std::move(*archive));
    }
    // The daemon as a whole goes by its only entry's name, or by the host's.
    if (instances->size() == 1) layers.of_file["instance-id"] = layers.archives[0].values["instance-id"];
    // It picked the entry, whose own arguments may say otherwise.
    layers.command_line.erase("instance-id");
    return {};
}

result<std::string> read_token(const daemon_configuration& c) {
    auto token = read_text_file(*c.http_token_file);
    if (!token) return wrong("--http-token-file", token.error().text());
    while (!token->empty() && std::isspace(static_cast<unsigned char>(token->back()))) token->pop_back();
    if (token->empty())
        return wrong("--http-token-file", fmt::format("'{}' holds no token", *c.http_token_file));
    // A header carries it: what else stands there could never be sent.
    if (!std::all_of(token->begin(), token->end(), [](char x) { return x > ' ' && x < '\x7f'; }))
        return wrong(
            "--http-token-file",
            fmt::format(
                "expected one token of visible ASCII characters in '{}', got more lines, spaces or other characters",
                *c.http_token_file));
    return token;
}

// What the HTTP server would refuse is refused before anything is opened.
result<void> check_door(const run_options& options) {
    const auto& c = options.daemon;
    const auto where = parse_listen_address(c.http_listen);
    if (!where) return wrong("--http-listen", where.error().detail);
    if (!where->local_only() && options.token.empty())
        return wrong(
            "--http-listen",
            fmt::format(
                "others can reach {}: set a token (--http-token-file), or listen on 127.0.0.1, [::1] or unix:PATH",
                where->text()));
    if (where->what == listen_address::kind::unix_socket && !where->path.starts_with('/'))
        return wrong("--http-listen",
                     fmt::format("expected an absolute path after unix:, got '{}'", where->path));
    for (const auto& name : c.http_host_names)
        if (!is_host_name(name))
            return wrong(
                "--http-host-name",
                fmt::format("expected a host name or an IP address, without a port, got '{}'", name));
    if (c.http_tls_certificate && !c.http_tls_key)
        return wrong("--http-tls-certificate", "it goes with --http-tls-key, which is missing");
    if (c.http_tls_key && !c.http_tls_certificate)
        return wrong("--http-tls-key", "it goes with --http-tls-certificate, which is missing");
    if (c.http_tls_certificate) {
        const auto tls = make_tls_context(c.http_tls_certificate.value_or(""), c.http_tls_key.value_or(""));
        if (!tls) return wrong("--http-tls-certificate", tls.error().text());
    }
    return {};
}

// An option that is wrong is named where it was written.
failure with_origin(failure f, const configuration_layers& layers) {
    const auto option = f.subject.substr(2);
    for (const auto* layer : {&layers.command_line, &layers.of_file})
        if (const auto place = layer->find(option); place != layer->end()) {
            f.subject = place->second.origin.text();
            break;
        }
    return f;
}

result<run_options> taken(const po::variables_map& given) {
    run_options options;
    configuration_layers layers;
    layers.environment = environment_values();
    auto on_command_line = values_given(given);
    if (!on_command_line) return on_command_line.error();
    layers.command_line = std::move(*on_command_line);
    if (given.count("stray"))
        return wrong("the command line", fmt::format("unexpected argument '{}': options begin with --",
                                                     given["stray"].as<std::vector<std::string>>().front()));
    if (given.count("config") && given.count("site-file"))
        return wrong("--site-file", "it cannot be had together with --config");
    if (const auto config = text_of(given, "config")) {
        options.file = *config;
        if (auto r = read_configuration_file(*config, layers); !r) return r.error();
    } else if (const auto site = text_of(given, "site-file")) {
        options.file = *site;
        if (auto r = read_site(given, layers, options.notices); !r) return r.error();
    } else if (given.count("site-host")) {
        return wrong("--site-host", "it has no meaning without --site-file");
    }
    auto assembled = assemble(layers);
    if (!assembled) return assembled.error();
    options.daemon = std::move(assembled->configuration);
    auto& c = options.daemon;
    c.once = given["once"].as<bool>();
    options.check_config = given["check-config"].as<bool>();
    const auto level = read_log_level(c.log_level);
    if (!level) return wrong("--log-level", level.error().detail);
    options.logging.level = *level;
    options.logging.json = c.log_format == "json";
    if (c.http_token_file) {
        auto token = read_token(c);
        if (!token) return with_origin(token.error(), layers);
        options.token = *token;
    }
    if (auto r = check_door(options); !r) return with_origin(r.error(), layers);
    for (auto& notice : assembled->notices) options.notices.push_back(std::move(notice));
    for (const auto& foreign : foreign_options())
        if (given.count(foreign.name) && !given[foreign.name].defaulted())
            options.notices.push_back(
                fmt::format("--{} is skipped: it is an option of {}", foreign.name, foreign.whose));
    return options;
}

bool is_list(const std::string& option) {
    const auto* of_daemon = find_daemon_key(option);
    return option == "stray" || (of_daemon && of_daemon->kind == value_kind::list);
}

// As with the agent the last one counts, but for lists.
void keep_last(po::parsed_options& parsed) {
    std::set<std::string> met;
    std::vector<po::option> kept;
    for (auto option = parsed.options.rbegin(); option != parsed.options.rend(); ++option)
        if (is_list(option->string_key) || met.insert(option->string_key).second)
            kept.push_back(std::move(*option));
    std::reverse(kept.begin(), kept.end());
    parsed.options = std::move(kept);
}

}  // namespace

result<parsed_run> parse_run_options(const std::vector<std::string>& arguments, const std::string& usage) {
    auto options = described_options();
    options.add(this_run());
    po::options_description all;
    all.add(options).add(foreign_descriptions());
    all.add_options()("stray", po::value<std::vector<std::string>>());
    po::positional_options_description positional;
    positional.add("stray", -1);
    po::variables_map given;
    try {
        namespace style = po::command_line_style;
        auto parsed = po::command_line_parser(arguments)
                          .options(all)
                          .positional(positional)
                          .style(style::unix_style & ~style::allow_guessing)
                          .run();
        keep_last(parsed);
        po::store(parsed, given);
    } catch (const po::error& e) {
        return failure{failure_code::invalid, "use", "the command line", e.what()};
    }
    if (given.count("help")) {
        std::ostringstream text;
        text << usage << options;
        return parsed_run{std::nullopt, text.str()};
    }
    auto options_taken = taken(given);
    if (!options_taken) return options_taken.error();
    return parsed_run{std::move(*options_taken), ""};
}

}  // namespace suprsync
