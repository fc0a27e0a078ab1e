#include "engine/commands/archive_names.hpp"

#include <set>

#include "engine/commands/tool_catalog.hpp"
#include "engine/commands/tool_configuration.hpp"
#include "storage/catalog/archive_names.hpp"

namespace suprsync {

namespace {

template <class Ask>
void add_quietly(std::set<std::string>& names, Ask ask) {
    try {
        for (auto& name : ask())
            if (name.find('\n') == std::string::npos) names.insert(std::move(name));
    } catch (const std::exception&) {
        return;  // who types a command line asked for no explanation
    }
}

}  // namespace

std::vector<std::string> archive_names(const tool_arguments& arguments) {
    std::set<std::string> names;
    add_quietly(names, [&] {
        std::vector<std::string> configured;
        for (auto& archive : read_tool_configuration(arguments).daemon.archives)
            configured.push_back(std::move(archive.name));
        return configured;
    });
    add_quietly(names, [&] { return archive_names_in(catalog_path(arguments)); });
    return {names.begin(), names.end()};
}

}  // namespace suprsync
