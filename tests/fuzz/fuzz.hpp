// What all fuzz targets share: how they say that something which must hold does not, and how an input is cut
// into pieces. A target is one file, which libFuzzer calls with inputs that it makes of the seeds.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <random>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/text.hpp"

namespace suprsync::fuzz {

/// Ends the process where it does not hold, so that libFuzzer keeps the input.
inline void must(bool holds, std::string_view what,
                 const std::source_location& where = std::source_location::current()) {
    if (holds) return;
    // libFuzzer's own report follows on the same stream.
    std::fprintf(stderr, "\n%s:%u: this must hold: %.*s\n", where.file_name(), where.line(),
                 static_cast<int>(what.size()), what.data());
    std::abort();
}

/// Cuts the text into pieces, which are the same for the same text.
inline std::vector<std::string_view> pieces_of(std::string_view text) {
    std::minstd_rand random(static_cast<std::uint32_t>(fnv1a(text)));
    std::uniform_int_distribution<std::size_t> how_long(0, 2 + text.size() / 4);
    std::vector<std::string_view> pieces;
    while (!text.empty()) {
        const auto length = std::min(how_long(random), text.size());
        pieces.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    return pieces;
}

/// A place to cut the text at, which is the same for the same text.
inline std::size_t cut_of(std::string_view text) { return fnv1a(text) % (text.size() + 1); }

/// The parts of a text that stand between lines of "@@", `count` of them; those that are missing are empty.
inline std::vector<std::string> sections_of(std::string_view text, std::size_t count) {
    constexpr std::string_view mark = "\n@@\n";
    std::vector<std::string> sections;
    while (sections.size() + 1 < count) {
        const auto end = text.find(mark);
        sections.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + mark.size());
    }
    sections.emplace_back(text);
    return sections;
}

}  // namespace suprsync::fuzz
