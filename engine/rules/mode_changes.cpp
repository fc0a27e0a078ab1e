#include "engine/rules/mode_changes.hpp"

#include <algorithm>

namespace suprsync {

namespace {

constexpr unsigned all_bits = 07777;
constexpr unsigned execution = 0111;

/// Whom a change is for, "ug", as one bit each of 0111, and the bits for "s" that stand with them.
struct who {
    unsigned where = 0;
    unsigned special = 0;
};

// Takes off what `text` begins with.
who take_who(std::string_view& text) {
    who found;
    for (; !text.empty(); text.remove_prefix(1)) {
        const char c = text.front();
        if (c == 'u') {
            found.where |= 0100;
            found.special |= 04000;
        } else if (c == 'g') {
            found.where |= 0010;
            found.special |= 02000;
        } else if (c == 'o') {
            found.where |= 0001;
        } else if (c == 'a') {
            found.where |= execution;
        } else {
            break;
        }
    }
    return found;
}

std::optional<unsigned> read_octal(std::string_view digits) {
    unsigned number = 0;
    for (const char c : digits) {
        if (c < '0' || c > '7') return std::nullopt;
        number = number * 8 + static_cast<unsigned>(c - '0');
        if (number > all_bits) return std::nullopt;
    }
    return number;
}

}  // namespace

unsigned mode_changes::applied(unsigned mode, bool is_directory) const {
    mode &= all_bits;
    const bool may_be_executed = is_directory || (mode & execution) != 0;
    for (const auto& c : changes_) {
        if (is_directory ? c.files_only : c.directories_only) continue;
        mode &= c.keep;
        mode |= c.keeps_execution && !may_be_executed ? c.add & ~execution : c.add;
    }
    return mode;
}

std::optional<mode_changes> read_mode_changes(std::string_view text, unsigned umask) {
    mode_changes all;
    while (true) {
        const auto comma = text.find(',');
        auto word = text.substr(0, comma);
        mode_changes::change c;
        while (word.starts_with('D') || word.starts_with('F')) {
            (word.front() == 'D' ? c.directories_only : c.files_only) = true;
            word.remove_prefix(1);
        }
        if (c.directories_only && c.files_only) return std::nullopt;
        const auto for_whom = take_who(word);
        if (word.empty()) return std::nullopt;
        const char kind = word.front();
        if (kind >= '0' && kind <= '7') {
            const auto mode = for_whom.where == 0 ? read_octal(word) : std::nullopt;
            if (!mode) return std::nullopt;
            c.add = *mode;
        } else {
            if (kind != '+' && kind != '-' && kind != '=') return std::nullopt;
            unsigned what = 0;
            unsigned special = 0;
            for (const char letter : word.substr(1)) {
                switch (letter) {
                    case 'r':
                        what |= 4;
                        break;
                    case 'w':
                        what |= 2;
                        break;
                    case 'X':
                        c.keeps_execution = true;
                        [[fallthrough]];
                    case 'x':
                        what |= 1;
                        break;
                    case 's':
                        special |= for_whom.special != 0 ? for_whom.special : 04000U;
                        break;
                    case 't':
                        special |= 01000;
                        break;
                    default:
                        return std::nullopt;
                }
            }
            const unsigned where = for_whom.where != 0 ? for_whom.where : execution;
            const unsigned bits = for_whom.where != 0 ? where * what : where * what & ~umask;
            c.add = kind == '-' ? 0 : bits | special;
            c.keep = all_bits;
            if (kind == '-') c.keep &= ~(bits | special);
            if (kind == '=') c.keep &= ~(where * 7 | (special != 0 ? for_whom.special : 0));
        }
        all.changes_.push_back(c);
        if (comma == std::string_view::npos) return all;
        text.remove_prefix(comma + 1);
    }
}

}  // namespace suprsync
