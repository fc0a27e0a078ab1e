// The log's records: a message for people, and the fields by which programs find what it is about (archive,
// file, kind), which the log as JSON and the journal show beside the message. What a person should look at
// stands in the table of messages (engine/report/messages.hpp) and is written by tell(); everything else is
// info or debug.
#pragma once

#include <fmt/format.h>
#include <spdlog/common.h>

#include <string>
#include <string_view>
#include <utility>

#include "engine/model/file.hpp"
#include "engine/report/messages.hpp"

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

/// Writes a message; that of an archive begins with the archive's name: "[smurf] ...".
template <class... Values>
void write(spdlog::level::level_enum level, const about& what, fmt::format_string<Values...> text,
           Values&&... values) {
    if (!is_on(level)) return;
    auto message = fmt::format(text, std::forward<Values>(values)...);
    record(level, what, what.archive.empty() ? message : fmt::format("[{}] {}", what.archive, message));
}

template <class... Values>
void debug(const about& what, fmt::format_string<Values...> text, Values&&... values) {
    write(spdlog::level::debug, what, text, std::forward<Values>(values)...);
}
template <class... Values>
void info(const about& what, fmt::format_string<Values...> text, Values&&... values) {
    write(spdlog::level::info, what, text, std::forward<Values>(values)...);
}

/// Writes a message of the table with its values, at its own level or at another one.
template <const log_message& Message, class... Values>
void tell_at(spdlog::level::level_enum level, const about& what, Values&&... values) {
    write(level, what, fmt::format_string<Values...>(Message.text), std::forward<Values>(values)...);
}
template <const log_message& Message, class... Values>
void tell(const about& what, Values&&... values) {
    tell_at<Message>(Message.level, what, std::forward<Values>(values)...);
}

}  // namespace suprsync::log
