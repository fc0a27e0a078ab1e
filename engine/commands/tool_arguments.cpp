#include "engine/commands/tool_arguments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <filesystem>

#include "engine/model/option_words.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"

namespace po = boost::program_options;
namespace fs = std::filesystem;

namespace suprsync {

namespace {

constexpr const char* stray = " operands";  // no option has a space in its name

}  // namespace

tool_arguments::tool_arguments(const command& c, std::vector<std::string> words) {
    po::options_description described;
    for (const auto& option : c.options) {
        known_.insert(option.name);
        if (option.value.empty())
            described.add_options()(option.name.c_str(), "");
        else
            described.add_options()(option.name.c_str(), po::value<std::string>(), "");
    }
    described.add_options()("help,h", "")(stray, po::value<std::vector<std::string>>());
    po::positional_options_description positional;
    positional.add(stray, -1);
    for (auto& word : words) {
        if (word == "--") break;
        if (word.starts_with("--"))
            std::replace(word.begin(),
                         word.begin() + static_cast<std::ptrdiff_t>(std::min(word.find('='), word.size())),
                         '_', '-');
    }
    po::variables_map given;
    try {
        namespace style = po::command_line_style;
        po::store(po::command_line_parser(words)
                      .options(described)
                      .positional(positional)
                      .style(style::unix_style & ~style::allow_guessing)
                      .run(),
                  given);
    } catch (const po::error& e) {
        throw usage_error(e.what());
    }
    for (const auto& [name, value] : given) {
        if (name == stray)
            operands_ = value.as<std::vector<std::string>>();
        else
            given_[name] = value.value().type() == typeid(std::string) ? value.as<std::string>() : "";
    }
    if (help()) return;
    if (operands_.size() < c.least_operands)
        throw usage_error(fmt::format("too few arguments: expected {}", c.synopsis));
    if (operands_.size() > c.most_operands)
        throw usage_error(fmt::format("unexpected argument '{}'", operands_[c.most_operands]));
}

std::optional<std::string> tool_arguments::text(const std::string& option) const {
    const auto place = given_.find(option);
    if (place == given_.end()) return std::nullopt;
    return place->second;
}

std::optional<double> tool_arguments::duration(const std::string& option, double least, double most) const {
    const auto given = text(option);
    if (!given) return std::nullopt;
    const auto seconds = read_duration(*given);
    if (!seconds || *seconds < least || *seconds > most)
        throw usage_error(fmt::format("--{}: {}", option,
                                      expected_not(fmt::format("{}, from {} to {}", duration_forms,
                                                               show_duration(least), show_duration(most)),
                                                   *given)));
    return seconds;
}

std::optional<epoch_seconds> tool_arguments::date(const std::string& option) const {
    const auto given = text(option);
    if (!given) return std::nullopt;
    const auto when = read_date(*given);
    if (!when) throw usage_error(fmt::format("--{}: {}", option, expected_not(date_forms, *given)));
    return when;
}

std::optional<long> tool_arguments::whole(const std::string& option, long least, long most) const {
    const auto given = text(option);
    if (!given) return std::nullopt;
    const auto number = read_number(*given, least, most);
    if (!number)
        throw usage_error(
            fmt::format("--{}: {}", option,
                        expected_not(fmt::format("a whole number from {} to {}", least, most), *given)));
    return number;
}

std::string tool_arguments::one_of(const std::vector<std::string>& options) const {
    std::string found;
    for (const auto& option : options) {
        if (!has(option)) continue;
        if (!found.empty()) throw usage_error(fmt::format("--{} and --{} exclude each other", found, option));
        found = option;
    }
    return found;
}

file_id id_of(const std::string& operand) {
    const auto id = read_number<file_id>(operand);
    if (!id) throw usage_error(fmt::format("'{}' is no id: expected a whole number", operand));
    return *id;
}

std::string absolute_path(const std::string& operand) {
    if (operand.empty()) throw usage_error("a local path is empty");
    const fs::path path(operand);
    const auto whole = path.is_absolute() ? path : fs::current_path() / path;
    // Beyond a symbolic link, ".." is not what the text says.
    const bool goes_up = std::find(path.begin(), path.end(), "..") != path.end();
    if (!goes_up) return whole.lexically_normal().string();
    // A link that is the last component is the file's own name.
    if (whole.filename() == "..") return fs::weakly_canonical(whole).string();
    return (fs::weakly_canonical(whole.parent_path()) / whole.filename()).string();
}

}  // namespace suprsync
