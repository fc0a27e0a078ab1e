#include "engine/commands/option_descriptions.hpp"

#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <sstream>

#include "engine/config/configuration_keys.hpp"

namespace po = boost::program_options;

namespace suprsync {

namespace {

// What their values must be is known to the table of keys.

template <class Key>
void describe(const Key& key, po::options_description& into) {
    const bool says_nothing = key.kind == value_kind::flag || key.without_effect;
    const auto help = says_nothing
                          ? key.meaning
                          : fmt::format("{} ({})", key.meaning, key.preset.empty() ? "required" : key.preset);
    if (key.kind == value_kind::flag)
        into.add_options()(key.option.c_str(), po::bool_switch(), help.c_str());
    else
        into.add_options()(key.option.c_str(), po::value<std::string>()->value_name(key.value_name),
                           help.c_str());
}

// With its title, which the library does not tell.
struct option_group {
    explicit option_group(const std::string& t) : title(t), options(t) {}
    std::string title;
    po::options_description options;
};

std::vector<option_group> groups_of_keys() {
    option_group archive("the archive (with a file: of every archive in it)"), daemon("the daemon"),
        http("the HTTP interface"), ocs("OCS");
    for (const auto& key : archive_keys())
        if (!is_inherited(key.option)) describe(key, archive.options);
    for (const auto& key : daemon_keys())
        describe(key, (key.key.starts_with("http.")  ? http
                       : key.key.starts_with("ocs.") ? ocs
                                                     : daemon)
                          .options);
    return {archive, daemon, http, ocs};
}

po::options_description options_of_keys() {
    po::options_description all;
    for (const auto& group : groups_of_keys()) all.add(group.options);
    return all;
}

option_group options_of_this_run() {
    const auto value = [](const char* what) { return po::value<std::string>()->value_name(what); };
    option_group group("this run");
    group.options.add_options()(
        "config", value("FILE"),
        "configuration file, YAML, for any number of archives; options given here win; SIGHUP reads it again")(
        "site-file", value("FILE"),
        "OCS site configuration: every SupRsync entry of this host, or the one that --instance-id names")(
        "site-host", value("NAME"), "host of the site configuration ($SITE_HOST, or this machine's name)")(
        "check-config", po::bool_switch(), "check the configuration, and do nothing else")(
        "print-config", po::bool_switch(),
        "print the configuration that it would go by, with where each value comes from, and do nothing else")(
        "once", po::bool_switch(), "settle what is there, then exit: 0 all settled, 3 something is not")(
        "help,h", "this text");
    return group;
}

po::options_description foreign_descriptions() {
    po::options_description all;
    for (const auto& option : foreign_options()) {
        if (option.takes_value)
            all.add_options()(option.option.c_str(), po::value<std::string>());
        else
            all.add_options()(option.option.c_str(), po::bool_switch());
    }
    return all;
}

}  // namespace

po::options_description every_option() {
    auto all = options_of_keys();
    all.add(options_of_this_run().options).add(foreign_descriptions());
    return all;
}

std::string options_help() {
    std::ostringstream text;
    text << options_of_keys().add(options_of_this_run().options);
    return text.str();
}

std::vector<described_option> described_options() {
    auto groups = groups_of_keys();
    groups.push_back(options_of_this_run());
    std::vector<described_option> found;
    for (const auto& group : groups)
        for (const auto& option : group.options.options())
            found.push_back(
                {group.title, option->long_name(), option->format_parameter(), option->description()});
    return found;
}

}  // namespace suprsync
