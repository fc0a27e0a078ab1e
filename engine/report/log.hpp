// The log's records: a message for people, and the fields by which programs find what it is about (archive,
// file, kind), which the log as JSON shows beside the message.
#pragma once

#include <fmt/format.h>
#include <spdlog/common.h>

#include <string>
#include <string_view>
#include <utility>

#include "engine/model/file.hpp"

namespace suprsync::log {

/// What a message is about; empty, or 0, where it is about no such thing. Every member has a default: a call
/// names those that it has.
struct about {
    std::string_view archive = {};
    file_id id = 0;
    std::string_view path = {};  ///< the local path of the file
    std::string_view kind = {};  ///< of the condition, or what became of the file, as GET /events names it
};

/// The fields of the message that this thread is writing; those of no message where it writes none.
const about& fields();

bool is_on(spdlog::level::level_enum level);

/// Writes it as it is.
void record(spdlog::level::level_enum level, const about& what, const std::string& message);

/// Writes a message of an archive, which begins with the archive's name: "[smurf] ...".
template <class... Values>
void write(spdlog::level::level_enum level, const about& what, fmt::format_string<Values...> text,
           Values&&... values) {
    if (!is_on(level)) return;
    record(level, what,
           fmt::format("[{}] {}", what.archive, fmt::format(text, std::forward<Values>(values)...)));
}

template <class... Values>
void debug(const about& what, fmt::format_string<Values...> text, Values&&... values) {
    write(spdlog::level::debug, what, text, std::forward<Values>(values)...);
}
template <class... Values>
void info(const about& what, fmt::format_string<Values...> text, Values&&... values) {
    write(spdlog::level::info, what, text, std::forward<Values>(values)...);
}
template <class... Values>
void warn(const about& what, fmt::format_string<Values...> text, Values&&... values) {
    write(spdlog::level::warn, what, text, std::forward<Values>(values)...);
}
template <class... Values>
void error(const about& what, fmt::format_string<Values...> text, Values&&... values) {
    write(spdlog::level::err, what, text, std::forward<Values>(values)...);
}

}  // namespace suprsync::log
