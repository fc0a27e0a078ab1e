#include "engine/commands/option_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/value_semantic.hpp>

#include "engine/config/configuration_keys.hpp"

namespace po = boost::program_options;

namespace suprsync {

namespace {

template <class Key>
void add(po::options_description& to, const Key& key) {
    const bool says_nothing = key.kind == value_kind::flag || key.without_effect;
    const auto help = says_nothing
                          ? key.meaning
                          : fmt::format("{} ({})", key.meaning, key.preset.empty() ? "required" : key.preset);
    if (key.kind == value_kind::flag)
        to.add_options()(key.option.c_str(), po::bool_switch(), help.c_str());
    else if (key.kind == value_kind::list)
        to.add_options()(key.option.c_str(),
                         po::value<std::vector<std::string>>()->value_name(key.value_name), help.c_str());
    else
        to.add_options()(key.option.c_str(), po::value<std::string>()->value_name(key.value_name),
                         help.c_str());
}

const foreign_option* find_foreign(const std::string& name) {
    const auto& all = foreign_options();
    const auto place = std::find_if(all.begin(), all.end(), [&](const auto& o) { return o.name == name; });
    return place == all.end() ? nullptr : &*place;
}

// Program_options takes whatever follows as a value, the next option, too.
bool is_option(const std::string& word) {
    if (!word.starts_with("--")) return false;
    const auto name = word.substr(2, word.find('=') - 2);
    return find_archive_key(name) || find_daemon_key(name) || find_foreign(name);
}

result<void> check_values(const given_value& given) {
    for (const auto& text : given.texts)
        if (is_option(text))
            return failure{failure_code::invalid, "use", given.origin.text(),
                           fmt::format("expected a value, the option {} follows", text)};
    return {};
}

template <class Key>
void take(const po::variables_map& given, const Key& key, given_values& into) {
    if (!given.count(key.option)) return;
    const auto& value = given[key.option];
    given_value taken{{}, {"", "--" + key.option}};
    if (key.kind == value_kind::flag) {
        if (!value.template as<bool>()) return;
        taken.texts = {"true"};
    } else if (key.kind == value_kind::list) {
        taken.texts = value.template as<std::vector<std::string>>();
    } else {
        taken.texts = {value.template as<std::string>()};
    }
    into[key.option] = std::move(taken);
}

template <class Key>
void take(const po::option& option, const Key& key, const value_origin& origin, given_values& into) {
    auto& taken = into[key.option];
    // As with the agent the last one counts, but for lists.
    if (key.kind != value_kind::list) taken.texts.clear();
    taken.origin = origin;
    if (key.kind == value_kind::flag) taken.texts = {"true"};
    taken.texts.insert(taken.texts.end(), option.value.begin(), option.value.end());
}

class instance_reader {
  public:
    instance_reader(const ocs_instance& instance, given_values& of_daemon, std::vector<std::string>& notices)
        : instance_(instance), of_daemon_(of_daemon), notices_(notices) {
        archive_.origin = {instance.place, instance.instance_id};
        archive_.by_options = true;
        archive_.values["instance-id"] = {{instance.instance_id},
                                          {instance.place, instance.instance_id + ": instance-id"}};
    }

    result<given_archive> read() {
        std::vector<std::string> words;
        for (const auto& argument : instance_.arguments) words.push_back(argument.text);
        auto all = described_options();
        all.add(foreign_descriptions());
        all.add_options()("site-file", po::value<std::string>())("site-host", po::value<std::string>());
        try {
            namespace style = po::command_line_style;
            const auto parsed = po::command_line_parser(words)
                                    .options(all)
                                    .style(style::unix_style & ~style::allow_guessing)
                                    .allow_unregistered()
                                    .run();
            std::size_t at = 0;
            for (const auto& option : parsed.options) {
                if (auto r = read_option(option, at); !r) return r.error();
                at += option.original_tokens.size();
            }
        } catch (const po::error_with_option_name& e) {
            return bad(origin_of(place_of_word(e.get_option_name()), e.get_option_name()), e.what());
        } catch (const po::error& e) {
            return bad(archive_.origin, e.what());
        }
        if (auto r = share_daemon_values(); !r) return r.error();
        return std::move(archive_);
    }

