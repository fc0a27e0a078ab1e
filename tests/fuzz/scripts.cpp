// What comes back from the destination: answers of the scripts, messages of coreutils and rsync. The input
// has three parts between lines of "@@": the paths that were asked for, standard output, standard error.
#include <set>

#include "net/remote/answer_records.hpp"
#include "net/remote/classify.hpp"
#include "net/remote/destination_state.hpp"
#include "net/remote/object_records.hpp"
#include "net/remote/probe.hpp"
#include "net/remote/script_protocol.hpp"
#include "net/remote/shell_text.hpp"
#include "net/rsync/rsync_output.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace suprsync::fuzz {

namespace {

using namespace std::string_literals;

constexpr const char* boot = "5e0a0c2e-7b1f-4a44-9d2b-000000000001";

struct heard {
    std::vector<std::string> paths;
    std::string output;
    std::string error;
};

heard read_input(std::string_view text) {
    const auto parts = sections_of(text, 3);
    heard h{{"17000/smurf/a.g3", "17000/new\nline", "17000/it's \"b\"", "\xff"}, parts[1], parts[2]};
    std::set<std::string> known(h.paths.begin(), h.paths.end());
    std::string_view rest = parts[0];
    // What may be asked for at all is the business of the registration rules.
    while (const auto line = next_line(rest))
        if (!line->empty() && line->find('\0') == std::string_view::npos && h.paths.size() < 16 &&
            known.emplace(*line).second)
            h.paths.emplace_back(*line);
    return h;
}

// What was asked of the first question, overruled by what was asked of the second.
optional_strings one_over_other(const optional_strings& above, const optional_strings& below) {
    auto all = below;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (above[i]) all[i] = above[i];
    return all;
}

// A text that may have been cut short, as it is up to the last record that is complete.
std::string complete_records(const std::string& text) { return text.substr(0, text.rfind('\0') + 1); }

void judge_sums(const heard& h) {
    const auto sums = read_sums(h.output, h.paths);
    std::string written;
    for (std::size_t i = 0; i < h.paths.size(); ++i) {
        if (!sums[i]) continue;
        must(is_md5(*sums[i]), "a sum is one");
        written += *sums[i] + "  ./" + h.paths[i] + '\0';
    }
    must(read_sums(written, h.paths) == sums, "sums are read as they are written");
    const auto cut = h.output.substr(0, cut_of(h.output));
    must(read_sums(cut, h.paths) == read_sums(complete_records(cut), h.paths),
         "a record that was cut short is no answer");
    const auto at = complete_records(cut).size();
    must(sums == one_over_other(read_sums(h.output.substr(at), h.paths),
                                read_sums(h.output.substr(0, at), h.paths)),
         "each record is read by itself");
}

void judge_reasons(const heard& h) {
    const auto reasons = read_reasons(h.error, "stat", h.paths);
    const auto at = h.error.find('\n', cut_of(h.error));
    if (at == std::string::npos) return;
    must(reasons == one_over_other(read_reasons(h.error.substr(at + 1), "stat", h.paths),
                                   read_reasons(h.error.substr(0, at), "stat", h.paths)),
         "each line is read by itself");
    const auto unusable = read_unusable(h.output, h.paths);
    must(unusable.size() == h.paths.size(), "there is an answer or none for each path");
}

void judge_stat(const heard& h) {
    const auto answers = read_stat(h.output, h.error, h.paths, boot, true);
    must(answers.size() == h.paths.size(), "there is an answer or none for each path");
    for (const auto& answer : answers) {
        must(!answer.size || (answer.answered && answer.object && answer.object->size == *answer.size),
             "a size is that of the object");
        must(!answer.object || answer.answered, "an object is an answer");
        must(!answer.md5 || is_md5(*answer.md5), "a sum is one");
    }
    // Numbers of devices say something only where both ends are one machine.
    if (!h.output.starts_with(boot + "\0"s))
        for (const auto& answer : answers)
            must(!answer.object || !answer.object->on_this_machine,
                 "another machine is not taken for this one");
    const auto cut = h.output.substr(0, cut_of(h.output));
    const auto some = read_stat(cut, "", h.paths, boot);
    const auto same = read_stat(complete_records(cut), "", h.paths, boot);
    for (std::size_t i = 0; i < some.size(); ++i)
        must(some[i].answered == same[i].answered && some[i].size == same[i].size &&
                 some[i].md5 == same[i].md5,
             "a record that was cut short is no answer");
    tells_of_other_file_systems(h.output);
}

publish_report published(std::string_view output, const std::vector<publish_item>& items) {
    publish_report report;
    report.outcomes.resize(items.size());
    report.details.resize(items.size());
    read_publish(output, items, report, boot);
    return report;
}

std::vector<publish_item> items_of(const std::vector<std::string>& paths) {
    std::vector<publish_item> items;
    for (const auto& path : paths)
        items.push_back(
            {static_cast<file_id>(items.size() + 7), path, "0cc175b9c0f1b6a831c399e269772661", {}});
    return items;
}

void judge_publish(const heard& h) {
    const auto items = items_of(h.paths);
    const auto report = published(h.output, items);
    must(report.outcomes.size() == items.size() && report.details.size() == items.size() &&
             report.objects.size() == items.size(),
         "there is an outcome for each file");
    const auto cut = h.output.substr(0, cut_of(h.output));
    const auto some = published(cut, items);
    const auto same = published(complete_records(cut), items);
    must(some.outcomes == same.outcomes && some.details == same.details,
         "a record that was cut short is no answer");
}

void judge_lists(const heard& h) {
    const auto directories = directories_of(h.paths);
    std::set<std::string> made{"."};
    for (const auto& directory : directories) {
        if (!directory.empty() && directory.front() != '/')
            must(made.contains(directory_of(directory)), "parents come first");
        must(made.insert(directory).second || directory == ".", "each directory comes once");
    }
    const auto items = items_of(h.paths);
    std::vector<std::string> kept;
    for (const auto& path : h.paths)
        if (path.find('\n') == std::string::npos) kept.push_back(path);
    if (const auto list = sum_list(items_of(kept)))
        must(static_cast<std::size_t>(std::ranges::count(*list, '\n')) == kept.size(), "a line for each sum");
    const auto list = publish_list(items);
    must(static_cast<std::size_t>(std::ranges::count(list, '\0')) == items.size() + directories.size(),
         "a record for each directory and each file");
}

void judge_prepare(const heard& h) {
    const auto answer = read_prepare(h.output, "host:/base");
    if (!answer) {
        must(!answer.error().detail.empty() && !answer.error().subject.empty(),
             "it is told what is wrong there");
    } else {
        const auto& facts = answer->facts;
        must(!facts.base.empty() && !facts.identity.file_system.empty(), "there is a base directory");
        must(!facts.staging.empty() || !facts.staging_refused.empty(), "there is staging, or a reason");
        must(!facts.clock || *facts.clock >= 0, "a clock tells a time");
    }
    probed_destination probed;
    std::string_view greeted = h.output;
    must(read_probe(h.output, probed) == take_greeting(greeted), "a probe begins with its greeting");
}

void judge_end(const heard& h) {
    for (const auto kind : {program_kind::rsync, program_kind::remote_command, program_kind::connection})
        for (const int status : {0, 1, 11, 23, 86, 90, 124, 255}) {
            const auto end = classify({kind, exited{status}, ended_by::itself, h.error}, "copy", "it");
            must(end.exit_class == std::to_string(status), "an exit status is told");
            must(end.finished() || !end.error->detail.empty(), "it is told why it did not finish");
            must(kind != program_kind::connection || !end.finished(), "a connection that ends is lost");
            must(kind == program_kind::connection || status != 0 || end.finished(), "a success is one");
        }
    const auto told = telling_line(h.error);
    must(told.find('\n') == std::string::npos, "the line that tells most is one");
    must(says_no_space("x\n" + h.error) == says_no_space(h.error), "a full disk is told by its own line");
}

void judge_words(const std::string& text) {
    must(coreutils_unquoted(shell_quoted(text)) == text, "what is quoted for a shell is read back");
    for (const char c : percent_b_encoded(text))
        must((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 std::string_view("/._-\\").find(c) != std::string_view::npos,
             "no login shell knows more than it prints");
    must(rsync_unescaped(text).size() <= text.size(), "an escape is no shorter than what it stands for");
    read_object(text, boot);
}

void judge_progress(const std::string& output) {
    rsync_progress whole;
    rsync_progress in_pieces;
    const bool grown = whole.read(output);
    bool some = false;
    std::uint64_t before = 0;
    for (const auto piece : pieces_of(output)) {
        const bool this_one = in_pieces.read(piece);
        some = some || this_one;
        must(output.find("sent ") != std::string::npos || in_pieces.bytes() >= before, "a count only grows");
        before = in_pieces.bytes();
    }
    must(grown == some && whole.bytes() == in_pieces.bytes(), "bytes are counted wherever the output is cut");
}

void judge_complaints(const heard& h) {
    const rsync_roots roots{"/run/t0", "/dest/in/0"};
    std::vector<stage_item> items;
    for (const auto& path : h.paths) items.push_back({"/local/" + path, path, 1});
    const auto complaints = rsync_complaints(h.error, roots, items);
    for (std::size_t i = 0; i < items.size(); ++i)
        must(!complaints[i] || complaints[i]->find(items[i].remote_path) != std::string::npos,
             "a complaint names its file");
    file_system_error(complaints);
    const auto at = h.error.find('\n', cut_of(h.error));
    if (at == std::string::npos) return;
    must(complaints == one_over_other(rsync_complaints(h.error.substr(0, at), roots, items),
                                      rsync_complaints(h.error.substr(at + 1), roots, items)),
         "each line is read by itself, and the first about a file counts");
}

}  // namespace

}  // namespace suprsync::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace suprsync::fuzz;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto h = read_input(text);
    judge_sums(h);
    judge_reasons(h);
    judge_stat(h);
    judge_publish(h);
    judge_lists(h);
    judge_prepare(h);
    judge_end(h);
    judge_words(h.error);
    judge_progress(h.output);
    judge_complaints(h);
    return 0;
}
