// Texts that spoil careless output: what terminals obey, what YAML, JSON and metrics cannot hold as it is,
// and what looks like something else to their readers.
#pragma once

#include <string>
#include <vector>

namespace suprsync::test {

/// As UTF-8, each once.
inline std::vector<std::string> hostile_texts() {
    std::vector<std::string> all{
        "yes",        "null",       "1e3",          "- a: b",     "new\nline",  "esc\x1b[31mred",
        "\x1b[2J",    "quote\"'x",  "{a}",          "# c",        "a: b",       "~",
        "0o17",       "2001-01-01", "<<",           "!!str x",    "&a",         "*a",
        "%x",         "tab\ty",     "end ",         " lead",      "back\\n",    "\\u0041",
        "$(id)",      "=",          "1_000",        "0x1F",       "inf",        "12:30:45",
        "\r over",    "\x01",       "\x7f",         "\u0080",     "\u0085",     "\u009b31m",
        "\u00a0",     "\u00ad",     "\u061c",       "\u200b",     "\u200e",     "\u2028",
        "\u2029",     "\u202egnp.", "\u2066x",      "\ufeff",     "\ufff9",     "\ufdd0",
        "\ufffd",     "\ufffe",     "\uffff",       "\U0001fffe", "\U0010ffff", "\U000e0041",
        "\U0001f600", "\u00e9",     "\u65e5\u672c", "\ud7ff",     "",
    };
    for (char c = 1; c < 0x20; ++c) all.push_back(std::string("c") + c);
    return all;
}

/// The same with what is no UTF-8: cut, overlong, surrogates, Latin-1.
inline std::vector<std::string> hostile_bytes() {
    auto all = hostile_texts();
    for (const char* bytes :
         {"inv\xff\xfe\xc3(", "\xe2\x82", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe9t\xe9"})
        all.emplace_back(bytes);
    return all;
}

}  // namespace suprsync::test
