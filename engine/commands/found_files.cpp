#include "engine/commands/found_files.hpp"

#include <iterator>

#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"

namespace suprsync {

namespace {

constexpr std::size_t found_at_once = 1000;

std::vector<file_view> all_of(tool_catalog& catalog, file_query query) {
    query.limit = found_at_once;
    std::vector<file_view> found;
    for (bool more = true; more;) {
        auto page = catalog.wait(catalog->list_files(query));
        more = page.more;
        if (more) query.after = page.files.back().row.id;
        std::move(page.files.begin(), page.files.end(), std::back_inserter(found));
    }
    return found;
}

}  // namespace

std::vector<file_view> find_files(tool_catalog& catalog, const std::string& operand,
                                  const std::string& operation) {
    if (const auto id = read_number<file_id>(operand, 1))
        if (auto file = catalog.wait(catalog->find(*id))) return {std::move(*file)};
    file_query query;
    query.local_path = catalog.local_path(operand);
    auto found = all_of(catalog, query);
    if (found.empty() && !operand.starts_with('/')) {
        query.local_path.reset();
        query.remote_prefix = operand;
        found = all_of(catalog, query);
        std::erase_if(found, [&](const file_view& file) { return file.row.remote_path != operand; });
    }
    if (found.empty())
        throw failure_error(
            {failure_code::not_found, operation, shown_name(operand),
             "the catalog has no row with this local path, path at the destination or id: it was never registered"});
    return found;
}

}  // namespace suprsync
