#include "engine/commands/complain.hpp"

#include <iostream>

#include "engine/model/shown_text.hpp"

namespace suprsync {

void complain(const std::string& message) {
    std::cout.flush();
    std::cerr << shown_lines(message) << std::endl;
}

}  // namespace suprsync
