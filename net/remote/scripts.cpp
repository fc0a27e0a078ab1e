#include "net/remote/scripts.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "net/remote/answer_records.hpp"
#include "net/remote/shell_text.hpp"

namespace suprsync::scripts {

namespace {

/// What has to be installed there; flock, without which there is no staging, and timeout, which runs the
/// programs, beside them.
constexpr std::string_view needed_programs =
    "rsync md5sum xargs find stat head ln cp mkdir rm sed sort sync tr uniq";

std::string together(std::initializer_list<std::string_view> texts) {
    std::string all;
    for (const auto text : texts) all += text;
    return all;
}

/// A program's lines one behind the other, without their indentation.
std::string in_one_line(std::string_view program) {
    std::string line;
    while (auto part = next_line(program)) {
        part->remove_prefix(std::min(part->find_first_not_of(' '), part->size()));
        if (part->empty()) continue;
        if (!line.empty()) line += ' ';
        line += *part;
    }
    return line;
}

std::string receiver(std::string_view program, std::string_view directory) {
    return "sh -c " + shell_quoted(in_one_line(program)) + " sh " +
           shell_quoted(percent_b_encoded(directory));
}

}  // namespace

std::string compose(std::string_view settings, std::string_view program) {
    const auto for_those_that_name = [&](std::string_view function, std::string_view functions) {
        return program.find(function) == std::string_view::npos ? std::string_view{} : functions;
    };
    const auto base = for_those_that_name("tell_base", base_directory);
    const auto private_ones = for_those_that_name("enter_private", private_places);
    const auto sync = for_those_that_name("sync_there", sync_there);
    const auto text = together(
        {spelling, enter_below, enter_slot, lock_slot, common, base, private_ones, sync, program, frame});
    std::string inner;
    for (const auto& [name, source] :
         {std::pair{"link_staged", together({spelling, enter_below, link_staged})},
          std::pair{"make_listed", together({spelling, enter_below, make_listed})},
          std::pair{"digest_listed", std::string(digest_listed)},
          std::pair{"listed_only", together({spelling, listed_only})},
          std::pair{"read_from_disk", together({read_from_disk, sum_files})},
          std::pair{"read_paced", together({read_from_disk, sum_paced, sum_files})},
          std::pair{"sum_files", std::string(sum_files)},
          std::pair{"sweep_listed", together({spelling, enter_below, sweep_listed})},
          std::pair{"sync_base", together({enter_slot, sync_base})},
          std::pair{"sync_files", std::string(sync_files)},
          std::pair{"watch_input", std::string(watch_input)}})
        if (text.find(std::string("$") + name) != std::string::npos) inner += assignment(name, source);
    return together({clean_environment, clean_for_programs, settings, inner, text});
}

std::string compose_trial() {
    return together(
        {clean_environment, clean_for_programs, assignment("needed_programs", needed_programs), try_account});
}

std::string receiver_in_staging(std::string_view in, int slot, std::string_view lock_style) {
    return receiver(together({clean_environment, enter_slot, lock_slot, receive_in_staging}), in) + " " +
           std::to_string(slot) + " " + shell_quoted(lock_style);
}

std::string receiver_in_base(std::string_view base, std::string_view identity) {
    std::string word(identity);
    std::replace(word.begin(), word.end(), ' ', ':');
    return receiver(together({clean_environment, receive_in_base}), base) + " " + shell_quoted(word);
}

}  // namespace suprsync::scripts
