// Numbers with their nouns, for people: "1 file", "2 files".
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace suprsync {

template <class Number>
std::string counted(Number n, std::string_view noun) {
    return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

}  // namespace suprsync
