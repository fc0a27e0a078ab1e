// Writers: other programs at the catalog and at the files, and people at the service.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>

#include "tests/simulation/content.hpp"
#include "tests/simulation/simulated_day.hpp"

namespace asio = boost::asio;

namespace suprsync::simulation {

namespace {

asio::awaitable<void> ask_to_register(suprsync::daemon& engine, std::vector<registration_request> files) {
    co_await engine.register_files(std::move(files));
}

asio::awaitable<void> ask_to_change(suprsync::daemon& engine, file_id id, file_change change) {
    co_await engine.change_file(id, std::move(change));
}

// Outside the directories from which files may be deleted.
std::string elsewhere_path(const std::string& path) { return "/elsewhere" + path; }

std::string upper_name(std::string path) {
    for (auto i = path.rfind('/') + 1; i < path.size(); ++i)
        if (path[i] >= 'a' && path[i] <= 'z') path[i] = static_cast<char>(path[i] - 'a' + 'A');
    return path;
}

}  // namespace

std::optional<test::catalog_row> simulated_day::any_row(random& chance, const std::string& where) {
    auto rows = others().rows(where + " AND remote_path NOT LIKE '%_finalized.yaml'");
    if (rows.empty()) return std::nullopt;
    // The last ones are being copied.
    const auto among = chance.chance(0.5) ? std::min<std::size_t>(rows.size(), 6) : rows.size();
    return rows.at(rows.size() - 1 - chance.below(among));
}

// One of those for which it matters most, as often as any.
std::optional<test::catalog_row> simulated_day::row_for(event_kind kind, random& chance) {
    std::string where;
    if (kind == event_kind::unignore || kind == event_kind::register_in_the_way) where = "\"ignore\" = 1";
    if (kind == event_kind::ignore) where = "remote_md5sum IS NOT local_md5sum";
    if (kind == event_kind::modify || kind == event_kind::replace)
        where = R"(removed IS NULL AND local_path IN
            (SELECT local_path FROM supersync_v0 GROUP BY local_path HAVING count(*) > 1))";
    // What is due, and something keeps it.
    if (kind == event_kind::date_anew)
        where = "id IN (SELECT file_id FROM suprsync_files WHERE state = 4 AND lane = 2)";
    if (kind == event_kind::register_gone) where = "removed > 0 AND \"ignore\" IS NOT 1";
    const bool only_these =
        kind == event_kind::unignore || kind == event_kind::date_anew || kind == event_kind::register_gone;
    std::optional<test::catalog_row> row;
    if (!where.empty() && (only_these || chance.chance(0.5))) row = any_row(chance, where);
    return row || only_these ? row : any_row(chance, "1");
}

// A file that was written just now, and its row.
test::catalog_row simulated_day::new_row(random& chance, const std::string& archive) {
    const auto n = ++next_name_;
    test::catalog_row row;
    row.local_path = fmt::format("{}/{}/{}.g3", data_root, archive, n);
    const auto content = content_of(++next_content_, 10 + chance.below(300));
    here_.create(row.local_path, content);
    judge_.wrote(row.local_path, content);
    if (chance.chance(0.6)) row.local_md5sum = sum_of(content);
    row.archive_name = archive;
    row.timestamp = time_.truth();
    row.remote_path = fmt::format("{:05}/{}/{}.g3", static_cast<int>(row.timestamp / 1e5), archive, n);
    row.failed_copy_attempts = 0;
    row.deletable = chance.chance(0.9);
    row.ignore = false;
    return row;
}

// As many bytes as before.
void simulated_day::write_again(const std::string& path) {
    const auto file = here_.find(path);
    if (!file || here_.hung) return;
    const auto content = content_of(++next_content_, file->content.size());
    judge_.wrote(path, content);
    here_.modify(path, content);
    say("    written to again: " + path);
}

void simulated_day::remove_here(const std::string& path) {
    here_.remove(path);
    judge_.not_as_registered(path);
    say("    " + path);
}

void simulated_day::insert(const test::catalog_row& row) {
    judge_.registers(row.local_path, row.remote_path);
    const auto here = here_.named(row.local_path);
    if (here && !row.local_md5sum.empty() && row.local_md5sum != sum_of(here->content))
        judge_.not_as_registered(row.local_path);
    const auto id = others().insert(row);
    say(fmt::format("    row {}: {} for {}", id, row.local_path, row.remote_path));
    if (life_) life_->tell_of_commit();
}

