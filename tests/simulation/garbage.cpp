#include "tests/simulation/garbage.hpp"

#include <limits>
#include <optional>
#include <set>
#include <vector>

#include "tests/support/hostile_texts.hpp"

namespace suprsync::simulation {

namespace {

using test::sql_blob;
using test::sql_row;
using test::sql_value;

constexpr auto none = std::monostate{};
constexpr auto largest = std::numeric_limits<std::int64_t>::max();
constexpr auto least = std::numeric_limits<std::int64_t>::min();
// Not the largest: once that is taken, SQLite gives ids to everybody by chance.
constexpr std::int64_t odd_ids[] = {
    -1, 0, least, std::int64_t{1} << 31, std::int64_t{1} << 53, largest - 1'000'000};
constexpr std::int64_t odd_integers[] = {0,
                                         1,
                                         2,
                                         -1,
                                         4,
                                         5,
                                         17000,
                                         99999,
                                         100'000,
                                         1'700'000'000,
                                         least,
                                         largest,
                                         std::int64_t{1} << 31,
                                         (std::int64_t{1} << 32) + 1,
                                         (std::int64_t{1} << 32) + 17000,
                                         (std::int64_t{1} << 53) + 1};
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double odd_numbers[] = {0.5,   -0.0,   -0.5,   1.5,      1e18,      -1e18,   1e19,
                                  1e308, -1e308, 5e-324, infinity, -infinity, 17000.5, 1'700'050'000.25};

const std::vector<std::string>& odd_texts() {
    static const auto texts = [] {
        auto all = test::hostile_bytes();
        for (const char* text : {"0",
                                 "1",
                                 "-1",
                                 "5",
                                 "1e3",
                                 "1e999",
                                 "nan",
                                 "true",
                                 "TRUE",
                                 "false",
                                 "off",
                                 "2026-11-30 12:00:00",
                                 "17000",
                                 "17000/",
                                 "17000/../x",
                                 "../x",
                                 "/17000/x",
                                 "/",
                                 ".",
                                 "..",
                                 "17000/.hidden",
                                 "smurf",
                                 "99999/x",
                                 "1700/x",
                                 "17000 /x",
                                 "/data",
                                 "/data/smurf",
                                 "/data/../etc/passwd",
                                 "/etc/passwd",
                                 "0cc175b9c0f1b6a831c399e269772661",
                                 "0CC175B9C0F1B6A831C399E269772661",
                                 "%s%n",
                                 "'; DROP TABLE x"})
            all.emplace_back(text);
        all.emplace_back("nul\0in it", 9);
        all.emplace_back("17000/" + std::string(300, 'c'));
        all.emplace_back("17000" + [] {
            std::string deep;
            while (deep.size() < 5000) deep += "/deep";
            return deep;
        }());
        all.emplace_back(70'000, 'l');
        return all;
    }();
    return texts;
}

template <class T, std::size_t N>
T pick(const T (&from)[N], const choice& one_of) {
    return from[one_of(N)];
}

std::string odd_text(const choice& one_of) {
    const auto& known = odd_texts();
    const auto which = one_of(known.size() + known.size() / 4);
    if (which < known.size()) return known[which];
    std::string bytes;
    for (auto left = one_of(12); left > 0; --left) bytes += static_cast<char>(one_of(256));
    return bytes;
}

std::string text_of(const sql_value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
    if (const auto* number = std::get_if<double>(&value)) return std::to_string(*number);
    return "";
}

// Of another type, or a little less or more.
sql_value spoilt(const sql_value& value, const choice& one_of) {
    auto text = text_of(value);
    switch (one_of(4)) {
        case 0:
            return sql_blob{text};
        case 1:
            if (const auto* integer = std::get_if<std::int64_t>(&value)) return -*integer;
            if (const auto* number = std::get_if<double>(&value)) return -*number;
            if (!text.empty()) text.pop_back();
            return text;
        case 2:
            return text + static_cast<char>(one_of(256));
        default:
            if (const auto* number = std::get_if<double>(&value)) return static_cast<std::int64_t>(*number);
            return " " + text;
    }
}

sql_value odd_value(const sql_row& valid, std::size_t column, const choice& one_of) {
    switch (one_of(7)) {
        case 0:
            return none;
        case 1:
            return pick(odd_integers, one_of);
        case 2:
            return pick(odd_numbers, one_of);
        case 3:
            return odd_text(one_of);
        case 4:
            return sql_blob{odd_text(one_of)};
        case 5:
            return spoilt(valid[column].second, one_of);
        default:
            return valid[one_of(valid.size())].second;  // of another column
    }
}

template <class T>
sql_value or_null(const std::optional<T>& value) {
    return value ? sql_value(*value) : sql_value(none);
}

sql_value or_null(const std::optional<bool>& value) {
    return value ? sql_value(std::int64_t{*value ? 1 : 0}) : sql_value(none);
}

sql_row made_garbage(const sql_row& valid, const std::set<std::string>& not_null, const choice& one_of) {
    enum class extent { everything, all_but_one, one, some };
    const auto how = static_cast<extent>(one_of(4));
    const auto the_one = one_of(valid.size());
    const auto is_odd = [&](std::size_t column) {
        switch (how) {
            case extent::everything:
                return true;
            case extent::all_but_one:
                return column != the_one;
            case extent::one:
                return column == the_one;
            default:
                return one_of(2) == 0;
        }
    };
    auto row = valid;
    for (std::size_t column = 0; column < row.size(); ++column) {
        if (!is_odd(column)) continue;
        auto& [name, value] = row[column];
        if (name == "id") {
            if (one_of(4) == 0) value = pick(odd_ids, one_of);
            continue;
        }
        value = odd_value(valid, column, one_of);
        if (std::holds_alternative<std::monostate>(value) && not_null.contains(name)) value = std::string();
    }
    return row;
}

}  // namespace

sql_row garbage_file_row(const test::catalog_row& valid, const choice& one_of) {
    return made_garbage({{"id", none},
                         {"local_path", valid.local_path},
                         {"local_md5sum", valid.local_md5sum},
                         {"archive_name", valid.archive_name},
                         {"remote_path", valid.remote_path},
                         {"timestamp", valid.timestamp},
                         {"remote_md5sum", or_null(valid.remote_md5sum)},
                         {"copied", or_null(valid.copied)},
                         {"removed", or_null(valid.removed)},
                         {"failed_copy_attempts", or_null(valid.failed_copy_attempts)},
                         {"deletable", or_null(valid.deletable)},
                         {"ignore", or_null(valid.ignore)}},
                        {"local_path", "local_md5sum", "archive_name", "remote_path", "timestamp"}, one_of);
}

sql_row garbage_timecode_row(std::int64_t timecode, const std::string& archive, const choice& one_of) {
    const std::int64_t no = 0;
    return made_garbage({{"id", none},
                         {"timecode", timecode},
                         {"archive_name", archive},
                         {"completed", no},
                         {"synced", no},
                         {"finalized", no},
                         {"finalize_file_id", none}},
                        {"timecode", "archive_name"}, one_of);
}

}  // namespace suprsync::simulation
