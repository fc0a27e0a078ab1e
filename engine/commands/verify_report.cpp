#include "engine/commands/verify_report.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <iostream>
#include <map>

#include "engine/commands/file_printing.hpp"
#include "engine/commands/table.hpp"
#include "engine/model/human.hpp"
#include "engine/model/shell_word.hpp"
#include "engine/model/shown_text.hpp"

namespace suprsync {

namespace {

struct line {
    copy_finding finding;
    const char* text;
    bool always = true;
};

constexpr line lines[] = {
    {copy_finding::fine, "as verified"},
    {copy_finding::vanished, "vanished"},
    {copy_finding::wrong_size, "of another size"},
    {copy_finding::wrong_content, "with other content"},
    {copy_finding::unanswered, "not answered for", false},
    {copy_finding::accepted, "removed there on purpose (accept-removal)", false},
};

// What vanished with a whole day is not sent again by itself: a person says whether that was meant.
std::string days_text(const check_report& report, const shown_check& shown) {
    std::map<int, std::int64_t> days;
    for (const auto& [copy, finding, reason] : report.not_fine)
        if (finding == copy_finding::vanished && copy.day && copy.day->waits()) ++days[copy.day->timecode];
    const auto word = shown_line(command_word(shown.archive));
    std::string text;
    for (const auto& [timecode, files] : days) {
        const auto day = timecode_directory(timecode);
        text += fmt::format(
            "{} of these vanished with the whole of {}: removed on purpose: suprsync accept-removal {} {}; by mistake: suprsync retry {} --prefix {}/\n",
            human::count(files), day, word, day, word, day);
    }
    return text;
}

std::string figures(const check_report& report, const shown_check& shown) {
    const auto read = shown.depth == check_depth::content
                          ? fmt::format(", {} read there", human::bytes(static_cast<double>(report.bytes)))
                          : std::string(", by their sizes");
    auto text = fmt::format("{} of archive {} at {} asked for{}:\n",
                            report.checked() == 1 ? std::string("1 copy")
                                                  : fmt::format("{} copies", human::count(report.checked())),
                            shown_name(shown.archive), shown_name(shown.destination), read);
    for (const auto& one : lines)
        if (one.always || report.count(one.finding) > 0)
            text += fmt::format("  {:>10}  {}\n", human::count(report.count(one.finding)), one.text);
    if (report.from_memory > 0)
        text += fmt::format(
            "  {:>10}  of these sums may come from memory there, not from its disk (install fincore there: util-linux-extra)\n",
            human::count(report.from_memory));
    text += days_text(report, shown);
    if (!report.over)
        text += fmt::format("This is not all: {}. To go on from here: --after {}\n",
                            report.error ? shown_line(report.error->text()) : "it was ended", report.reached);
    return text;
}

std::size_t told(const check_report& report, const shown_check& shown) {
    return std::min(report.not_fine.size(), shown.most_files);
}

}  // namespace

bool is_here(const file_row& row) {
    struct ::stat facts{};
    return !row.removed && ::stat(row.local_path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode);
}

files_to_send find_files_to_send(const check_report& report, epoch_seconds now) {
    files_to_send found;
    for (const auto& [copy, finding, reason] : report.not_fine) {
        if (!is_bad(finding)) continue;
        if (!is_here(copy.file.row)) {
            ++found.gone;
            continue;
        }
        deletion_record record;
        record.seen = copy.file.row;
        record.outcome = deletion_outcome::sent_by_hand;
        record.error = reason + "; it is sent again by request";
        record.at = now;
        found.here.push_back(std::move(record));
        found.bytes += copy.file.bytes.value_or(0);
    }
    return found;
}

void print_check_as_json(const check_report& report, const shown_check& shown) {
    json_writer document;
    document.begin_object()
        .member("archive", shown.archive)
        .member("destination", shown.destination)
        .member("content", shown.depth == check_depth::content)
        .member("finished", report.over)
        .member("reached", report.reached)
        .member("checked", report.checked())
        .member("bytes", report.bytes)
        .member("from_memory", report.from_memory);
    for (const auto& one : lines)
        document.member(std::string(name_of(one.finding)), report.count(one.finding));
    if (report.error) document.member("error", report.error->text());
    if (shown.resent) document.member("sent_again", *shown.resent).member("gone_here", shown.gone);
    document.key("files").begin_array();
    for (std::size_t i = 0; i < told(report, shown); ++i) {
        const auto& [copy, finding, reason] = report.not_fine[i];
        document.begin_object()
            .member("id", copy.file.row.id)
            .member("finding", std::string(name_of(finding)))
            .member("local_path", copy.file.row.local_path)
            .member("remote_path", copy.file.row.remote_path)
            .member("is_here", is_here(copy.file.row))
            .member("reason", reason)
            .end_object();
    }
    print_json(document.end_array().end_object());
}

void print_check(const check_report& report, const shown_check& shown) {
    (on_terminal() ? std::cout : std::cerr) << figures(report, shown) << std::flush;
    if (report.not_fine.empty()) return;
    table files({">ID", "FINDING", "HERE", "REMOTE PATH", "LOCAL PATH", "REASON"});
    for (std::size_t i = 0; i < told(report, shown); ++i) {
        const auto& [copy, finding, reason] = report.not_fine[i];
        const auto& row = copy.file.row;
        files.add({{fmt::format("{}", row.id), fmt::format("{}", row.id)},
                   text_cell(std::string(name_of(finding))),
                   text_cell(is_here(row) ? "yes" : "no"),
                   text_cell(row.remote_path),
                   text_cell(row.local_path),
                   text_cell(reason)});
    }
    const auto shown_files = static_cast<std::int64_t>(files.size());
    files.print();
    const auto all =
        report.checked() - report.count(copy_finding::fine) - report.count(copy_finding::accepted);
    if (all > shown_files)
        std::cerr << fmt::format("and {} more (--limit N)", human::count(all - shown_files)) << std::endl;
}

std::string text_of_sending(const shown_check& shown) {
    const auto resent = shown.resent.value_or(0);
    auto text = fmt::format("{} {} sent again", human::counted(resent, "file"), resent == 1 ? "is" : "are");
    if (shown.gone > 0)
        text += fmt::format(
            "; {} cannot be, since the local file is gone, too (where that is known: suprsync ignore ID...)",
            human::count(shown.gone));
    return text;
}

}  // namespace suprsync
