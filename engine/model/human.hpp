// Figures as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/model/file.hpp"

namespace suprsync::human {

/// "1.2 MB", in powers of 1000.
std::string bytes(double count);
/// "1,234,567".
std::string count(std::int64_t n);
/// "1 file", "1,234 files".
std::string counted(std::int64_t n, std::string_view noun);
/// A span of time, its two largest units: "45 s", "3 min", "2 h 5 min", "4 d 3 h".
std::string span(double seconds);
/// "3 min ago", or "in 3 min".
std::string age(epoch_seconds when, epoch_seconds now);
/// Date and time, UTC: "2023-11-14 22:13:20Z".
std::string date(epoch_seconds when);
/// "2023-11-14 22:13:20Z (3 min ago)".
std::string date_and_age(epoch_seconds when, epoch_seconds now);
/// Columns that the text takes on a terminal, one for each character.
std::size_t width(std::string_view text);

}  // namespace suprsync::human
