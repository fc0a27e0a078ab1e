#include "engine/config/configuration_layers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "engine/config/configuration_keys.hpp"
#include "engine/model/did_you_mean.hpp"

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

    result<assembled_configuration> put_together() {
        auto& c = done_.configuration;
        mistakes_ = layers_.mistakes;
        for (const auto& key : daemon_keys()) {
            const auto* given = daemon_value(key.option);
            if (!given) continue;
            take(key, *given, c);
            done_.origins[key.option] = given->origin;
            if (key.without_effect)
                done_.warnings.push_back(
                    fmt::format("{} has no effect: it is {}", given->origin.text(), key.meaning));
        }
        choose_archives();
        for (const auto* archive : chosen_) add_archive(*archive);
        for (const auto& fault : find_faults(c)) {
            // What is missing may be what could not be read.
            if (!layers_.mistakes.empty() && !given_for(fault)) continue;
            const auto origin = origin_of(fault);
            const auto also = fault.first
                                  ? "; it stands at " + origin_of({fault.first, fault.option, ""}).text()
                                  : std::string();
            if (mistaken_.insert(origin.text()).second)
                mistakes_.push_back(wrong(origin, fault.detail + also));
        }
        if (!mistakes_.empty()) return all_in_one();
        warn_of_what_has_no_effect();
        return std::move(done_);
    }

  private:
    const given_value* daemon_value(const std::string& option) const {
        return find_daemon_value(layers_, option);
    }

    // What an archive's value is, inheritance included.
    const given_value* archive_value(const given_archive& archive, const std::string& option) const {
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
        if (!mistaken_.insert(given.origin.text()).second) return;
        mistakes_.push_back(wrong(given.origin, fmt::format("expected {}, got '{}'", key.expected,
                                                            fmt::join(given.texts, "', '"))));
    }

    failure all_in_one() {
        auto all = mistakes_.front();
        const auto told = std::min(mistakes_.size(), most_told);
        for (std::size_t i = 1; i < told; ++i) all.detail += "\n" + mistakes_[i].text();
        if (told < mistakes_.size()) all.detail += fmt::format("\nand {} more", mistakes_.size() - told);
        return all;
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
        std::erase_if(chosen_, [&](const given_archive* archive) {
            const auto* name = find_in(archive->values, "archive-name");
            if (name) names.insert(fmt::format("{}", fmt::join(name->texts, "")));
            return !name || name->texts != wanted->texts;
        });
        if (!chosen_.empty()) return;
        mistaken_.insert(wanted->origin.text());
        mistakes_.push_back(
            wrong(wanted->origin,
                  fmt::format("expected one of the archives of {} ({}), got '{}'{}", layers_.file->place,
                              fmt::join(names, ", "), fmt::join(wanted->texts, ""),
                              did_you_mean(wanted->texts.front(), {names.begin(), names.end()}))));
    }

    void add_archive(const given_archive& given) {
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
            if (a.bwlimit && concurrency && a.concurrency > 1)
                warn(*concurrency,
                     fmt::format("with bwlimit archive '{}' copies one batch at a time", a.name));
        }
    }

    const given_value* given_for(const configuration_fault& fault) const {
        return fault.archive ? archive_value(*chosen_[*fault.archive], fault.option)
                             : daemon_value(fault.option);
    }

    // Where the value that is wrong was written; where none was, where it is missing.
    value_origin origin_of(const configuration_fault& fault) const {
        if (const auto* given = given_for(fault)) return given->origin;
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
    const given_archive single_{};
    std::vector<const given_archive*> chosen_;
    assembled_configuration done_;
    std::vector<failure> mistakes_;
    std::set<std::string> mistaken_;  // places of which something is wrong already
};

}  // namespace

std::string value_origin::text() const { return place.empty() ? name : place + ": " + name; }

value_origin origin_of_option(const configuration_layers& layers, const std::string& option) {
    const auto* given = find_daemon_value(layers, option);
    return given ? given->origin : value_origin{"", "--" + option};
}

result<assembled_configuration> assemble(const configuration_layers& layers) {
    return assembly(layers).put_together();
}

}  // namespace suprsync
