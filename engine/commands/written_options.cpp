#include "engine/commands/written_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/program_options.hpp>
#include <iterator>
#include <locale>
#include <set>
#include <sstream>

#include "engine/config/configuration_keys.hpp"
#include "engine/model/did_you_mean.hpp"
#include "engine/model/option_words.hpp"
#include "engine/model/text.hpp"

namespace po = boost::program_options;

namespace suprsync {

namespace {

constexpr std::string_view environment_prefix = "SUPRSYNC_";
// What other parts of the program go by.
const std::set<std::string> of_others{"SUPRSYNC_SSH_CONFIG"};

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
        "print-config", po::bool_switch(),
        "print the configuration that it would go by, with where each value comes from, and do nothing else")(
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

po::options_description every_option() {
    auto all = options_of_keys();
    all.add(options_of_this_run()).add(foreign_descriptions());
    return all;
}

std::vector<std::string> names_of(const po::options_description& described) {
    std::vector<std::string> names;
    for (const auto& option : described.options()) names.push_back(option->long_name());
    return names;
}

std::string variable_of(const std::string& option) {
    auto name = boost::to_upper_copy(option, std::locale::classic());
    std::replace(name.begin(), name.end(), '-', '_');
    return std::string(environment_prefix) + name;
}

// As argparse, an option may be written by a beginning that no other has; what was unique in the agent is so
// here, too.
result<std::string> complete(const std::string& word, const std::vector<std::string>& names) {
    const auto written = word.substr(0, word.find('='));
    if (!written.starts_with("--") || written.size() == 2) return word;
    const auto beginning = written.substr(2);
    std::vector<std::string> candidates;
    for (const auto& name : names) {
        if (name == beginning) return word;
        if (name.starts_with(beginning)) candidates.push_back(name);
    }
    std::vector<std::string> of_agent;
    std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(of_agent), is_of_agent);
    const auto& chosen = of_agent.empty() ? candidates : of_agent;
    if (chosen.empty()) return word;
    if (chosen.size() == 1) return "--" + chosen.front() + word.substr(written.size());
    return failure{failure_code::invalid, "use", written,
                   fmt::format("it may be --{}: say which", fmt::join(chosen, " or --"))};
}

// Program_options takes whatever follows as a value, the next option, too.
bool is_option(const std::string& word) {
    if (!word.starts_with("--")) return false;
    const auto name = word.substr(2, word.find('=') - 2);
    return find_archive_key(name) || find_daemon_key(name) || find_foreign_option(name);
}

// "--chmod=": the agent takes it for an empty value, program_options for a missing one.
bool says_nothing(const std::string& word) {
    if (!word.starts_with("--") || !word.ends_with('=')) return false;
    const auto name = std::string_view(word).substr(2, word.size() - 3);
    const auto* of_archive = find_archive_key(name);
    const auto* of_daemon = find_daemon_key(name);
    return (of_archive && of_archive->kind != value_kind::flag) ||
           (of_daemon && of_daemon->kind != value_kind::flag);
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

result<void> add_from_environment(written_options& written, std::vector<std::string>& warnings) {
    const auto known = every_option();
    const auto names = names_of(known);
    const auto option_of = [&](const std::string& variable) {
        if (!variable.starts_with(environment_prefix) || of_others.contains(variable)) return std::string();
        if (variable == "SUPRSYNC_DB") return std::string("db-path");
        auto option = variable.substr(environment_prefix.size());
        for (auto& c : option) c = c == '_' ? '-' : lower(c);
        if (std::find(names.begin(), names.end(), option) != names.end()) return option;
        warnings.push_back(
            fmt::format("{} is skipped: --{} is no option{}", variable, option, did_you_mean(option, names)));
        return std::string();
    };
    for (const auto& option : po::parse_environment(known, option_of).options) {
        const auto& name = option.string_key;
        const auto& text = option.value.front();
        if (text.empty()) continue;
        given_value given{{text}, {"", variable_of(name)}};
        const auto* of_archive = find_archive_key(name);
        const auto* of_daemon = find_daemon_key(name);
        const auto kind = of_archive ? of_archive->kind : of_daemon ? of_daemon->kind : value_kind::single;
        if (kind == value_kind::list) boost::split(given.texts, text, [](char c) { return c == ','; });
        if (of_archive || of_daemon) {
            written.keys.try_emplace(name, std::move(given));
            continue;
        }
        const bool takes_value = known.find(name, false).semantic()->max_tokens() > 0;
        const auto given_so = takes_value ? std::optional(true) : read_flag(text);
        if (!given_so) return wrong(given.origin.name, fmt::format("expected true or false, got '{}'", text));
        if (*given_so) written.others.try_emplace(name, std::move(given));
    }
    return {};
}

failure wrong(const std::string& where, const std::string& detail) {
    return {failure_code::invalid, "use", where, detail};
}

std::string no_such_option(const std::string& name) {
    auto names = names_of(every_option());
    for (auto& one : names) one.insert(0, "--");
    return "there is no such option" + did_you_mean(name, names);
}

std::string options_help() {
    std::ostringstream text;
    text << options_of_keys().add(options_of_this_run());
    return text.str();
}

result<written_options> read_words(const std::vector<std::string>& words, const origin_of_word& origin_of,
                                   bool unknown_too) {
    const auto known = every_option();
    const auto names = names_of(known);
    std::vector<std::string> whole;
    std::vector<std::size_t> at_word;  // of `words`, by the index in `whole`
    for (std::size_t i = 0; i < words.size(); ++i) {
        auto completed = complete(words[i], names);
        if (!completed) return wrong(origin_of(i, words[i]).text(), completed.error().detail);
        at_word.push_back(i);
        whole.push_back(std::move(*completed));
        if (!says_nothing(whole.back())) continue;
        whole.back().pop_back();
        at_word.push_back(i);
        whole.emplace_back();
    }
    at_word.push_back(words.size());
    namespace style = po::command_line_style;
    auto parser =
        po::command_line_parser(whole).options(known).style(style::unix_style & ~style::allow_guessing);
    if (unknown_too) parser.allow_unregistered();
    written_options written;
    std::size_t at = 0;
    for (const auto& option : parser.run().options) {
        const given_value given{option.value, origin_of(at_word[at], "--" + option.string_key)};
        at += option.original_tokens.size();
        for (const auto& text : given.texts)
            if (is_option(text))
                return wrong(given.origin.text(),
                             fmt::format("expected a value, the option {} follows", text));
        if (option.position_key >= 0) {
            if (!written.stray) written.stray = {given.texts, origin_of(at_word[at - 1], "arguments")};
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
