#include "engine/run/removed_days_condition.hpp"
#include "engine/model/shell_word.hpp"

#include <fmt/format.h>

namespace asio = boost::asio;

namespace suprsync {

asio::awaitable<void> tell_removed_days(archive_context& archive) {
    const auto& name = archive.config.name;
    const auto days = co_await archive.environment.catalog.removed_days(name);
    if (!archive.catalog_answered("removed_days", days) || archive.days_told == *days) co_return;
    archive.days_told = *days;
    if (days->empty()) co_return archive.clear(condition_kind::day_removed);
    const auto word = command_word(name);
    const auto first = timecode_directory(days->front().timecode);
    archive.raise(
        condition_kind::day_removed,
        fmt::format(
            "{} no longer at {}, the first one {}: somebody removed it there. Its files, which were verified, are neither sent again nor deleted here until you say what is right: suprsync accept-removal {} {} (they are deleted here, too, when they are due), or suprsync retry {} --prefix {}/ (they are sent again)",
            days->size() == 1 ? "1 directory of a timecode is"
                              : fmt::format("{} directories of timecodes are", days->size()),
            archive.transport.name(), first, word, first, word, first));
}

}  // namespace suprsync
