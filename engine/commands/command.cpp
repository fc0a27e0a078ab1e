#include "engine/commands/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>

#include "engine/commands/complain.hpp"
#include "engine/commands/exit_code.hpp"
#include "engine/commands/tool_arguments.hpp"
#include "engine/model/failure.hpp"

namespace suprsync {

namespace {

constexpr std::size_t text_width = 76;

// Words of a paragraph in lines.
std::string wrapped(const std::string& text, std::size_t indent) {
    std::string lines;
    std::size_t column = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        const auto end = std::min(text.find_first_of(" \n", at), text.size());
        const auto word = text.substr(at, end - at);
        if (column > 0 && column + 1 + word.size() > text_width - indent) {
            lines += "\n" + std::string(indent, ' ');
            column = 0;
        }
        if (column > 0) lines += ' ', ++column;
        lines += word;
        column += word.size();
        if (end < text.size() && text[end] == '\n') {
            lines += "\n" + std::string(indent, ' ');
            column = 0;
        }
        at = end + 1;
    }
    return lines;
}

}  // namespace

std::string help_of(const command& c) {
    if (c.own_help) return c.own_help();
    auto help = fmt::format("usage: suprsync {}{}{} [OPTION]...\n\n{}\n\noptions:\n", c.name,
                            c.synopsis.empty() ? "" : " ", c.synopsis, wrapped(c.description, 0));
    std::size_t width = std::string_view("  --help").size() + 2;
    const auto left = [](const command_option& option) {
        return fmt::format("  --{}{}{}", option.name, option.value.empty() ? "" : " ", option.value);
    };
    for (const auto& option : c.options) width = std::max(width, left(option).size() + 2);
    for (const auto& option : c.options)
        help += fmt::format("{:<{}}{}\n", left(option), width, wrapped(option.text, width));
    help += fmt::format("{:<{}}{}\n", "  --help", width, "this text");
    return help;
}

namespace {

int perform(const command& c, const std::vector<std::string>& words) {
    if (c.run_raw) return c.run_raw(words);
    try {
        const tool_arguments arguments(c, words);
        if (arguments.help()) {
            std::cout << help_of(c);
            return exit_code::done;
        }
        return c.run(arguments);
    } catch (const usage_error& e) {
        complain(fmt::format("suprsync {}: {}\nSee suprsync {} --help", c.name, e.what(), c.name));
        return exit_code::usage;
    } catch (const failure_error& e) {
        complain(fmt::format("suprsync {}: {}", c.name, e.what()));
        return e.why().code == failure_code::invalid ? exit_code::usage : exit_code::failed;
    } catch (const std::exception& e) {
        complain(fmt::format("suprsync {}: {}", c.name, e.what()));
        return exit_code::failed;
    }
}

}  // namespace

int finish_output(const std::string& program, int status) {
    errno = 0;
    const bool written = static_cast<bool>(std::cout.flush());
    if (written && std::fflush(stdout) == 0) return status;
    std::cerr << fmt::format("{}: cannot write the output{}", program,
                             errno != 0 ? fmt::format(": {}", std::strerror(errno)) : "")
              << std::endl;
    return status == exit_code::done ? exit_code::failed : status;
}

int run_command(const command& c, const std::vector<std::string>& words) {
    return finish_output("suprsync " + c.name, perform(c, words));
}

}  // namespace suprsync
