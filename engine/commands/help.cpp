// `suprsync help`: the help of the program or of a command, and whatever else is made from the program's own
// tables.
#include <fmt/format.h>

#include <iostream>

#include "engine/commands/archive_names.hpp"
#include "engine/commands/command_table.hpp"
#include "engine/commands/completions.hpp"
#include "engine/commands/documents.hpp"
#include "engine/commands/exit_code.hpp"
#include "engine/commands/messages_document.hpp"
#include "engine/commands/tool_arguments.hpp"
#include "engine/commands/tool_configuration.hpp"
#include "engine/commands/tools.hpp"

namespace suprsync {

namespace {

constexpr const char* names_of_archives = "archives";

// What is made from the program's own tables: installed with it, or kept beside its sources.
struct made_document {
    const char* option;
    const char* text;
    std::string (*make)();
};
constexpr made_document made_documents[] = {
    {"man", "print the manual page suprsync(1)", manual_page},
    {"man-yaml", "print the manual page suprsync.yaml(5)", configuration_page},
    {"bash-completion", "print the completion for bash", bash_completion},
    {"zsh-completion", "print the completion for zsh", zsh_completion},
    {"fish-completion", "print the completion for fish", fish_completion},
    {"messages", "print what the daemon says, what it means and what to do, in Markdown", messages_document},
};

std::vector<std::string> names_of_documents() {
    std::vector<std::string> names{names_of_archives};
    for (const auto& document : made_documents) names.push_back(document.option);
    return names;
}

int help(const tool_arguments& arguments) {
    const auto which = arguments.one_of(names_of_documents());
    if (!which.empty() && !arguments.operands().empty())
        throw usage_error("--" + which + " goes with no command");
    for (const char* option : {"config", "db"})
        if (arguments.has(option) && which != names_of_archives)
            throw usage_error(fmt::format("--{} goes with --{}", option, names_of_archives));
    if (which == names_of_archives) {
        for (const auto& name : archive_names(arguments)) std::cout << name << '\n';
    } else if (!which.empty()) {
        for (const auto& document : made_documents)
            if (which == document.option) std::cout << document.make();
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
    for (const auto& document : made_documents) c.options.push_back({document.option, "", document.text});
    c.options.push_back(
        {names_of_archives, "",
         "print the names of the archives that the configuration and the catalog have, as completions ask for them: nothing where they cannot be read"});
    c.options.push_back({"db", "PATH", "the catalog, with --archives"});
    c.options = with_configuration_option(std::move(c.options));
    c.most_operands = 1;
    c.run = help;
    return c;
}

}  // namespace suprsync
