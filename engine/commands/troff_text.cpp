#include "engine/commands/troff_text.hpp"

#include <fmt/format.h>

namespace suprsync {

namespace {

// What is to be typed is shown as it is typed: no hyphens, no curly quotes.
std::string as_typed(char c) {
    switch (c) {
        case '\\':
            return "\\e";
        case '-':
            return "\\-";
        case '\'':
            return "\\(aq";
        case '`':
            return "\\(ga";
        case '^':
            return "\\(ha";
        case '~':
            return "\\(ti";
        default:
            return std::string(1, c);
    }
}

}  // namespace

std::string troff(const std::string& text) {
    std::string safe;
    bool line_begins = true;
    for (const char c : text) {
        if (c == '\n')
            while (safe.ends_with(' ')) safe.pop_back();
        if (line_begins && c == '.') safe += "\\&";
        line_begins = c == '\n';
        safe += as_typed(c);
    }
    return safe;
}

std::string troff_option(const std::string& name, const std::string& value, const std::string& text) {
    return fmt::format(".TP\n\\fB\\-\\-{}\\fR{}\n{}\n", troff(name),
                       value.empty() ? "" : " \\fI" + troff(value) + "\\fR", troff(text));
}

std::string troff_term(const std::string& term, const std::string& text) {
    return fmt::format(".TP\n\\fB{}\\fR\n{}\n", troff(term), troff(text));
}

std::string troff_example(const std::string& lines) {
    return ".PP\n.RS 4\n.nf\n" + troff(lines) + "\n.fi\n.RE\n";
}

}  // namespace suprsync
