// The program: looks at the first word and hands the rest to the subcommand.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

#include "engine/commands/command_table.hpp"
#include "engine/commands/complain.hpp"
#include "engine/commands/documents.hpp"
#include "engine/commands/exit_code.hpp"
#include "engine/commands/no_memory.hpp"
#include "engine/model/version.hpp"
#include "net/process/guardian.hpp"

namespace {

// A closed standard stream's number would be given to the next file that is opened, and a child's or a
// library's output would go there.
void open_standard_streams() {
    int number = 0;
    do number = ::open("/dev/null", O_RDWR);
    while (number >= 0 && number <= STDERR_FILENO);
    if (number >= 0) ::close(number);
}

}  // namespace

int main(int count, char** words) {
    using namespace suprsync;
    end_where_no_memory_is_left();
    open_standard_streams();
    const std::vector<std::string> arguments(words + 1, words + count);
    const std::string first = arguments.empty() ? "" : arguments.front();
    if (first == guardian::guardian_argument) {
        const char* mark = std::getenv(guardian::mark_variable);
        return run_guardian(mark ? mark : "");
    }
    if (const auto* command = find_command(first))
        return run_command(*command, {arguments.begin() + 1, arguments.end()});
    if (first == "--version") {
        std::cout << "suprsync " << version() << '\n';
        return finish_output("suprsync", exit_code::done);
    }
    if (first == "--help" || first == "-h") {
        std::cout << program_help();
        return finish_output("suprsync", exit_code::done);
    }
    if (first.empty())
        std::cerr << program_help();
    else
        complain("suprsync: there is no command '" + first + "'; see suprsync --help");
    return exit_code::usage;
}
