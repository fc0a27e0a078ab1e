#include "http/api/json_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/model/text.hpp"
#include "engine/rules/registration_rules.hpp"

namespace suprsync {

namespace {

std::string repaired(std::string_view text) {
    std::string fine;
    for (std::size_t at = 0; at < text.size();) {
        const auto length = utf8_sequence(text.substr(at));
        fine += length > 0 ? text.substr(at, length) : "\xef\xbf\xbd";
        at += std::max<std::size_t>(1, length);
    }
    return fine;
}

}  // namespace

void json_writer::separate() {
    if (needs_comma_) text_ += ',';
    needs_comma_ = true;
}

json_writer& json_writer::open(char bracket) {
    separate();
    text_ += bracket;
    needs_comma_ = false;
    return *this;
}

json_writer& json_writer::close(char bracket) {
    text_ += bracket;
    needs_comma_ = true;
    return *this;
}

json_writer& json_writer::key(std::string_view name) {
    put_text(name);
    text_ += ':';
    needs_comma_ = false;
    return *this;
}

json_writer& json_writer::null() { return put_plain("null"); }

json_writer& json_writer::put_plain(std::string_view token) {
    separate();
    text_ += token;
    return *this;
}

json_writer& json_writer::put_float(double number) {
    if (!std::isfinite(number)) return null();
    auto token = fmt::format("{}", number);
    if (token.find_first_of(".e") == std::string::npos) token += ".0";
    return put_plain(token);
}

json_writer& json_writer::put_text(std::string_view text) {
    std::string copy(text);
    if (!is_utf8(copy)) copy = repaired(text);
    separate();
    text_ += '"';
    for (const char c : copy) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            text_ += '\\';
            text_ += c;
        } else if (c == '\n') {
            text_ += "\\n";
        } else if (c == '\t') {
            text_ += "\\t";
        } else if (byte < 0x20 || byte == 0x7f) {
            text_ += fmt::format("\\u{:04x}", byte);
        } else {
            text_ += c;
        }
    }
    text_ += '"';
    return *this;
}

}  // namespace suprsync