void simulated_day::update(const test::catalog_row& row, const std::string& what) {
    judge_.touched(row.local_path);
    others().execute(what + " WHERE id = " + std::to_string(row.id));
    say(fmt::format("    {} of row {}", what, row.id));
    if (life_) life_->tell_of_commit();
}

void simulated_day::register_by_service(random chance) {
    if (!life_) return;
    std::vector<registration_request> files;
    for (std::size_t i = 0; i <= chance.below(4); ++i) {
        const auto row = new_row(chance, chance.chance(0.5) ? "smurf" : "timestreams");
        judge_.registers(row.local_path, row.remote_path);
        files.push_back({row.local_path, row.remote_path, row.archive_name, row.local_md5sum, std::nullopt,
                         row.deletable.value_or(true)});
    }
    life_->ask(ask_to_register(life_->engine(), std::move(files)));
}

void simulated_day::perform_of_people(const planned& event, random chance) {
    const std::string archive = chance.chance(0.6) ? "smurf" : "timestreams";
    if (event.kind <= event_kind::replace && (here_.unmounted || here_.hung)) return;
    switch (event.kind) {
        case event_kind::register_files:
            for (std::size_t i = 0; i <= chance.below(6); ++i) insert(new_row(chance, archive));
            return;
        case event_kind::register_by_service:
            return register_by_service(chance);
        case event_kind::register_back_dated: {
            auto row = new_row(chance, archive);
            row.timestamp -= chance.between(100, 80'000);
            insert(row);
            // Some never come: what is promised of days is not to go back for them.
            if (chance.chance(0.3)) remove_here(row.local_path);
            return;
        }
        case event_kind::register_oddly: {
            auto row = new_row(chance, archive);
            if (chance.chance(0.3)) row.deletable.reset();
            if (chance.chance(0.3)) row.ignore.reset();
            if (chance.chance(0.3)) row.ignore = true;  // its place is free until somebody takes it back
            if (chance.chance(0.3)) row.failed_copy_attempts.reset();
            if (chance.chance(0.5)) row.remote_path.insert(row.remote_path.find('/'), "//.");
            if (chance.chance(0.2)) row.timestamp = -1;
            if (chance.chance(0.1)) {  // it may be copied, and not deleted
                here_.rename(row.local_path, elsewhere_path(row.local_path));
                row.local_path = elsewhere_path(row.local_path);
                judge_.wrote(row.local_path, here_.named(row.local_path)->content);
            }
            if (chance.chance(0.2) && !row.local_md5sum.empty()) {
                const bool in_capitals = chance.chance(0.5);
                for (auto& c : row.local_md5sum) c = in_capitals ? static_cast<char>(std::toupper(c)) : 'x';
            }
            if (chance.chance(0.1)) {
                row.remote_path += "/../../..";
                judge_.not_as_registered(row.local_path);
            }
            return insert(row);
        }
        case event_kind::register_for_another_day: {
            auto row = new_row(chance, archive);
            const auto below_day = row.remote_path.substr(row.remote_path.find('/'));
            row.remote_path =
                chance.pick(std::vector<std::string>{"16998", "16999", "17003", "17050", "notes"}) +
                (chance.chance(0.3) ? below_day.substr(below_day.rfind('/')) : below_day);
            return insert(row);
        }
        case event_kind::late_announcement:
            announces_late_ = true;
            return;
        case event_kind::register_unfinished: {
            const auto row = new_row(chance, archive);
            const double rests = chance.chance(0.5) ? 5 : 0;  // s: its time is old enough to tell
            after(rests, [this, row] { try_to([&] { insert(row); }); });
            return after(rests + chance.between(0.1, 1.5),
                         [this, path = row.local_path] { write_again(path); });
        }
        case event_kind::register_garbage:
            return write_garbage(chance);
        default:
            return write_rows(event, chance);
    }
}

// As if it had waited for a day for its destination.
void simulated_day::age_announcements() {
    for (const auto& row : others().rows(
             R"(remote_path LIKE '%_finalized.yaml' AND remote_md5sum IS NULL AND "ignore" IS NOT 1)"))
        update(row, "UPDATE supersync_v0 SET timestamp = timestamp - 100000");
}

// What concerns a file that is registered already.
void simulated_day::write_rows(const planned& event, random chance) {
    auto row = row_for(event.kind, chance);
    // What writers do with a file of their own.
    if (row && event.kind < event_kind::modify && judge_.is_garbage(*row)) return;
    if (!row && event.kind == event_kind::date_anew) after(1000, [this, event] { perform(event); });
    if (!row) return;
    const auto set = [&](const std::string& what) { update(*row, "UPDATE supersync_v0 SET " + what); };
    const auto anew = [this](test::catalog_row of) {
        of.id = 0;
        of.remote_md5sum.reset(), of.copied.reset(), of.removed.reset();
        of.failed_copy_attempts = 0;
        of.ignore = false;
        of.timestamp = time_.truth();
        return of;
    };
    const auto here = here_.named(row->local_path);
    const bool is_here = here != nullptr;
    // A size tells much of what is other content, but not all.
    const auto content = content_of(
        ++next_content_, is_here && chance.chance(0.5) ? here->content.size() : 10 + chance.below(300));
    switch (event.kind) {
        case event_kind::register_version:
            if (is_here && chance.chance(0.5))
                here_.modify(row->local_path, content);
            else
                here_.create(row->local_path, content);
            judge_.wrote(row->local_path, content);
            row->local_md5sum = chance.chance(0.5) ? sum_of(content) : "";
            return insert(anew(*row));
        case event_kind::register_gone:
            if (chance.chance(0.2)) row->local_md5sum.clear();
            judge_.not_as_registered(row->local_path);
            return insert(anew(*row));
        case event_kind::register_in_the_way:
        case event_kind::register_other_case: {
            auto other = new_row(chance, row->archive_name);
            other.remote_path = row->remote_path;
            if (event.kind == event_kind::register_other_case)
                other.remote_path = upper_name(other.remote_path);
            return insert(other);
        }
        case event_kind::register_elsewhere:
        case event_kind::register_as_spelled: {
            auto other = anew(*row);
            if (event.kind == event_kind::register_as_spelled && here_.on_data_disk(row->local_path))
                other.local_path = std::string(data_root) + (chance.chance(0.5) ? "/" : "/.") +
                                   local_files::plain(row->local_path).substr(std::string(data_root).size());
            // With a version of which the first archive knows nothing.
            if (is_here && chance.chance(0.3)) {
                here_.create(row->local_path, content);
                judge_.wrote(row->local_path, content);
                other.local_md5sum = sum_of(content);
            }
            other.archive_name = row->archive_name == "smurf" ? "timestreams" : "smurf";
            other.remote_path = fmt::format("{}/elsewhere/{}", row->remote_path.substr(0, 5), ++next_name_);
            // Where another file has that place, it fails for good, and wants the local file for ever.
            if (const auto taken = any_row(chance, "local_path <> '" + row->local_path + "'");
                taken && chance.chance(0.4))
                other.remote_path = taken->remote_path;
            other.deletable = chance.chance(0.7);
            other.ignore = row->ignore;
            return insert(other);
        }
        case event_kind::modify:
            judge_.wrote(row->local_path, content);
            if (here_.modify(row->local_path, content)) say("    " + row->local_path);
            return;
        case event_kind::replace:
            judge_.wrote(row->local_path, content);
            if (is_here) here_.create(row->local_path, content), say("    " + row->local_path);
            return;
        case event_kind::remove_here:
            return remove_here(row->local_path);
        case event_kind::ignore:
            return set("\"ignore\" = 1");
        case event_kind::unignore:
            return set("\"ignore\" = 0, failed_copy_attempts = 0");
        case event_kind::keep: {
            if (!life_ || chance.chance(0.5)) return set("deletable = 0");
            judge_.touched(row->local_path);
            file_change kept;
            kept.deletable = false;
            return life_->ask(ask_to_change(life_->engine(), row->id, kept));
        }
        case event_kind::release:
            return set("deletable = 1");
        case event_kind::date_anew:
            return set(fmt::format("timestamp = {:.6f}", time_.truth()));
        case event_kind::delete_row:
            judge_.unregistered(row->local_path);
            return update(*row, "DELETE FROM supersync_v0");
        default:
            throw std::logic_error("nobody performs " + name_of(event.kind));
    }
}

}  // namespace suprsync::simulation
