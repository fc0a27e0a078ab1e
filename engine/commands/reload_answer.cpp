#include "engine/commands/reload_answer.hpp"

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <string_view>

#include "engine/model/shown_text.hpp"

namespace json = boost::json;

namespace suprsync {

namespace {

constexpr std::array<std::pair<reload_answer::outcome, std::string_view>, 3> words_of_outcomes = {
    {{reload_answer::outcome::taken, "taken"},
     {reload_answer::outcome::refused, "refused"},
     {reload_answer::outcome::failed, "failed"}}};

failure no_answer(const std::string& line) {
    return {failure_code::io, "read", "what the daemon answers",
            "it is no answer to a reload: '" + abridged(line) + "'"};
}

}  // namespace

// File names may be no UTF-8, which JSON cannot hold: they are escaped, here and where they are compared.
std::string written(const reload_greeting& greeting) {
    return json::serialize(json::object{{"pid", greeting.pid}, {"file", shown_name(greeting.file)}}) + "\n";
}

std::string written(const reload_answer& answer) {
    json::array lines;
    for (const auto& line : answer.lines) lines.emplace_back(shown_lines(line));
    json::object o;
    for (const auto& [how, word] : words_of_outcomes)
        if (how == answer.how) o["outcome"] = std::string(word);
    o["lines"] = std::move(lines);
    return json::serialize(o) + "\n";
}

result<reload_greeting> read_greeting(const std::string& line) {
    boost::system::error_code error;
    const auto document = json::parse(line, error);
    const auto* o = error ? nullptr : document.if_object();
    const auto* pid = o ? o->if_contains("pid") : nullptr;
    const auto* file = o ? o->if_contains("file") : nullptr;
    if (!pid || !pid->is_int64() || !file || !file->is_string()) return no_answer(line);
    return reload_greeting{static_cast<pid_t>(pid->get_int64()), std::string(file->get_string())};
}

result<reload_answer> read_answer(const std::string& line) {
    boost::system::error_code error;
    const auto document = json::parse(line, error);
    const auto* o = error ? nullptr : document.if_object();
    const auto* how = o ? o->if_contains("outcome") : nullptr;
    const auto* lines = o ? o->if_contains("lines") : nullptr;
    if (!how || !how->is_string() || !lines || !lines->is_array()) return no_answer(line);
    for (const auto& [meant, word] : words_of_outcomes) {
        if (std::string_view(how->get_string()) != word) continue;
        reload_answer answer{meant, {}};
        for (const auto& one : lines->get_array())
            if (one.is_string()) answer.lines.emplace_back(one.get_string());
        return answer;
    }
    return no_answer(line);
}

}  // namespace suprsync
