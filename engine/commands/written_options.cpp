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

#include "engine/commands/option_descriptions.hpp"
#include "engine/config/configuration_keys.hpp"
#include "engine/model/did_you_mean.hpp"
#include "engine/model/option_words.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"

namespace po = boost::program_options;

namespace suprsync {

namespace {

constexpr std::string_view environment_prefix = "SUPRSYNC_";
// What other parts of the program go by, and what the systemd unit makes the command line of.
const std::set<std::string> of_others{"SUPRSYNC_OPTIONS", "SUPRSYNC_SSH_CONFIG"};

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

bool takes_value(const po::options_description& known, const std::string& name) {
    return known.find(name, false).semantic()->max_tokens() > 0;
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

// Program_options ends at the first mistake, and takes whatever follows for a value, the next option, too.
class word_reader {
  public:
    word_reader(const std::vector<std::string>& words, const origin_of_word& origin_of)
        : words_(words), origin_of_(origin_of) {}

    written_options read() {
        bool after_unknown = false;
        bool ended = false;
        while (next_ < words_.size()) {
            const auto& word = words_[next_];
            if (!ended && word == "--") {
                // The end of the options, as everywhere: whatever follows is none.
                ended = true;
                after_unknown = false;
                ++next_;
            } else if (!ended && word.starts_with('-') && word.size() > 1)
                after_unknown = !read_option(next_++);
            else if (const auto at = next_++; !after_unknown)
                written_.strays.push_back({{word}, origin_of_(at, "arguments")});
        }
        return std::move(written_);
    }

  private:
    // Whether there is such an option.
    bool read_option(std::size_t at) {
        const auto whole = complete(words_[at] == "-h" ? "--help" : words_[at], names_);
        if (!whole) {
            refuse(at, words_[at], whole.error().detail);
            return false;
        }
        const auto equals = whole->find('=');
        const auto dashed = whole->substr(0, equals);
        if (!is_option(dashed)) {
            refuse(at, dashed, no_such_option(dashed));
            if (const auto meant = likely_meant(dashed.substr(dashed.starts_with("--") ? 2 : 1), names_))
                written_.tried.insert(*meant);
            return false;
        }
        given_value given{{}, origin_of_(at, dashed)};
        if (equals != std::string::npos) given.texts.push_back(whole->substr(equals + 1));
        take_value(dashed.substr(2), std::move(given));
        return true;
    }

    void take_value(const std::string& name, given_value given) {
        const auto refuse_value = [&](const std::string& detail) {
            written_.tried.insert(name);
            written_.mistakes.push_back(wrong(given.origin.text(), detail));
        };
        if (!takes_value(known_, name)) {
            if (!given.texts.empty())
                return refuse_value(
                    fmt::format("it takes no value, got '{}'", abridged(given.texts.front())));
        } else if (given.texts.empty()) {
            if (next_ == words_.size()) return refuse_value("expected a value, nothing follows");
            if (is_option(words_[next_]))
                return refuse_value(fmt::format("expected a value, the option {} follows", words_[next_]));
            given.texts.push_back(words_[next_++]);
        }
        if (const auto* of_archive = find_archive_key(name))
            take(*of_archive, given, written_.keys);
        else if (const auto* of_daemon = find_daemon_key(name))
            take(*of_daemon, given, written_.keys);
        else
            written_.others[name] = std::move(given);
    }

    bool is_option(const std::string& word) const {
        const auto whole = complete(word, names_);
        return whole && whole->starts_with("--") &&
               std::find(names_.begin(), names_.end(), whole->substr(2, whole->find('=') - 2)) !=
                   names_.end();
    }

    void refuse(std::size_t at, const std::string& name, const std::string& detail) {
        written_.mistakes.push_back(wrong(origin_of_(at, name).text(), detail));
    }

    const std::vector<std::string>& words_;
    const origin_of_word& origin_of_;
    const po::options_description known_ = every_option();
    const std::vector<std::string> names_ = names_of(known_);
    std::size_t next_ = 0;
    written_options written_;
};

}  // namespace

void add_from_environment(written_options& written) {
    const auto known = every_option();
    const auto names = names_of(known);
    const auto option_of = [&](const std::string& variable) {
        if (!variable.starts_with(environment_prefix) || of_others.contains(variable)) return std::string();
        if (variable == "SUPRSYNC_DB") return std::string("db-path");
        auto option = variable.substr(environment_prefix.size());
        for (auto& c : option) c = c == '_' ? '-' : lower(c);
        if (std::find(names.begin(), names.end(), option) != names.end()) return option;
        written.warnings.push_back(
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
        const auto given_so = takes_value(known, name) ? std::optional(true) : read_flag(text);
        if (!given_so)
            written.mistakes.push_back(wrong(given.origin.name, expected_not("true or false", text)));
        else if (*given_so)
            written.others.try_emplace(name, std::move(given));
    }
}

failure wrong(const std::string& where, const std::string& detail) {
    return {failure_code::invalid, "use", where, detail};
}

std::string no_such_option(const std::string& name) {
    auto names = names_of(every_option());
    for (auto& one : names) one.insert(0, "--");
    return "there is no such option" + did_you_mean(name, names);
}

written_options read_words(const std::vector<std::string>& words, const origin_of_word& origin_of) {
    return word_reader(words, origin_of).read();
}

}  // namespace suprsync
