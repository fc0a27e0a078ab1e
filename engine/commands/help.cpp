// `suprsync help`: the help of the program or of a command, the manual page, the shell's completion.
#include <iostream>

#include "engine/commands/command_table.hpp"
#include "engine/commands/documents.hpp"
#include "engine/commands/exit_code.hpp"
#include "engine/commands/tool_arguments.hpp"
#include "engine/commands/tools.hpp"

namespace suprsync {

namespace {

int help(const tool_arguments& arguments) {
    const auto which = arguments.one_of({"man", "bash-completion"});
    if (!which.empty() && !arguments.operands().empty())
        throw usage_error("--" + which + " goes with no command");
    if (which == "man") {
        std::cout << manual_page();
    } else if (which == "bash-completion") {
        std::cout << bash_completion();
    } else if (arguments.operands().empty()) {
        std::cout << program_help();
    } else if (const auto* c = find_command(arguments.operands()[0])) {
        std::cout << help_of(*c);
    } else {
        throw usage_error("there is no command '" + arguments.operands()[0] + "'");
    }
    return exit_code::done;
}

}  // namespace

command describe_help() {
    command c;
    c.name = "help";
    c.synopsis = "[COMMAND]";
    c.summary = "the help of the program or of one command";
    c.description = "Shows the help of a command, or of the program.";
    c.options = {{"man", "", "print the manual page"},
                 {"bash-completion", "", "print the completion for bash"}};
    c.most_operands = 1;
    c.run = help;
    return c;
}

}  // namespace suprsync
