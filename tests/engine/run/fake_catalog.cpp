#include "tests/engine/run/fake_catalog.hpp"

#include <algorithm>

namespace asio = boost::asio;

namespace suprsync::test {

// ---- what rows mean

std::optional<failure> fake_catalog::enter(const std::string& function) {
    calls.push_back(function);
    if (before) before(function);
    if (stopped) return failure{failure_code::stopped, function, "", "stopped"};
    auto& queue = failing_[function];
    if (queue.empty()) return std::nullopt;
    auto f = std::move(queue.front());
    queue.pop_front();
    return f;
}

std::size_t fake_catalog::count(const std::string& function) const {
    return static_cast<std::size_t>(std::count(calls.begin(), calls.end(), function));
}

bool fake_catalog::verified(file_id id) const {
    const auto& row = rows.at(id).row;
    return !row.local_md5sum.empty() && row.remote_md5sum == row.local_md5sum;
}

bool fake_catalog::settled(const entry& e) const { return e.row.ignore || verified(e.row.id); }

bool fake_catalog::has_failed(const entry& e) const {
    const auto archive = archives.find(e.row.archive_name);
    const int most =
        archive == archives.end() ? served{}.max_copy_attempts : archive->second.max_copy_attempts;
    return !settled(e) && (e.row.failed_copy_attempts >= most || e.row.removed);
}

bool fake_catalog::wanted(const entry& e) const { return !settled(e) && !has_failed(e); }

bool fake_catalog::same_destination(const std::string& archive, const std::string& other) const {
    if (archive == other) return true;
    const auto a = archives.find(archive), b = archives.find(other);
    return a != archives.end() && b != archives.end() && a->second.destination == b->second.destination;
}

bool fake_catalog::needed_elsewhere(const file_row& row) const {
    return std::any_of(rows.begin(), rows.end(), [&](const auto& r) {
        return r.first != row.id && r.second.row.local_path == row.local_path && !settled(r.second);
    });
}

bool fake_catalog::superseded(const file_row& row) const {
    return std::any_of(rows.begin(), rows.end(), [&](const auto& r) {
        const auto& other = r.second.row;
        return r.first > row.id && !other.ignore && other.local_path == row.local_path &&
               other.remote_path == row.remote_path && same_destination(other.archive_name, row.archive_name);
    });
}

fake_catalog::entry* fake_catalog::find_same(const file_row& seen) {
    const auto place = rows.find(seen.id);
    if (place == rows.end()) return nullptr;
    const auto& row = place->second.row;
    const bool same = row.local_path == seen.local_path && row.archive_name == seen.archive_name &&
                      row.remote_path == seen.remote_path;
    return same ? &place->second : nullptr;
}

file_id fake_catalog::insert(const registration& r) {
    auto& row = rows[++last_id_].row;
    row.id = last_id_;
    row.local_path = r.local_path;
    row.remote_path = r.remote_path;
    row.archive_name = r.archive_name;
    row.local_md5sum = r.local_md5sum;
    row.timestamp = r.timestamp;
    row.deletable = r.deletable;
    const auto timecode = timecode_of(r.remote_path);
    if (timecode && !is_finalization_path(r.remote_path))
        directories[{r.archive_name, *timecode}].finalized = false;
    return last_id_;
}

file_id fake_catalog::insert(const std::string& local_path, const std::string& remote_path,
                             const std::string& md5, const std::string& archive) {
    return insert(registration{local_path, remote_path, archive, md5, clock_.now(), true});
}

file_view fake_catalog::view_of(const entry& e) const {
    file_view v;
    v.row = e.row;
    v.state = e.row.removed && verified(e.row.id) ? "deleted"
              : e.row.ignore                      ? "ignored"
              : verified(e.row.id)                ? "verified"
              : has_failed(e)                     ? "failed"
              : e.row.failed_copy_attempts > 0    ? "retrying"
                                                  : "pending";
    if (!e.error.empty()) v.last_error = e.error, v.last_error_at = e.error_at;
    v.next_attempt_at = e.next_attempt;
    if (!e.ignore_reason.empty()) v.ignore_reason = e.ignore_reason;
    v.bytes = e.bytes;
    return v;
}

// ---- registering

asio::awaitable<result<preparation>> fake_catalog::prepare_step() {
    if (auto f = enter("prepare_step")) co_return *f;
    preparation_steps = std::max(0, preparation_steps - 1);
    co_return preparation{preparation_steps == 0, 1, 1 + preparation_steps};
}

asio::awaitable<result<void>> fake_catalog::serve(std::string archive, int most, std::string destination) {
    if (auto f = enter("serve")) co_return *f;
    archives[archive].max_copy_attempts = most;
    archives[archive].destination = destination;
    co_return result<void>();
}

asio::awaitable<result<catalog_changes>> fake_catalog::take_changes() {
    if (auto f = enter("take_changes")) co_return *f;
    co_return std::exchange(changes, {});
}

asio::awaitable<void> fake_catalog::wait_for_changes(double at_most) {
    const std::chrono::duration<double> wait(std::min(at_most, told_of_changes));
    co_await clock_.sleep_for(std::chrono::duration_cast<std::chrono::nanoseconds>(wait));
}

asio::awaitable<result<std::vector<added_file>>> fake_catalog::add(std::vector<registration> files) {
    if (auto f = enter("add")) co_return *f;
    for (std::size_t i = 0; i < files.size(); ++i)
        for (const auto& [id, e] : rows)
            if (!e.row.ignore && e.row.remote_path == files[i].remote_path &&
                e.row.local_path != files[i].local_path &&
                same_destination(e.row.archive_name, files[i].archive_name))
                co_return failure{failure_code::conflict, "register", "files[" + std::to_string(i) + "]",
                                  "another local file holds this remote path"};
    std::vector<added_file> added;
    for (const auto& r : files) {
        const auto same = std::find_if(rows.begin(), rows.end(), [&](const auto& entry) {
            const auto& row = entry.second.row;
            return row.local_path == r.local_path && row.remote_path == r.remote_path &&
                   row.archive_name == r.archive_name && !settled(entry.second) &&
                   (row.local_md5sum.empty() || r.local_md5sum.empty() || row.local_md5sum == r.local_md5sum);
        });
        const bool existed = same != rows.end();
        const auto id = existed ? same->first : insert(r);
        added.push_back({view_of(rows.at(id)), existed});
    }
    co_return added;
}

// ---- copying

asio::awaitable<result<work_list>> fake_catalog::load_work(work_query q) {
    if (auto f = enter("load_work")) co_return *f;
    std::vector<const entry*> due;
    work_list list;
    for (const auto& [id, e] : rows) {
        if (e.row.archive_name != q.archive || !wanted(e) || std::ranges::count(q.in_flight, id)) continue;
        if (e.next_attempt && *e.next_attempt > q.now)
            list.next_attempt = std::min(list.next_attempt.value_or(*e.next_attempt), *e.next_attempt);
        else
            due.push_back(&e);
    }
    const auto rank = [](const entry* e) {
        const bool tried = e->row.failed_copy_attempts > 0;
        return std::tuple(!is_finalization_path(e->row.remote_path), tried,
                          tried ? e->next_attempt.value_or(0) : e->row.timestamp, e->row.id);
    };
    std::sort(due.begin(), due.end(), [&](auto* a, auto* b) { return rank(a) < rank(b); });
    list.more = due.size() > q.limit;
    due.resize(std::min(due.size(), q.limit));
    for (const auto* e : due) {
        work_item item{
            e->row, is_finalization_path(e->row.remote_path), e->compare, e->sent_before, e->vanished, {}};
        for (const auto& [id, other] : rows)
            if (id != e->row.id && other.row.remote_path == e->row.remote_path &&
                same_destination(other.row.archive_name, q.archive))
                item.claimants.push_back({id, other.row.archive_name, other.row.local_path,
                                          other.row.local_md5sum, other.row.ignore, verified(id),
                                          other.row.remote_md5sum.value_or("")});
        list.items.push_back(std::move(item));
    }
    co_return list;
}

asio::awaitable<result<std::vector<bool>>> fake_catalog::still_wanted(std::vector<file_row> seen) {
    if (auto f = enter("still_wanted")) co_return *f;
    std::vector<bool> answers;
    for (const auto& row : seen) {
        const auto* e = find_same(row);
        answers.push_back(e && wanted(*e));
    }
    co_return answers;
}

asio::awaitable<result<void>> fake_catalog::record(std::vector<file_outcome> files) {
    if (auto f = enter("record")) co_return *f;
    for (auto& o : files) {
        outcomes.push_back(o);
        auto* e = find_same(o.seen);
        if (!e) continue;
        e->sent_before = true;
        if (o.local_md5sum) e->row.local_md5sum = *o.local_md5sum;
        if (o.remote_md5sum) e->row.remote_md5sum = o.remote_md5sum;
        if (o.copied) e->row.copied = o.copied;
        e->row.failed_copy_attempts += o.attempts_lost;
        if (o.fail_for_good) e->row.failed_copy_attempts = archives[e->row.archive_name].max_copy_attempts;
        if (o.error) e->error = *o.error, e->error_at = o.error_at;
        e->next_attempt = o.next_attempt;
        e->compare = o.compare;
        e->identity = o.identity;
        if (o.size) e->bytes = o.size;
        if (o.ignore_reason) e->row.ignore = true, e->ignore_reason = *o.ignore_reason;
        if (o.verified) archives[e->row.archive_name].memory.has_verified = true;
    }
    co_return result<void>();
}

asio::awaitable<result<std::vector<bool>>> fake_catalog::awaited(std::string archive,
                                                                 std::vector<std::string> paths) {
    if (auto f = enter("awaited")) co_return *f;
    std::vector<bool> answers;
    for (const auto& path : paths)
        answers.push_back(std::any_of(rows.begin(), rows.end(), [&](const auto& r) {
            const auto& row = r.second.row;
            return row.archive_name == archive && row.remote_path == path && !settled(r.second);
        }));
    co_return answers;
}

asio::awaitable<result<std::optional<file_view>>> fake_catalog::find(file_id id) {
    if (auto f = enter("find")) co_return *f;
    const auto place = rows.find(id);
    if (place == rows.end()) co_return std::optional<file_view>();
    co_return std::optional(view_of(place->second));
}

}  // namespace suprsync::test
