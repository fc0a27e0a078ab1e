#include "engine/commands/written_options.hpp"

#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <sstream>

#include "engine/config/configuration_keys.hpp"

namespace po = boost::program_options;

namespace suprsync {

namespace {

failure wrong(const std::string& where, const std::string& detail) {
    return {failure_code::invalid, "use", where, detail};
}

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

po::options_description options_of_keys() {
    po::options_description archive("the archive (with a file: of every archive in it)");
    for (const auto& key : archive_keys())
        if (!is_inherited(key.option)) describe(key, archive);
    po::options_description daemon("the daemon");
    po::options_description http("the HTTP interface");
    for (const auto& key : daemon_keys()) describe(key, key.option.starts_with("http-") ? http : daemon);
    po::options_description all;
    return all.add(archive).add(daemon).add(http);
}

po::options_description options_of_this_run() {
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

// Program_options takes whatever follows as a value, the next option, too.
bool is_option(const std::string& word) {
    if (!word.starts_with("--")) return false;
    const auto name = word.substr(2, word.find('=') - 2);
    return find_archive_key(name) || find_daemon_key(name) || find_foreign_option(name);
}

// As with the agent the last one counts, but for lists.
template <class Key>
void take(const Key& key, const given_value& given, given_values& into) {
    auto& taken = into[key.option];
    if (key.kind != value_kind::list) taken.texts.clear();
    taken.origin = given.origin;
    if (key.kind == value_kind::flag) taken.texts = {"true"};
    taken.texts.insert(taken.texts.end(), given.texts.begin(), given.texts.end());
}

}  // namespace

std::string options_help() {
    std::ostringstream text;
    text << options_of_keys().add(options_of_this_run());
    return text.str();
}

result<written_options> read_words(const std::vector<std::string>& words, const origin_of_word& origin_of,
                                   bool unknown_too) {
    auto known = options_of_keys();
    known.add(options_of_this_run()).add(foreign_descriptions());
    namespace style = po::command_line_style;
    auto parser =
        po::command_line_parser(words).options(known).style(style::unix_style & ~style::allow_guessing);
    if (unknown_too) parser.allow_unregistered();
    written_options written;
    std::size_t at = 0;
    for (const auto& option : parser.run().options) {
        const given_value given{option.value, origin_of(at, "--" + option.string_key)};
        at += option.original_tokens.size();
        for (const auto& text : given.texts)
            if (is_option(text))
                return wrong(given.origin.text(),
                             fmt::format("expected a value, the option {} follows", text));
        if (option.position_key >= 0) {
            if (!written.stray) written.stray = {given.texts, origin_of(at - 1, "arguments")};
        } else if (const auto* of_archive = find_archive_key(option.string_key)) {
            take(*of_archive, given, written.keys);
        } else if (const auto* of_daemon = find_daemon_key(option.string_key)) {
            take(*of_daemon, given, written.keys);
        } else {
            written.others[option.string_key] = given;
        }
    }
    return written;
}

}  // namespace suprsync
