#include "http/api/json_writer.hpp"

#include <fmt/format.h>

#include <cmath>

#include "engine/model/shown_text.hpp"

namespace suprsync {

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

json_writer& json_writer::put_text(std::string_view text) { return put_plain(json_text(text)); }

}  // namespace suprsync
