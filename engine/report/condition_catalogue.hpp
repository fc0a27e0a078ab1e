// What each condition means, and what is to be done: the catalogue of docs/messages.md (`suprsync help
// --messages`).
#pragma once

#include <span>
#include <string_view>

namespace suprsync {

struct known_condition {
    const char* kind;     ///< of condition_kind
    const char* meaning;  ///< what it says, a sentence
    const char* advice;   ///< what to do, in Markdown
};

/// Every kind, in the order in which people read them.
std::span<const known_condition> condition_catalogue();

/// Whether it is the kind of a condition.
bool is_condition(std::string_view kind);

}  // namespace suprsync
