#include "engine/config/configuration_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "engine/config/configuration_keys.hpp"
#include "engine/config/included_files.hpp"
#include "engine/config/known_keys.hpp"
#include "engine/config/notify_keys.hpp"
#include "engine/config/source_file.hpp"
#include "engine/model/did_you_mean.hpp"
#include "engine/model/shown_text.hpp"

namespace suprsync {

namespace {

constexpr const char* included_key = "include";
constexpr const char* notify_key_name = "notify";

class reader {
  public:
    reader(const std::string& file, reading_budget& left, configuration_layers& into)
        : file_(file), left_(left), into_(into) {}

    result<void> read() {
        auto document = load_yaml(file_, left_);
        if (!document) return document.error();
        note(document->mistakes);
        into_.file = value_origin{file_ + ":1", ""};
        for (const auto& [name, key, value] : entries_of(document->root)) {
            if (name == included_key)
                record_included(key, value);
            else if (name == "archives")
                read_archives(key, value);
            else if (name == notify_key_name)
                read_notify(key, value);
            else if (sections_of(daemon_keys()).contains(name))
                read_section(daemon_keys(), key, value, "", into_.of_file, into_.tried);
            else if (const auto* of_table = key_named(daemon_keys(), name);
                     of_table && name.find('.') == std::string::npos)
                read_value(*of_table, key, value, name, into_.of_file, into_.tried);
            else
                unknown(key, name, top_level(), into_.tried);
        }
        for (const auto& [file, said_at] : included_)
            if (auto fine = reader(file, left_, into_).read_included(); !fine) {
                auto& why = into_.mistakes.emplace_back(fine.error());
                if (why.code != failure_code::invalid) why.detail += ": " + said_at + " includes it";
                into_.archives_unread = true;
            }
        return {};
    }

    // Archives, and nothing else: what holds for the whole daemon stands in one file.
    result<void> read_included() {
        auto document = load_yaml(file_, left_);
        if (!document) return document.error();
        note(document->mistakes);
        for (const auto& [name, key, value] : entries_of(document->root)) {
            if (name == "archives") {
                read_archives(key, value);
                continue;
            }
            record_tried(name, top_level(), into_.tried);
            bad(key, name,
                name == included_key
                    ? "an included file cannot include further ones"
                    : "expected archives only in an included file: it belongs to the file that includes it");
        }
        return {};
    }

  private:
    void record_included(const YAML::Node& key, const YAML::Node& value) {
        std::vector<std::string> patterns;
        if (value.IsScalar())
            patterns.push_back(value.Scalar());
        else if (!read_list(key, value, included_key,
                            "a file, a pattern such as conf.d/*.yaml, or a list of them", patterns))
            into_.archives_unread = true;
        for (const auto& pattern : patterns) {
            const auto files = included_files(file_, pattern);
            if (!files) {
                bad(key, included_key, files.error().detail);
                into_.archives_unread = true;
                continue;
            }
            for (const auto& file : *files)
                if (std::none_of(included_.begin(), included_.end(),
                                 [&](const auto& one) { return one.first == file; }))
                    included_.emplace_back(file, place_of(file_, key));
        }
    }

    // What is written where it counts for nothing may be what is missing elsewhere.
    void record_tried(const std::string& name, const known_keys& known, std::set<std::string>& tried) {
        std::vector<std::string> meant = known.of_other_place;
        meant.insert(meant.end(), known.names.begin(), known.names.end());
        const auto key = likely_meant(name, meant);
        if (!key) return;
        const auto* of_archive = key_named(archive_keys(), *key);
        const auto* of_daemon = key_named(daemon_keys(), *key);
        if (const auto* of_notify = key_named(notify_keys(), *key)) tried.insert(of_notify->option);
        if (of_archive) tried.insert(of_archive->option);
        if (of_daemon) into_.tried.insert(of_daemon->option);
        if (*key == "archives" || *key == included_key) into_.archives_unread = true;
    }

    void bad(const YAML::Node& where, const std::string& name, const std::string& detail) {
        into_.mistakes.push_back({failure_code::invalid, "use",
                                  value_origin{place_of(file_, where), abridged(name, most_of_a_path)}.text(),
                                  detail});
    }

    void note(const std::vector<failure>& mistakes) {
        into_.mistakes.insert(into_.mistakes.end(), mistakes.begin(), mistakes.end());
    }

    static known_keys top_level() {
        known_keys known{names_of(daemon_keys()), "it belongs to an entry of archives",
                         names_in(archive_keys(), "")};
        known.names.push_back("archives");
        known.names.push_back(included_key);
        known.names.push_back(notify_key_name);
        return known;
    }

    void unknown(const YAML::Node& key, const std::string& name, const known_keys& known,
                 std::set<std::string>& tried) {
        const auto& last = key.Scalar();
        record_tried(last, known, tried);
        if (std::find(known.of_other_place.begin(), known.of_other_place.end(), last) !=
            known.of_other_place.end())
            return bad(key, name, "the key does not belong here: " + known.elsewhere);
        for (const auto& section : sections_of(daemon_keys()))
            if (last.starts_with(section + "_") &&
                key_named(daemon_keys(), section + "." + last.substr(section.size() + 1)))
                return bad(key, name,
                           fmt::format("the key does not belong here: it is {} in the section {}",
                                       last.substr(section.size() + 1), section));
        return bad(key, name,
                   fmt::format("there is no such key{}; expected one of {}", did_you_mean(last, known.names),
                               fmt::join(known.names, ", ")));
    }

