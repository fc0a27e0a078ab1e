// A table on standard output: aligned columns on a terminal; elsewhere lines of fields between tabs, figures
// as they are, for other programs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/model/file.hpp"

namespace suprsync {

/// A field as people read it, and as programs do.
struct cell {
    std::string human;
    std::string plain;
};

/// Of a name: with control characters escaped.
cell text_cell(const std::string& text);
cell number_cell(std::int64_t n);
/// Empty where there is none ("-" on a terminal), as the following.
cell bytes_cell(const std::optional<std::uint64_t>& bytes);
/// An age for people, seconds since the epoch for programs.
cell time_cell(const std::optional<epoch_seconds>& when, epoch_seconds now);

class table {
  public:
    /// Headers; those that begin with '>' are of columns of figures, aligned to the right.
    explicit table(std::vector<std::string> headers);

    void add(std::vector<cell> row);
    bool empty() const { return rows_.empty(); }
    std::size_t size() const { return rows_.size(); }

    /// What was added since the last call; headers before the first.
    std::string text();
    void print();

  private:
    const bool terminal_;
    std::vector<std::string> headers_;
    std::vector<bool> right_;
    std::vector<std::size_t> widths_;
    std::vector<std::vector<cell>> rows_;
    bool begun_ = false;
};

/// Whether standard output is a terminal.
bool on_terminal();

}  // namespace suprsync
