#include "engine/commands/selected_files.hpp"

namespace suprsync {

namespace {

constexpr std::size_t selected_at_once = 1000;

}  // namespace

void for_each_file(tool_catalog& catalog, const file_selection& wanted,
                   const std::function<void(const file_view&)>& take) {
    file_query query;
    query.archive = wanted.archive;
    query.state = wanted.state;
    query.remote_prefix = wanted.remote_prefix;
    query.limit = selected_at_once;
    for (bool more = true; more;) {
        const auto page = catalog.wait(catalog->list_files(query));
        for (const auto& file : page.files) take(file);
        more = page.more;
        if (more) query.after = page.files.back().row.id;
    }
}

}  // namespace suprsync
