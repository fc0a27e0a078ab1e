#include "tests/simulation/oracle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "tests/simulation/content.hpp"

namespace suprsync::simulation {

namespace {

constexpr auto catalog_answer =
    std::chrono::milliseconds(1500);  // a second, and what a removal takes (spec, Deleting)
constexpr auto copy_answer = std::chrono::milliseconds(62'000);  // a minute
constexpr std::chrono::seconds comes_in_within{2};
constexpr double clock_slack = 130;  // s: differences between clocks that are believed

bool is_ignored(const test::catalog_row& row) { return row.ignore.value_or(false); }

}  // namespace

std::string plain(const std::string& remote_path) {
    std::string path = remote_path.starts_with('/') ? "/" : "";
    for (std::size_t at = 0; at <= remote_path.size();) {
        const auto end = std::min(remote_path.find('/', at), remote_path.size());
        const auto part = remote_path.substr(at, end - at);
        if (!part.empty() && part != ".") path += (path.empty() || path == "/" ? "" : "/") + part;
        at = end + 1;
    }
    return path;
}

bool lets_go(const test::catalog_row& row) { return row.id > 0 && row.deletable.value_or(false); }

std::optional<int> day_of(const std::string& plain_path) {
    const auto day = plain_path.substr(0, plain_path.find('/'));
    if (day.size() != 5 || day.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    return std::atoi(day.c_str());
}

std::vector<test::catalog_row> oracle::rows_where(const std::string& condition) const {
    auto rows = catalog_().rows(condition);
    for (auto& row : rows) row.local_path = local_files::plain(row.local_path);
    return rows;
}

void oracle::violated(const std::string& what) {
    violations.push_back(fmt::format("at {:.3f} s: {}", time_.seconds(), what));
}

std::string oracle::is_text(const std::string& column, const std::string& text) {
    std::string digits;
    for (const char c : text) digits += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return "CAST(" + column + " AS BLOB) = x'" + digits + "'";
}

// It may say of itself that it is verified, or deleted.
void oracle::wrote_garbage(const test::catalog_row& row) {
    garbage_.insert({row.id, local_files::plain(row.local_path)});
    if (!row.verified()) return;
    verified_.insert(row.id);
    may_be_claimed(row.remote_path);
}

void oracle::may_be_claimed(const std::string& remote_path) { claimed_.insert(plain(remote_path)); }

void oracle::wrote(const std::string& local_path, const std::string& content) {
    const auto path = local_files::plain(local_path);
    contents_[path].insert(content);
    // What is written before a registration has come in, no time tells from what is registered.
    if (const auto found = registered_at_.find(path);
        found != registered_at_.end() && time_.elapsed - found->second < comes_in_within)
        not_as_registered(path);
}

void oracle::registers(const std::string& local_path, const std::string& remote_path) {
    ++seen.registered;
    registered_[plain(remote_path)].insert(local_files::plain(local_path));
    registered_at_[local_files::plain(local_path)] = time_.elapsed;
    touched(local_path);
}

bool oracle::touched_lately(const std::string& local_path) const {
    const auto found = touched_.find(local_path);
    return found != touched_.end() && time_.elapsed - found->second < catalog_answer;
}

// Somebody changed what is there since the daemon can have asked, or said that it may be gone.
bool oracle::is_excused(const std::string& remote_path) const {
    const bool accepted = accepted_.contains(std::atoi(remote_path.c_str()));
    // A row that says of itself that it was copied, of a day that may go, or where nobody asks.
    if (claimed_.contains(remote_path) && (accepted || !rechecks_content)) return true;
    const auto found = there_.meddled.find(remote_path);
    if (found == there_.meddled.end()) return false;
    return !rechecks_content || time_.elapsed - found->second < copy_answer || accepted;
}

// The last moment of a local file: by the rows a second ago, and by what is on the disk there.
void oracle::on_removal(const std::string& path, const local_file& file) {
    ++seen.deleted;
    ++seen.checks;
    not_as_registered(path);
    auto rows = rows_where();
    std::erase_if(rows, [&](const test::catalog_row& row) { return row.local_path != path; });
    const bool lately = touched_lately(path);
    const test::catalog_row* proven = nullptr;
    bool there = false, excused = false;
    for (const auto& row : rows) {
        if (!row.verified() || row.removed || !lets_go(row) || is_ignored(row)) continue;
        if (row.local_md5sum != sum_of(file.content) || !row.dated) continue;
        const bool too_young = time_.truth() - row.timestamp < delete_after - clock_slack;
        if (too_young && !clock_accepted_ && !is_no_clock_right()) continue;
        proven = &row;
        excused = excused || is_excused(plain(row.remote_path));
        if (there_.on_disk(plain(row.remote_path)) != file.content) continue;
        there = true;
        handed_over_.push_back({file.content, plain(row.remote_path), path, time_.elapsed});
    }
    if (!proven && !lately)
        violated(fmt::format(
            "{} was deleted, and no row of it that is verified, deletable and old enough has its content",
            path));
    if (proven && !there && !excused)
        violated(fmt::format("{} was deleted, and its content is not on the disk there as {}", path,
                             proven->remote_path));
    if (lately) return;
    for (const auto& row : rows) {
        if (is_ignored(row) || row.verified() || row.removed) continue;
        violated(fmt::format("{} was deleted, and row {} of it still waits for its copy", path, row.id));
    }
    for (const auto& row : rows) {
        if (!row.verified() || is_ignored(row) || row.removed) continue;
        const bool yielded = std::any_of(rows.begin(), rows.end(), [&](const test::catalog_row& later) {
            return later.id > row.id && !is_ignored(later) &&
                   plain(later.remote_path) == plain(row.remote_path);
        });
        if (yielded) continue;
        // What another program verified is known by its own spelling alone.
        if (is_garbage(row) && catalog_().row(row.id).local_path != path) continue;
        if (!lets_go(row)) violated(fmt::format("{} was deleted, and row {} keeps it", path, row.id));
        if (row.local_md5sum != sum_of(file.content))
            violated(fmt::format("{} was deleted, and row {} has an earlier version of it", path, row.id));
    }
}

bool oracle::is_known_content(const std::string& remote_path, const std::string& content) const {
    if (const auto told = announced_.find(remote_path); told != announced_.end())
        return told->second == content;
    const auto found = registered_.find(remote_path);
    if (found == registered_.end()) return false;
    return std::any_of(found->second.begin(), found->second.end(), [&](const std::string& local) {
        const auto held = contents_.find(local);
        return held != contents_.end() && held->second.contains(content);
    });
}

// By somebody, when the daemon asked for it to be published.
bool oracle::is_wanted(const std::string& remote_path) const {
    const auto lately = there_.publish_asked;
    if (restored_ && *restored_ + copy_answer > lately) return true;
    const auto found = registered_.find(remote_path);
    if (found == registered_.end()) return true;
    for (const auto& local : found->second)
        if (const auto touched = touched_.find(local); touched != touched_.end() && touched->second >= lately)
            return true;
    const auto rows = rows_where();
    return std::any_of(rows.begin(), rows.end(), [&](const test::catalog_row& row) {
        return plain(row.remote_path) == remote_path && !is_ignored(row);
    });
}

void oracle::on_published(const std::string& path, const far_file& file) {
    ++seen.checks;
    if (!is_wanted(path))
        violated(fmt::format("{} is made visible there, and nobody wants it any more", path));
    if (!registered_.contains(path) && !announced_.contains(path))
        violated(fmt::format("{} is visible there and was never registered", path));
    else if (!is_known_content(path, file.memory))
        violated(fmt::format(
            "{} is visible there with a content that no file registered for it ever had ({} bytes)", path,
            file.memory.size()));
}

// What is another file's proven copy does not yield.
void oracle::on_replaced(file_id by, const std::string& remote_path, const far_file& yielded) {
    ++seen.replaced;
    const auto mine = rows_where("id = " + std::to_string(by));
    if (mine.empty() || yielded.original) return;
    // Nobody knows where the files of an archive go that nobody serves, nor, of a base directory that is
    // another one now, whether two archives still share it. What calls itself verified was brought by nobody:
    // an earlier version of the file may hold the place.
    const auto is_another_place = [&](const std::string& archive) {
        return (archive != "smurf" && archive != "timestreams") ||
               (archive != mine.front().archive_name && there_.was_replaced());
    };
    // Whoever has the lowest id that is verified holds the place, also where it was ignored while it was
    // taken.
    const auto at_place = rows_where();
    const bool holds = std::any_of(at_place.begin(), at_place.end(), [&](const test::catalog_row& row) {
        return row.id < by && row.verified() && !is_ignored(row) && plain(row.remote_path) == remote_path &&
               row.local_path == mine.front().local_path;
    });
    if (holds) return;
    for (const auto& row : rows_where(is_text("remote_md5sum", sum_of(yielded.memory)))) {
        if (plain(row.remote_path) != remote_path || !row.verified() || is_ignored(row)) continue;
        if (is_another_place(row.archive_name) || is_garbage(row)) continue;
        if (row.local_path == mine.front().local_path || touched_lately(row.local_path)) continue;
        violated(fmt::format("the copy of row {} at {} had to yield to row {}", row.id, remote_path, by));
    }
}

void oracle::check_handed_over() {
    std::erase_if(handed_over_, [&](const handed_over& h) {
        ++seen.checks;
        if (there_.on_disk(h.remote_path) == h.content || there_.holds_on_disk(h.content)) return false;
        const auto meddled = there_.meddled.find(h.remote_path);
        if (meddled != there_.meddled.end() && (!rechecks_content || meddled->second + copy_answer >= h.at))
            return true;
        // A later version took its place, registered perhaps while the earlier one was on its way out.
        const auto again = registered_at_.find(h.local_path);
        if (again != registered_at_.end() && again->second + catalog_answer > h.at) return true;
        violated(fmt::format("{} was deleted on the word of its copy {}, which is lost", h.local_path,
                             h.remote_path));
        return true;
    });
}

}  // namespace suprsync::simulation
