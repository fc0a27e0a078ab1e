// What another program makes of a text of ours: the readers that people have.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/support/files.hpp"
#include "tests/support/scratch_directory.hpp"

namespace suprsync::test {

/// Standard output and errors of a shell command that reads `text`; "status N: " goes before where it is not
/// 0.
inline std::string what_program_says(const std::string& command, std::string_view text) {
    const scratch_directory place;
    write_file(place / "text", text);
    const auto said = place / "said";
    const int status =
        std::system((command + " <" + (place / "text").string() + " >" + said.string() + " 2>&1").c_str());
    return (status == 0 ? "" : "status " + std::to_string(status) + ": ") + read_file(said);
}

}  // namespace suprsync::test
