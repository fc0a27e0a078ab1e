// What receivers leave below the base directory where there is no staging, and are killed.
#include <fmt/format.h>

#include <map>

#include "engine/model/text.hpp"
#include "net/remote/answer_records.hpp"
#include "net/remote/scripts.hpp"
#include "net/rsync/rsync_transport_impl.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::size_t most_remembered = 10'000;

}  // namespace

asio::awaitable<std::vector<std::string>> rsync_transport::sweep_leftovers(
    const std::vector<stage_item>& items) {
    std::vector<std::string> removed;
    std::map<std::string, std::string> lists;
    for (const auto& item : items) {
        auto directory = directory_of(item.remote_path);
        if (swept_.contains(directory)) continue;
        lists[std::move(directory)]
            .append(fmt::format("{} {}//", item.size, item.remote_path))
            .push_back('\0');
    }
    if (lists.empty()) co_return removed;
    std::string list;
    for (const auto& [directory, files] : lists) list += files;
    const auto answer = co_await run("look for leftovers at", scripts::sweep_leftovers, {}, std::move(list),
                                     command_limit(0, items.size()));
    // Where that failed, files are sent all the same, and it is tried again.
    if (answer.end.error) co_return removed;
    std::string_view output = answer.output;
    while (const auto record = next_keyed_record(output)) {
        if (record->key == '-') removed.emplace_back(record->value);
        if (record->key == '?') lists.erase(std::string(record->value));
    }
    if (swept_.size() > most_remembered) swept_.clear();
    for (const auto& [directory, files] : lists) swept_.insert(directory);
    co_return removed;
}

}  // namespace suprsync
