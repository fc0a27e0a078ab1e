// Writers whose rows hold anything: scripts with a mistake, and people at the sqlite3 program.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>

#include "tests/simulation/content.hpp"
#include "tests/simulation/simulated_day.hpp"

namespace suprsync::simulation {

namespace {

constexpr std::array types = {"NULL", "integer", "number", "text",
                              "blob"};  // in the order of test::sql_value

}  // namespace

void simulated_day::write_garbage(random chance) {
    const choice one_of =
        garbage_chosen_by ? garbage_chosen_by : choice([&chance](std::size_t n) { return chance.below(n); });
    for (auto left = 1 + one_of(3); left > 0; --left) {
        const std::string archive = one_of(2) == 0 ? "smurf" : "timestreams";
        if (one_of(6) == 0)
            write_garbage_day(archive, one_of);
        else
            write_garbage_file(archive, one_of, chance);
    }
    if (life_) life_->tell_of_commit();
}

void simulated_day::write_garbage_day(const std::string& archive, const choice& one_of) {
    const auto timecode =
        static_cast<std::int64_t>(time_.truth() / 1e5) - static_cast<std::int64_t>(one_of(3));
    const auto id = others().insert("timecode_dirs_v0", garbage_timecode_row(timecode, archive, one_of));
    say(fmt::format("    garbage of a timecode, row {}", id));
}

// About a file that is new, or that has a row already, and at times as if it were copied.
void simulated_day::write_garbage_file(const std::string& archive, const choice& one_of, random& chance) {
    std::optional<test::catalog_row> valid;
    if (one_of(3) == 0) {
        const auto rows = others().rows("remote_path NOT LIKE '%_finalized.yaml'");
        if (!rows.empty()) valid = rows.at(rows.size() - 1 - one_of(std::min<std::size_t>(rows.size(), 6)));
    } else if (!here_.unmounted && !here_.hung) {
        valid = new_row(chance, archive);
    }
    if (!valid) return;
    if (const auto file = here_.names.find(valid->local_path); file != here_.names.end() && one_of(3) == 0) {
        valid->local_md5sum = sum_of(file->second->content);
        valid->remote_md5sum = valid->local_md5sum;
        valid->copied = time_.truth();
    }
    const auto row = garbage_file_row(*valid, one_of);
    const auto text = [&](const std::string& column) {
        const auto named = [&](const auto& one) { return one.first == column; };
        return others().text_of(std::find_if(row.begin(), row.end(), named)->second);
    };
    const auto remote_path = text("remote_path");
    judge_.registers(text("local_path"), remote_path);
    std::int64_t id = 0;
    try {
        id = others().insert("supersync_v0", row);
    } catch (const std::exception&) {
        judge_.may_be_claimed(remote_path);  // a commit that failed may have come to the disk
        throw;
    }
    judge_.wrote_garbage(others().row(id));
    say(fmt::format("    garbage, row {}: '{}' for '{}'", id, text("local_path").substr(0, 200),
                    text("remote_path").substr(0, 200)));
    if (tell_)
        for (const auto& [column, value] : row)
            say(fmt::format("        {} ({}): '{}'", column, types.at(value.index()),
                            others().text_of(value).substr(0, 100)));
}

}  // namespace suprsync::simulation
