#include "engine/config/configuration_layers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "engine/config/configuration_keys.hpp"
#include "engine/config/notify_keys.hpp"
#include "engine/model/did_you_mean.hpp"
#include "engine/model/shown_text.hpp"

namespace suprsync {

namespace {

constexpr std::size_t most_told = 100;  // mistakes

failure wrong(const value_origin& origin, const std::string& detail) {
    return {failure_code::invalid, "use", origin.text(), detail};
}

const given_value* find_in(const given_values& values, const std::string& option) {
    const auto place = values.find(option);
    return place == values.end() ? nullptr : &place->second;
}

const given_value* find_daemon_value(const configuration_layers& layers, const std::string& option) {
    for (const auto* layer : {&layers.command_line, &layers.of_file, &layers.environment})
        if (const auto* given = find_in(*layer, option)) return given;
    return nullptr;
}

class assembly {
  public:
    explicit assembly(const configuration_layers& layers) : layers_(layers) {}

    assembled_configuration put_together() {
        auto& c = done_.configuration;
        mistakes_ = layers_.mistakes;
        for (const auto& key : daemon_keys()) {
            const auto* given = daemon_value(key.option);
            if (!given) continue;
            take(key, *given, c);
            done_.origins[key.option] = given->origin;
            if (key.without_effect)
                done_.notices.push_back(
                    fmt::format("{} has no effect: it is {}", given->origin.text(), key.meaning));
        }
        choose_archives();
        for (const auto* archive : chosen_) add_archive(*archive);
        for (const auto& entry : layers_.notify) add_notify(entry);
        for (const auto& [option, given] : layers_.superseded) judge(option, given);
        for (const auto& fault : find_faults(c)) {
            const auto& missing = fault.without.empty() ? fault.option : fault.without;
            if (!given(fault, missing) && may_be_there(fault, missing)) continue;
            const auto origin = origin_of(fault);
            if (unread_.contains(origin.text())) continue;
            const auto also = fault.first
                                  ? "; it stands at " + origin_of({fault.first, fault.option, ""}).text()
                                  : std::string();
            mistakes_.push_back(wrong(origin, fault.detail + also));
        }
        if (mistakes_.empty()) warn_of_what_has_no_effect();
        done_.mistakes = std::move(mistakes_);
        return std::move(done_);
    }

  private:
    const given_value* daemon_value(const std::string& option) const {
        return find_daemon_value(layers_, option);
    }

    // What an archive's value is, inheritance included.
    const given_value* archive_value(const given_entry& archive, const std::string& option) const {
        // Beside a file, --archive-name picks, it does not rename.
        const bool picks = option == "archive-name" && layers_.file && !layers_.archives.empty();
        if (!picks)
            if (const auto* given = find_in(layers_.command_line, option)) return given;
        if (const auto* given = find_in(archive.values, option)) return given;
        return is_inherited(option) ? daemon_value(option) : nullptr;
    }

    template <class Configuration>
    void take(const configuration_key<Configuration>& key, const given_value& given, Configuration& into) {
        if (key.take(into, given.texts)) return;
        unread_.insert(given.origin.text());
        const auto meant = given.texts.size() == 1 ? did_you_mean(given.texts.front(), key.words) : "";
        const auto got = fmt::format("{}", fmt::join(given.texts, "', '"));
        mistakes_.push_back(wrong(given.origin, expected_not(key.expected, got) + meant));
    }

    // A value that goes nowhere.
    void judge(const std::string& option, const given_value& given) {
        archive_configuration archive;
        daemon_configuration daemon;
        notify_configuration entry;
        if (const auto* key = find_archive_key(option))
            take(*key, given, archive);
        else if (const auto* of_daemon = find_daemon_key(option))
            take(*of_daemon, given, daemon);
        else
            for (const auto& of_notify : notify_keys())
                if (of_notify.option == option) take(of_notify, given, entry);
    }

    // What is missing may be what could not be read.
    bool may_be_there(const configuration_fault& fault, const std::string& option) const {
        return layers_.file_unread || layers_.tried.contains(option) ||
               (!fault.archive && option == "archive-name" && layers_.archives_unread) ||
               (fault.archive && chosen_[*fault.archive]->tried.contains(option));
    }

    void choose_archives() {
        if (layers_.archives.empty()) {
            // One archive, from the command line alone.
            if (!layers_.file || find_in(layers_.command_line, "archive-name")) chosen_.push_back(&single_);
            return;
        }
        for (const auto& archive : layers_.archives) chosen_.push_back(&archive);
        const auto* wanted = find_in(layers_.command_line, "archive-name");
        if (!wanted) return;
        std::set<std::string> names;
        std::erase_if(chosen_, [&](const given_entry* archive) {
            const auto* name = find_in(archive->values, "archive-name");
            if (name) names.insert(fmt::format("{}", fmt::join(name->texts, "")));
            return !name || name->texts != wanted->texts;
        });
        if (!chosen_.empty()) return;
        unread_.insert(wanted->origin.text());
        if (layers_.archives_unread) return;
        mistakes_.push_back(
            wrong(wanted->origin, expected_not(fmt::format("one of the archives of {} ({})",
                                                           layers_.file->place, fmt::join(names, ", ")),
                                               fmt::format("{}", fmt::join(wanted->texts, ""))) +
                                      did_you_mean(wanted->texts.front(), {names.begin(), names.end()})));
    }