  private:
    static failure bad(const value_origin& origin, const std::string& detail) {
        return {failure_code::invalid, "use", origin.text(), detail};
    }
    value_origin origin_of(const std::string& place, const std::string& option) const {
        return {place, instance_.instance_id + ": " + option};
    }
    std::string place_of_word(const std::string& word) const {
        for (const auto& argument : instance_.arguments)
            if (argument.text == word || argument.text.starts_with(word + "=")) return argument.place;
        return instance_.place;
    }

    result<void> read_option(const po::option& option, std::size_t at) {
        const auto place = at < instance_.arguments.size() ? instance_.arguments[at].place : instance_.place;
        const auto origin = origin_of(place, "--" + option.string_key);
        if (option.position_key >= 0)
            return bad(origin_of(place, "arguments"),
                       fmt::format("expected an option (--NAME), got '{}'", fmt::join(option.value, " ")));
        const auto* of_archive = find_archive_key(option.string_key);
        const auto* of_daemon = find_daemon_key(option.string_key);
        if (auto r = check_values({option.value, origin}); !r) return r;
        if (of_archive) {
            take(option, *of_archive, origin, archive_.values);
        } else if (of_daemon) {
            take(option, *of_daemon, origin, own_daemon_values_);
        } else if (is_foreign(option.string_key)) {
            notices_.push_back(origin.text() + " is skipped: " + whose(option.string_key));
        } else {
            return bad(origin, "there is no such option");
        }
        return {};
    }

    static bool is_foreign(const std::string& name) {
        return find_foreign(name) || name == "site-file" || name == "site-host";
    }
    static std::string whose(const std::string& name) {
        const auto* known = find_foreign(name);
        return fmt::format("it is an option of {}", known ? known->whose : "OCS");
    }

    // One daemon runs all entries.
    result<void> share_daemon_values() {
        for (const auto& [option, value] : own_daemon_values_) {
            const auto [place, first] = of_daemon_.try_emplace(option, value);
            if (!first && place->second.texts != value.texts)
                return bad(
                    value.origin,
                    fmt::format(
                        "expected '{}', as at {}, got '{}': all entries run in one daemon; choose one with --instance-id to run them apart",
                        fmt::join(place->second.texts, "', '"), place->second.origin.text(),
                        fmt::join(value.texts, "', '")));
        }
        return {};
    }

    const ocs_instance& instance_;
    given_values& of_daemon_;
    std::vector<std::string>& notices_;
    given_archive archive_;
    given_values own_daemon_values_;
};

}  // namespace

po::options_description described_options() {
    po::options_description archive("the archive (with a file: of every archive in it)");
    for (const auto& key : archive_keys())
        if (!is_inherited(key.option)) add(archive, key);
    po::options_description daemon("the daemon");
    po::options_description http("the HTTP interface");
    for (const auto& key : daemon_keys()) add(key.option.starts_with("http-") ? http : daemon, key);
    po::options_description all;
    return all.add(archive).add(daemon).add(http);
}

po::options_description foreign_descriptions() {
    po::options_description all;
    for (const auto& option : foreign_options()) {
        if (option.takes_value)
            all.add_options()(option.name.c_str(), po::value<std::string>());
        else
            all.add_options()(option.name.c_str(), po::bool_switch());
    }
    return all;
}

result<given_values> values_given(const po::variables_map& given) {
    given_values values;
    for (const auto& key : archive_keys()) take(given, key, values);
    for (const auto& key : daemon_keys()) take(given, key, values);
    for (const auto& [option, value] : values)
        if (auto r = check_values(value); !r) return r.error();
    return values;
}

result<given_archive> values_of_instance(const ocs_instance& instance, given_values& of_daemon,
                                         std::vector<std::string>& notices) {
    return instance_reader(instance, of_daemon, notices).read();
}

}  // namespace suprsync
