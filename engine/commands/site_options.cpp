#include "engine/commands/site_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/program_options/errors.hpp>

#include "engine/config/configuration_keys.hpp"

namespace po = boost::program_options;

namespace suprsync {

namespace {

// One entry of a site file: an archive, and values of the whole daemon, which every entry must have the same.
// Failure: its words have not the form of options; further mistakes are noted.
result<given_archive> read_entry(const ocs_instance& entry, configuration_layers& layers,
                                 std::vector<std::string>& warnings) {
    const auto& id = entry.instance_id;
    given_archive archive{{}, {entry.place, id}, true};
    archive.values["instance-id"] = {{id}, {entry.place, id + ": instance-id"}};
    std::vector<std::string> words;
    for (const auto& argument : entry.arguments) words.push_back(argument.text);
    const auto origin_of = [&](std::size_t at, const std::string& option) -> value_origin {
        return {at < words.size() ? entry.arguments[at].place : entry.place, id + ": " + option};
    };
    result<written_options> written = written_options{};
    try {
        written = read_words(words, origin_of, true);
    } catch (const po::error_with_option_name& e) {
        const auto name = e.get_option_name();
        std::size_t at = 0;
        while (at < words.size() && words[at] != name && !words[at].starts_with(name + "=")) ++at;
        return wrong(origin_of(at, name).text(), e.what());
    } catch (const po::error& e) {
        return wrong(archive.origin.text(), e.what());
    }
    if (!written) return written.error();
    bool all_known = true;
    for (const auto& [name, given] : written->others) {
        const auto* foreign = find_foreign_option(name);
        if (!foreign && name != "site-file" && name != "site-host") {
            layers.mistakes.push_back(wrong(given.origin.text(), no_such_option("--" + name)));
            all_known = false;
            continue;
        }
        warnings.push_back(fmt::format("{} is skipped: it is an option of {}", given.origin.text(),
                                       foreign ? foreign->whose : "OCS"));
    }
    // What follows an unknown option is likely to be its value.
    if (const auto& stray = written->stray; stray && all_known)
        layers.mistakes.push_back(
            wrong(stray->origin.text(),
                  fmt::format("expected an option (--NAME), got '{}'", fmt::join(stray->texts, " "))));
    for (auto& [option, given] : written->keys) {
        if (find_archive_key(option)) {
            archive.values[option] = std::move(given);
            continue;
        }
        const auto [place, first] = layers.of_file.try_emplace(option, given);
        if (!first && place->second.texts != given.texts)
            layers.mistakes.push_back(wrong(
                given.origin.text(),
                fmt::format(
                    "expected '{}', as at {}, got '{}': all entries run in one daemon; choose one with --instance-id to run them apart",
                    fmt::join(place->second.texts, "', '"), place->second.origin.text(),
                    fmt::join(given.texts, "', '"))));
    }
    return archive;
}

}  // namespace

result<std::vector<ocs_instance>> read_site_file(const ocs_site_request& request,
                                                 configuration_layers& layers,
                                                 std::vector<std::string>& warnings) {
    auto entries = read_ocs_site(request);
    if (!entries) return entries.error();
    layers.file = value_origin{request.file, ""};
    layers.file_by_options = true;
    for (const auto& entry : *entries) {
        auto archive = read_entry(entry, layers, warnings);
        if (archive)
            layers.archives.push_back(std::move(*archive));
        else
            layers.mistakes.push_back(archive.error());
    }
    // The daemon as a whole goes by its only entry's name, or by the host's.
    if (entries->size() == 1 && !layers.archives.empty())
        layers.of_file["instance-id"] = layers.archives[0].values["instance-id"];
    // It picked the entry, whose own arguments may say otherwise.
    layers.command_line.erase("instance-id");
    return entries;
}

}  // namespace suprsync
