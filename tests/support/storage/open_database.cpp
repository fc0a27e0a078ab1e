#include "tests/support/storage/open_database.hpp"

#include <fmt/format.h>

#include <functional>
#include <stdexcept>

namespace suprsync::test {

std::string sum_of(const std::string& text) {
    return fmt::format("{:016x}{:016x}", std::hash<std::string>()(text),
                       std::hash<std::string>()(text + "'"));
}

catalog_row row_of(int n, const std::string& archive_name, int timecode) {
    catalog_row row;
    row.local_path = fmt::format("/data/{}", n);
    row.local_md5sum = sum_of(row.local_path);
    row.archive_name = archive_name;
    row.remote_path = fmt::format("{}/smurf/{}.g3", timecode, n);
    row.timestamp = early + n;
    row.failed_copy_attempts = 0;
    row.deletable = true;
    row.ignore = false;
    return row;
}

catalog_row verified(catalog_row row) {
    row.remote_md5sum = row.local_md5sum;
    row.copied = row.timestamp + 0.5;
    return row;
}

catalog_row ignored(catalog_row row) {
    row.ignore = true;
    return row;
}

catalog_row failed(catalog_row row) {
    row.failed_copy_attempts = max_attempts;
    return row;
}

registration registration_of(const catalog_row& row) {
    return {row.local_path,   row.remote_path, row.archive_name,
            row.local_md5sum, row.timestamp,   row.deletable.value_or(true)};
}

registration finalization_of(int timecode, double at, const std::string& archive_name) {
    const auto name = fmt::format("{:.0f}_{}_{}_finalized.yaml", at, archive_name, timecode);
    const auto now = std::to_string(timecode_at(at));
    return {"/suprsync/" + now + "/srv/" + name,
            now + "/suprsync/srv/" + name,
            archive_name,
            sum_of(name),
            at,
            true};
}

open_database::open_database() {
    options.path = scratch / "suprsync.db";
    options.instance_id = "srv";
    options.open_patience = std::chrono::milliseconds(200);
}

open_database::~open_database() { close(); }

foreign_writer& open_database::foreign() {
    if (!foreign_) {
        foreign_ = std::make_unique<foreign_writer>(path());
        foreign_->create_tables();
    }
    return *foreign_;
}

result<void> open_database::open() {
    close();
    auto opened = open_catalog(loop.get_executor(), options);
    if (!opened) return opened.error();
    catalog_ = std::move(*opened);
    return {};
}

void open_database::close() { catalog_.reset(); }

void open_database::make_ready() {
    if (!catalog_) open().value();
    prepare();
    serve().value();
}

result<preparation> open_database::prepare_step() { return ask(catalog_->prepare_step()); }

void open_database::prepare() {
    while (!prepare_step().value().done) continue;
}

result<void> open_database::serve(const std::string& name, int attempts, const std::string& place) {
    return ask(catalog_->serve(name, attempts, place));
}

result<catalog_changes> open_database::take_changes() { return ask(catalog_->take_changes()); }

catalog_changes open_database::all_changes() {
    catalog_changes all;
    bool more = true;
    while (more) {
        auto taken = take_changes().value();
        more = taken.more;
        all.changed = all.changed || taken.changed;
        for (auto& [name, part] : taken.archives) {
            auto& known = all.archives[name];
            known.registered += part.registered;
            known.back_dated_count += part.back_dated_count;
            known.late.insert(known.late.end(), part.late.begin(), part.late.end());
            known.back_dated.insert(known.back_dated.end(), part.back_dated.begin(), part.back_dated.end());
        }
    }
    return all;
}

result<std::vector<added_file>> open_database::add(const std::vector<registration>& files) {
    return ask(catalog_->add(files));
}

result<work_list> open_database::load_work(const work_query& query) {
    return ask(catalog_->load_work(query));
}

work_list open_database::work(double now, const std::string& name) {
    return load_work({name, now, 100'000, {}}).value();
}

ids open_database::work_ids(double now, const std::string& name) {
    ids found;
    for (const auto& item : work(now, name).items) found.push_back(item.row.id);
    return found;
}

result<std::vector<bool>> open_database::still_wanted(const std::vector<file_row>& rows) {
    return ask(catalog_->still_wanted(rows));
}

result<void> open_database::record(const std::vector<file_outcome>& outcomes) {
    return ask(catalog_->record(outcomes));
}

result<std::vector<deletable_item>> open_database::load_deletable(double registered_before, double now,
                                                                  std::size_t limit) {
    return ask(catalog_->load_deletable(archive, registered_before, now, limit));
}

result<void> open_database::record_deletions(const std::vector<deletion_record>& records) {
    return ask(catalog_->record_deletions(records));
}

result<std::vector<bool>> open_database::may_delete(const std::vector<file_row>& rows,
                                                    double registered_before) {
    return ask(catalog_->may_delete(rows, registered_before));
}

result<std::vector<named_file>> open_database::unsettled_named(const name_query& query) {
    return ask(catalog_->unsettled_named(query));
}

result<std::vector<other_spelling>> open_database::spelled_otherwise(const std::vector<placed_file>& files) {
    return ask(catalog_->spelled_otherwise(files));
}

result<archive_counts> open_database::counts(const std::string& name) { return ask(catalog_->counts(name)); }

result<open_timecodes> open_database::timecodes_to_finalize(const std::string& name, int newest_believed) {
    return ask(catalog_->timecodes_to_finalize(name, newest_believed));
}

result<void> open_database::mark_timecode(int timecode, bool completed, bool synced,
                                          const std::string& name) {
    return ask(catalog_->mark_timecode(name, timecode, completed, synced));
}

result<timecode_summary> open_database::summarize(int timecode, const std::string& name) {
    return ask(catalog_->summarize(name, timecode));
}

result<file_row> open_database::register_finalization(const timecode_summary& summary,
                                                      const registration& file, double finalized_until) {
    return ask(catalog_->register_finalization(file.archive_name, summary, file, finalized_until));
}

result<void> open_database::begin_finalization(const std::string& local_path) {
    return ask(catalog_->begin_finalization(archive, local_path));
}

result<epoch_seconds> open_database::promise_finalized_until(double computed, const std::string& name) {
    return ask(catalog_->promise_finalized_until(name, computed));
}

result<file_row> open_database::reissue_finalization(const file_row& old_row, const registration& file,
                                                     double finalized_until, const std::string& reason) {
    return ask(catalog_->reissue_finalization(old_row, file, finalized_until, reason));
}

result<std::optional<timecode_summary>> open_database::summary_of_finalization(const file_row& row) {
    return ask(catalog_->summary_of_finalization(row));
}

result<archive_memory> open_database::memory(const std::string& name) { return ask(catalog_->memory(name)); }

result<void> open_database::remember_base(const base_identity& base) {
    return ask(catalog_->remember_base(archive, base));
}

result<void> open_database::set_paused(bool paused, const std::string& reason) {
    return ask(catalog_->set_paused(archive, paused, reason));
}

result<std::vector<bool>> open_database::awaited(const strings& remote_paths, const std::string& name) {
    return ask(catalog_->awaited(name, remote_paths));
}

result<std::optional<file_view>> open_database::find(file_id id) { return ask(catalog_->find(id)); }

file_view open_database::view(file_id id) {
    auto found = find(id).value();
    if (!found) throw std::runtime_error(fmt::format("there is no row {}", id));
    return std::move(*found);
}

void open_database::record_verified(const ids& files, std::optional<file_identity> identity) {
    std::vector<file_outcome> outcomes;
    for (const auto id : files) {
        file_outcome outcome;
        outcome.seen = row(id);
        outcome.remote_md5sum = outcome.seen.local_md5sum;
        outcome.copied = outcome.seen.timestamp + 1;
        outcome.verified = true;
        outcome.identity = identity;
        outcomes.push_back(std::move(outcome));
    }
    record(outcomes).value();
}

file_row open_database::finalize(int timecode, double at) {
    return register_finalization(summarize(timecode).value(), finalization_of(timecode, at), at).value();
}

}  // namespace suprsync::test
