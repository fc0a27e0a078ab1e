#include "engine/commands/file_printing.hpp"

#include <iostream>

#include "engine/loop/this_machine.hpp"
#include "http/api/views.hpp"

namespace suprsync {

file_printer::file_printer(bool json)
    : json_(json),
      now_(wall_clock()),
      table_({">ID", "STATE", ">ATTEMPTS", ">SIZE", ">REGISTERED", ">NEXT", "ARCHIVE", "LOCAL PATH",
              "REMOTE PATH", "REASON"}) {
    if (json_) document_.begin_array();
}

void file_printer::add(const file_view& file) {
    ++printed_;
    if (json_) {
        document_.value(file);
        return;
    }
    const auto& row = file.row;
    table_.add({{std::to_string(row.id), std::to_string(row.id)},
                text_cell(file.state),
                number_cell(row.failed_copy_attempts),
                bytes_cell(file.bytes),
                time_cell(row.timestamp, now_),
                time_cell(file.next_attempt_at, now_),
                text_cell(row.archive_name),
                text_cell(row.local_path),
                text_cell(row.remote_path),
                text_cell(reason_of(file))});
}

void file_printer::flush() {
    if (!json_) {
        if (!table_.empty()) table_.print();
        return;
    }
    std::cout << document_.take();
}

void file_printer::end(const std::string& if_none) {
    if (json_) {
        document_.end_array();
        print_json(document_);
        return;
    }
    flush();
    if (printed_ == 0 && on_terminal()) std::cout << if_none << std::endl;
}

void print_json(json_writer& document) { std::cout << document.take() << std::endl; }

std::string reason_of(const file_view& file) {
    if (file.ignore_reason) return *file.ignore_reason;
    if (file.row.ignore) return "";
    return file.last_error.value_or("");
}

}  // namespace suprsync
