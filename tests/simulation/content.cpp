#include "tests/simulation/content.hpp"

#include <fmt/format.h>

namespace suprsync::simulation {

namespace {

std::uint64_t fnv(std::string_view text, std::uint64_t hash) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    return hash ^ (hash >> 29);
}

}  // namespace

std::string sum_of(std::string_view content) {
    return fmt::format("{:016x}{:016x}", fnv(content, 14695981039346656037U), fnv(content, 0x5bd1e995U));
}

std::string content_of(std::uint64_t number, std::size_t bytes) {
    auto text = fmt::format("{:08}:", number);
    while (text.size() < bytes) text += static_cast<char>('a' + (number + text.size() * 7) % 26);
    return text;
}

std::string torn(const std::string& content, std::uint64_t how) {
    auto text = content;
    if (text.empty()) return "?";
    switch (how % 3) {
        case 0:
            text.resize((how / 3) % text.size());
            break;
        case 1:
            text.assign(text.size(), '\0');
            break;
        default:
            text[(how / 3) % text.size()] ^= 1;
    }
    return text;
}

}  // namespace suprsync::simulation
