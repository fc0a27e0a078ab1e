// docs/messages.md, made from the tables of conditions and messages.
#pragma once

#include <string>

namespace suprsync {

/// `suprsync help --messages`: the whole document, in Markdown.
std::string messages_document();

}  // namespace suprsync
