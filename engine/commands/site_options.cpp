#include "engine/commands/site_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/config/configuration_keys.hpp"
#include "engine/model/shown_text.hpp"

namespace suprsync {

namespace {

void try_all_of_daemon(std::set<std::string>& tried) {
    for (const auto& key : daemon_keys()) tried.insert(key.option);
}

std::string together(const given_value& given) { return fmt::format("{}", fmt::join(given.texts, "', '")); }

std::string option_of_hub(const std::string& name) {
    return name == "wamp_server" ? "site-hub" : name == "wamp_realm" ? "site-realm" : "address-root";
}

// One entry of a site file: an archive, and values of the whole daemon, which every entry must have the same.
given_entry read_entry(const ocs_instance& entry, configuration_layers& layers,
                       std::vector<std::string>& notices) {
    const auto& id = entry.instance_id;
    given_entry archive{{}, {entry.place, id}, true};
    archive.values["instance-id"] = {{id}, {entry.place, id + ": instance-id"}};
    std::vector<std::string> words;
    for (const auto& argument : entry.arguments) words.push_back(argument.text);
    const auto origin_of = [&](std::size_t at, const std::string& option) -> value_origin {
        return {entry.arguments[at].place, id + ": " + option};
    };
    auto written = read_words(words, origin_of);
    layers.mistakes.insert(layers.mistakes.end(), written.mistakes.begin(), written.mistakes.end());
    archive.tried = written.tried;
    for (const auto& option : written.tried)
        if (!find_archive_key(option)) layers.tried.insert(option);
    if (entry.incomplete) {
        for (const auto& key : archive_keys()) archive.tried.insert(key.option);
        try_all_of_daemon(layers.tried);
    }
    for (const auto& [name, given] : written.others) {
        const auto* foreign = find_foreign_option(name);
        if (!foreign && name != "site-file" && name != "site-host") {
            layers.mistakes.push_back(
                wrong(given.origin.text(), "it belongs on the command line of the daemon: take it out"));
            continue;
        }
        notices.push_back(fmt::format("{} is skipped: it is an option of {}", given.origin.text(),
                                      foreign ? foreign->whose : "OCS"));
    }
    for (const auto& stray : written.strays)
        layers.mistakes.push_back(
            wrong(stray.origin.text(), expected_not("an option (--NAME)", stray.texts.front())));
    for (auto& [option, given] : written.keys) {
        if (find_archive_key(option)) {
            archive.values[option] = std::move(given);
            continue;
        }
        const auto [place, first] = layers.of_file.try_emplace(option, given);
        if (!first && place->second.texts != given.texts)
            layers.mistakes.push_back(wrong(
                given.origin.text(),
                fmt::format(
                    "{}: all entries run in one daemon; choose one with --instance-id to run them apart",
                    expected_not(fmt::format("'{}', as at {}", abridged(together(place->second)),
                                             place->second.origin.text()),
                                 together(given)))));
    }
    return archive;
}

}  // namespace

std::vector<ocs_instance> read_site_file(const ocs_site_request& request, configuration_layers& layers,
                                         std::vector<std::string>& notices) {
    auto site = read_ocs_site(request);
    layers.mistakes.insert(layers.mistakes.end(), site.mistakes.begin(), site.mistakes.end());
    layers.file = value_origin{request.file, ""};
    layers.file_by_options = true;
    layers.file_unread = site.instances.empty();
    layers.archives_unread = site.incomplete;
    if (site.incomplete) try_all_of_daemon(layers.tried);
    for (const auto& entry : site.instances) layers.archives.push_back(read_entry(entry, layers, notices));
    // Behind what the entries say themselves, as with OCS.
    for (const auto& word : site.hub)
        layers.of_file.try_emplace(option_of_hub(word.name),
                                   given_value{{word.text}, {word.place, "hub." + word.name}});
    // The daemon as a whole goes by its only entry's name, or by the host's.
    if (layers.archives.size() == 1) layers.of_file["instance-id"] = layers.archives[0].values["instance-id"];
    // It picked the entry, whose own arguments may say otherwise.
    layers.command_line.erase("instance-id");
    return std::move(site.instances);
}

}  // namespace suprsync
