// Rows of the catalog as the tools print them: a table, or one JSON document whose rows have the keys of
// GET /files/{id}.
#pragma once

#include <string>
#include <vector>

#include "engine/commands/table.hpp"
#include "engine/ports/catalog_admin.hpp"
#include "http/api/json_writer.hpp"

namespace suprsync {

/// Prints rows as they come, page after page.
class file_printer {
  public:
    explicit file_printer(bool json);

    void add(const file_view& file);
    /// What was added so far; to be called after each page.
    void flush();
    /// Ends the document. Without a row: `if_none` on a terminal's table.
    void end(const std::string& if_none);

  private:
    const bool json_;
    const epoch_seconds now_;
    json_writer document_;
    table table_;
    std::size_t printed_ = 0;
};

/// A document on standard output, with a newline.
void print_json(json_writer& document);

/// Why it is as it is, in a few words: the last error, the reason of ignoring; '' where nothing is known.
std::string reason_of(const file_view& file);

}  // namespace suprsync