    void add_archive(const given_entry& given) {
        auto& c = done_.configuration;
        auto& a = c.archives.emplace_back();
        auto& origins = done_.archive_origins.emplace_back();
        a.instance_id = c.instance_id;
        for (const auto& key : archive_keys()) {
            const auto* value = archive_value(given, key.option);
            if (!value) continue;
            take(key, *value, a);
            origins[key.option] = value->origin;
        }
    }

    void add_notify(const given_entry& given) {
        auto& n = done_.configuration.notify.emplace_back();
        auto& origins = done_.notify_origins.emplace_back();
        for (const auto& key : notify_keys()) {
            const auto* value = find_in(given.values, key.option);
            if (!value) continue;
            take(key, *value, n);
            origins[key.option] = value->origin;
        }
        for (const auto& fault : find_faults(n)) {
            const auto* value = find_in(given.values, fault.option);
            // What could not be read may be what is missing, or is told already.
            if (value ? unread_.contains(value->origin.text()) : given.tried.size() > given.values.size())
                continue;
            mistakes_.push_back(wrong(value ? value->origin : given.origin, fault.detail));
        }
        const auto* archives = find_in(given.values, "notify-archives");
        if (!archives || layers_.archives_unread) return;
        std::set<std::string> names;
        for (const auto& archive : layers_.archives)
            if (const auto* name = find_in(archive.values, "archive-name"))
                names.insert(name->texts.begin(), name->texts.end());
        for (const auto& name : n.archives)
            if (!names.contains(name))
                mistakes_.push_back(
                    wrong(archives->origin, expected_not("archives of this configuration", name) +
                                                did_you_mean(name, {names.begin(), names.end()})));
    }

    // Options that another one makes void: the daemon works, but not as somebody thinks.
    void warn_of_what_has_no_effect() {
        const auto warn = [&](const given_value& given, const std::string& why) {
            done_.warnings.push_back(fmt::format("{} has no effect: {}", given.origin.text(), why));
        };
        if (done_.configuration.http_listen == std::vector<std::string>{"off"})
            for (const char* option : {"http-token-file", "http-tls-certificate", "http-tls-key",
                                       "http-host-name", "http-socket-mode", "http-socket-group"})
                if (const auto* given = daemon_value(option))
                    warn(*given, "http-listen is off, the daemon answers no requests");
        for (std::size_t i = 0; i < chosen_.size(); ++i) {
            const auto& a = done_.configuration.archives[i];
            if (a.max_copy_attempts == 0)
                done_.warnings.push_back(
                    fmt::format("archive '{}' copies nothing: its max_copy_attempts is 0", a.name));
            const auto* concurrency = archive_value(*chosen_[i], "concurrency");
            if (a.bwlimit && concurrency && a.concurrency.value_or(1) > 1)
                warn(*concurrency,
                     fmt::format("with bwlimit archive '{}' copies one batch at a time", a.name));
        }
    }

    const given_value* given(const configuration_fault& fault, const std::string& option) const {
        return fault.archive ? archive_value(*chosen_[*fault.archive], option) : daemon_value(option);
    }

    // Where the value that is wrong was written; where none was, where it is missing.
    value_origin origin_of(const configuration_fault& fault) const {
        if (const auto* value = given(fault, fault.option)) return value->origin;
        if (!fault.archive) {
            const auto* key = find_daemon_key(fault.option);
            if (!layers_.file) return {"", "--" + fault.option};
            if (layers_.file_by_options) return {layers_.file->place, "--" + fault.option};
            return {layers_.file->place, key ? key->key : "archives"};
        }
        const auto& archive = *chosen_[*fault.archive];
        const auto* key = find_archive_key(fault.option);
        if (&archive == &single_ || !key) return {"", "--" + fault.option};
        if (archive.by_options) return {archive.origin.place, archive.origin.name + ": --" + fault.option};
        return {archive.origin.place, archive.origin.name + "." + key->key};
    }

    const configuration_layers& layers_;
    const given_entry single_{};
    std::vector<const given_entry*> chosen_;
    assembled_configuration done_;
    std::vector<failure> mistakes_;
    std::set<std::string> unread_;  // places of values that are none: no more is said of them
};

}  // namespace

std::string value_origin::text() const { return place.empty() ? name : place + ": " + name; }

value_origin origin_of_option(const configuration_layers& layers, const std::string& option) {
    const auto* given = find_daemon_value(layers, option);
    return given ? given->origin : value_origin{"", "--" + option};
}

assembled_configuration put_together(const configuration_layers& layers) {
    return assembly(layers).put_together();
}

result<assembled_configuration> assemble(const configuration_layers& layers) {
    auto all = put_together(layers);
    if (!all.mistakes.empty()) return all_in_one(all.mistakes);
    return all;
}

failure all_in_one(const std::vector<failure>& mistakes) {
    auto all = mistakes.front();
    std::set<std::string> told{all.text()};
    std::size_t more = 0;
    for (const auto& mistake : mistakes) {
        const auto text = mistake.text();
        if (told.contains(text)) continue;
        if (told.size() < most_told)
            all.detail += "\n" + text;
        else
            ++more;
        told.insert(text);
    }
    if (more > 0) all.detail += fmt::format("\nand {} more", more);
    return all;
}

}  // namespace suprsync