    // `where`: what stands before its name in messages.
    template <class Keys>
    void read_section(const Keys& keys, const YAML::Node& section, const YAML::Node& value,
                      const std::string& where, given_values& values, std::set<std::string>& tried) {
        const auto& name = section.Scalar();
        const known_keys known{names_in(keys, name), "", {}};
        // `ocs: off` is short for its first key, and so is `scrub: off`, of an archive as well.
        const auto* first = key_named(keys, name + "." + known.names.front());
        const auto* of_daemon = find_daemon_key(first->option);
        if (value.IsScalar() && value.Scalar() == (of_daemon ? of_daemon->preset : first->preset))
            return read_value(*first, section, value, where + name, values, tried);
        if (!value.IsMap())
            return bad(section, where + name,
                       fmt::format("expected a mapping of {}, got {}", fmt::join(known.names, ", "),
                                   what_is(value)));
        for (const auto& entry : entries_of(value)) {
            const auto full = where + name + "." + entry.name;
            const auto* key = key_named(keys, name + "." + entry.name);
            if (key)
                read_value(*key, entry.key, entry.value, full, values, tried);
            else
                unknown(entry.key, full, known, tried);
        }
    }

    void read_archives(const YAML::Node& key, const YAML::Node& list) {
        if (!list.IsSequence() || list.size() == 0) {
            into_.archives_unread = true;
            return bad(key, "archives",
                       fmt::format("expected a list with at least one archive, got {}",
                                   list.IsSequence() ? "an empty one" : what_is(list)));
        }
        const known_keys known{names_of(archive_keys()), "it is a key of the whole daemon, beside archives",
                               top_level().names};
        const bool all = read_entries(key, list, "archives", "an archive's keys (name, remote_basedir, ...)",
                                      archive_keys(), known, into_.archives);
        if (!all) into_.archives_unread = true;
    }

    void read_notify(const YAML::Node& key, const YAML::Node& list) {
        if (!list.IsSequence())
            return bad(key, notify_key_name,
                       fmt::format("expected a list of those who are told, got {}", what_is(list)));
        read_entries(key, list, notify_key_name, "an entry's keys (command, webhook, on, ...)", notify_keys(),
                     {names_in(notify_keys(), ""), "", {}}, into_.notify);
    }

    // Mappings, each with keys of one table. False where one of them is none.
    template <class Keys>
    bool read_entries(const YAML::Node& key, const YAML::Node& list, const std::string& of,
                      const std::string& expected, const Keys& keys, const known_keys& known,
                      std::vector<given_entry>& into) {
        bool all_are_mappings = true;
        for (std::size_t i = 0; i < list.size(); ++i) {
            const auto name = fmt::format("{}[{}]", of, i);
            if (!list[i].IsMap()) {
                bad(list[i].Mark().is_null() ? key : list[i], name,
                    fmt::format("expected a mapping of {}, got {}", expected, what_is(list[i])));
                all_are_mappings = false;
                continue;
            }
            given_entry given;
            given.origin = {place_of(file_, list[i]), name};
            for (const auto& entry : entries_of(list[i])) {
                const auto full = name + "." + entry.name;
                const auto* of_table = key_named(keys, entry.name);
                if (of_table && entry.name.find('.') == std::string::npos)
                    read_value(*of_table, entry.key, entry.value, full, given.values, given.tried);
                else if (sections_of(keys).contains(entry.name))
                    read_section(keys, entry.key, entry.value, name + ".", given.values, given.tried);
                else
                    unknown(entry.key, full, known, given.tried);
            }
            into.push_back(std::move(given));
        }
        return all_are_mappings;
    }

    bool read_list(const YAML::Node& key, const YAML::Node& value, const std::string& name,
                   const std::string& expected, std::vector<std::string>& into) {
        if (!value.IsSequence()) {
            bad(key, name, fmt::format("expected {}, got {}", expected, what_is(value)));
            return false;
        }
        bool all_texts = true;
        for (const auto& element : value) {
            if (element.IsScalar()) {
                into.push_back(element.Scalar());
                continue;
            }
            all_texts = false;
            bad(element.Mark().is_null() ? key : element, name,
                fmt::format("expected {}, got {} in it", expected, what_is(element)));
        }
        return all_texts;
    }

    // The shape of a value; what it must be is known to the table.
    template <class Key>
    void read_value(const Key& of_table, const YAML::Node& key, const YAML::Node& value,
                    const std::string& name, given_values& values, std::set<std::string>& tried) {
        given_value given{{}, {place_of(file_, key), name}};
        if (const auto before = values.extract(of_table.option))
            into_.superseded.push_back({of_table.option, before.mapped()});
        tried.insert(of_table.option);
        if (of_table.kind == value_kind::list && !(of_table.one_or_more && value.IsScalar())) {
            if (!read_list(key, value, name, of_table.expected, given.texts)) return;
            if (of_table.one_or_more && given.texts.empty())
                return bad(key, name, "expected one text or more, got an empty list");
        } else if (value.IsScalar()) {
            given.texts.push_back(value.Scalar());
        } else {
            return bad(
                key, name,
                fmt::format("expected {}, got {}", of_table.expected,
                            value.IsNull() ? "nothing: leave the key out for its default" : what_is(value)));
        }
        values[of_table.option] = std::move(given);
    }

    const std::string& file_;
    reading_budget& left_;
    configuration_layers& into_;
    std::vector<std::pair<std::string, std::string>> included_;  // files, and where they are named
};

}  // namespace

result<void> read_configuration_file(const std::string& file, configuration_layers& into) {
    reading_budget left;
    return reader(file, left, into).read();
}

}  // namespace suprsync
