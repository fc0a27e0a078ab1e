// The text of a small file that is open, from its beginning.
#pragma once

#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

namespace suprsync {

inline std::string whole_text(int file) {
    std::string text;
    std::array<char, 16384> piece;
    while (true) {
        const auto n = ::pread(file, piece.data(), piece.size(), static_cast<::off_t>(text.size()));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return text;
        text.append(piece.data(), static_cast<std::size_t>(n));
    }
}

}  // namespace suprsync
