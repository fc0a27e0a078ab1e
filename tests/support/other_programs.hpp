// What the test program is when it is started with one of these words, besides the tests.
#pragma once

#include <functional>
#include <map>
#include <string>

namespace suprsync::test {

/// By their first word; each is given the second one, or ''.
inline std::map<std::string, std::function<int(const std::string&)>>& other_programs() {
    static std::map<std::string, std::function<int(const std::string&)>> programs;
    return programs;
}

}  // namespace suprsync::test
