#include "engine/rules/copy_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/rules/removed_days.hpp"
#include "engine/rules/row_state.hpp"

namespace suprsync {

namespace {

constexpr double seconds_of_reading = 5;
constexpr std::uint64_t least_bytes = 1'000'000;
constexpr std::uint64_t most_bytes = 1'000'000'000;
constexpr std::size_t most_read = 200;
constexpr std::size_t most_sized = 1000;

constexpr std::array<std::string_view, copy_findings> names = {"fine",       "accepted",      "vanished",
                                                               "wrong_size", "wrong_content", "unanswered"};

}  // namespace

bool is_to_be_there(const file_row& row, bool superseded) {
    return is_verified(row) && !row.ignore && !superseded;
}

std::string_view name_of(copy_finding finding) { return names.at(static_cast<std::size_t>(finding)); }

copy_finding judge_copy(const file_row& row, std::optional<std::uint64_t> bytes,
                        const std::optional<removed_day>& day, const stat_answer& answer, check_depth depth) {
    // What is listed there under another name is another file's.
    if (!answer.listed_as && !answer.answered) return copy_finding::unanswered;
    if (answer.listed_as || !answer.size)
        return judge_removed_copy(row, day) == removal_choice::accepted ? copy_finding::accepted
                                                                        : copy_finding::vanished;
    if (bytes && *bytes != *answer.size) return copy_finding::wrong_size;
    if (depth == check_depth::size) return copy_finding::fine;
    if (!answer.md5) return copy_finding::unanswered;
    return answer.md5 == row.remote_md5sum ? copy_finding::fine : copy_finding::wrong_content;
}

std::string describe(copy_finding finding, const file_row& row, std::optional<std::uint64_t> bytes,
                     const stat_answer& answer) {
    switch (finding) {
        case copy_finding::fine:
            return "";
        case copy_finding::accepted:
            return "it is not there, and its day was removed on purpose";
        case copy_finding::vanished:
            if (answer.listed_as)
                return fmt::format("what is there is listed as {}, and another file's", *answer.listed_as);
            return answer.object ? "what is there is no regular file" : "it is not there";
        case copy_finding::wrong_size:
            return fmt::format("other content stands there ({} bytes, verified {})", answer.size.value_or(0),
                               bytes.value_or(0));
        case copy_finding::wrong_content:
            return fmt::format("other content stands there (MD5 {}, verified {})", answer.md5.value_or(""),
                               row.remote_md5sum.value_or(""));
        case copy_finding::unanswered:
            return "it could not be read there: may the account read it, and does its disk answer?";
    }
    return "";
}

bool check_portion::halve() {
    if (files <= 1) return false;
    files = std::max<std::size_t>(1, files / 2);
    bytes /= 2;
    return true;
}

check_portion portion_at(std::optional<double> rate, check_depth depth) {
    if (depth == check_depth::size) return {most_sized, 0};
    if (!rate) return {most_read, most_bytes};
    const double wanted = std::clamp(*rate * seconds_of_reading, double(least_bytes), double(most_bytes));
    return {most_read, static_cast<std::uint64_t>(wanted)};
}

std::optional<double> pace_within(std::optional<double> rate, std::uint64_t largest) {
    const auto size = static_cast<double>(largest);
    if (!rate || size <= *rate * seconds_of_reading) return std::nullopt;
    return std::max(*rate, size / longest_reading_of_a_file);
}

double rest_after(std::optional<double> rate, std::uint64_t bytes, double elapsed) {
    if (!rate) return 0;
    return std::max(0.0, static_cast<double>(bytes) / *rate - elapsed);
}

}  // namespace suprsync
