#include "engine/commands/table.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "engine/model/human.hpp"
#include "engine/model/shown_text.hpp"

namespace suprsync {

namespace {

constexpr const char* gap = "  ";

}  // namespace

cell text_cell(const std::string& text) {
    const auto shown = shown_name(text);
    return {shown, shown};
}

cell number_cell(std::int64_t n) { return {human::count(n), std::to_string(n)}; }

cell bytes_cell(const std::optional<std::uint64_t>& bytes) {
    if (!bytes) return {"-", ""};
    return {human::bytes(static_cast<double>(*bytes)), std::to_string(*bytes)};
}

cell time_cell(const std::optional<epoch_seconds>& when, epoch_seconds now) {
    if (!when) return {"-", ""};
    return {human::age(*when, now), fmt::format("{:.3f}", *when)};
}

table::table(std::vector<std::string> headers) : terminal_(on_terminal()), headers_(std::move(headers)) {
    for (auto& header : headers_) {
        right_.push_back(header.starts_with('>'));
        if (right_.back()) header.erase(0, 1);
        widths_.push_back(header.size());
    }
}

void table::add(std::vector<cell> row) {
    for (std::size_t i = 0; i < row.size(); ++i)
        widths_[i] = std::max(widths_[i], human::width(row[i].human));
    rows_.push_back(std::move(row));
}

std::string table::text() {
    std::string lines;
    const auto add_line = [&](auto&& field) {
        std::string line;
        for (std::size_t i = 0; i < headers_.size(); ++i) {
            const std::string& f = field(i);
            if (!terminal_) {
                line += (i == 0 ? "" : "\t") + f;
                continue;
            }
            const std::string space(widths_[i] - human::width(f), ' ');
            line += (i == 0 ? "" : gap) + (right_[i] ? space + f : f + space);
        }
        if (terminal_) line.erase(line.find_last_not_of(' ') + 1);
        lines += (lines.empty() ? "" : "\n") + line;
    };
    if (!begun_) add_line([&](std::size_t i) -> const std::string& { return headers_[i]; });
    begun_ = true;
    for (const auto& row : rows_)
        add_line(
            [&](std::size_t i) -> const std::string& { return terminal_ ? row[i].human : row[i].plain; });
    rows_.clear();
    return lines;
}

void table::print() { std::cout << text() << std::endl; }

bool on_terminal() { return ::isatty(STDOUT_FILENO) == 1; }

}  // namespace suprsync
