#include "engine/commands/messages_document.hpp"

#include <fmt/format.h>

#include "engine/report/condition_catalogue.hpp"
#include "engine/report/messages.hpp"

namespace suprsync {

namespace {

constexpr const char* document_begins =
    R"(# What suprsync says, and what to do

Made by `suprsync help --messages` from the program's own tables: what is logged as a warning or an error is here, and
nothing else is. How conditions behave is told in [spec.md](spec.md#conditions), how the log reads in
[spec.md](spec.md#texts).

A message of an archive begins with its name, `[smurf] ...`. In systemd's journal its records have the fields `ARCHIVE`,
`FILE_ID`, `FILE_PATH`, and `CONDITION` or, of what became of a file, `EVENT`:

    journalctl -u suprsync -p warning ARCHIVE=smurf         # what one archive has to complain of
    journalctl -u suprsync CONDITION=files_failed           # when a condition began and ended
    journalctl -u suprsync FILE_PATH=/data/so/file.g3       # what became of one file

What a person must act on is a warning (priority 4) or an error (3), whatever happens by itself is info (6) or debug (7).
`/status`, `suprsync status` and `GET /events` show the conditions, too.

## Conditions

Each begins with a warning, `condition KIND [ARCHIVE]: ...`, and ends by itself when its cause does, with a line of info,
`condition KIND [ARCHIVE] is over, after ... s`.

| kind | meaning | what to do |
|---|---|---|
)";

constexpr const char* before_messages = R"(
## Warnings and errors

| message | level | meaning | what to do |
|---|---|---|---|
)";

// With "..." for the values.
std::string shown_message(const log_message& message) {
    if (*message.shown != '\0') return message.shown;
    std::string text;
    for (const char* at = message.text; *at != '\0'; ++at) {
        if (*at == '{') {
            text += "...";
            while (*at != '}') ++at;
        } else {
            text += *at;
        }
    }
    return text;
}

const char* word_of_level(spdlog::level::level_enum level) {
    return level == spdlog::level::warn ? "warning" : level == spdlog::level::err ? "error" : "critical";
}

}  // namespace

std::string messages_document() {
    std::string text = document_begins;
    for (const auto& c : condition_catalogue())
        text += fmt::format("| `{}` | {} | {} |\n", c.kind, c.meaning, c.advice);
    text += before_messages;
    for (const auto* m : message_catalogue())
        text += fmt::format("| `{}` | {} | {} | {} |\n", shown_message(*m), word_of_level(m->level),
                            m->meaning, m->advice);
    return text;
}

}  // namespace suprsync
