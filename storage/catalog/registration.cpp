#include "storage/catalog/registration.hpp"

#include <fmt/format.h>

#include <unordered_map>

#include "storage/catalog/claimants.hpp"
#include "storage/catalog/file_views.hpp"
#include "storage/index/attempt_state.hpp"
#include "storage/index/change_index.hpp"
#include "storage/index/side_rows.hpp"

namespace suprsync {

namespace {

// More rows than these are taken into the side tables afterwards, a short transaction at a time.
constexpr std::size_t taken_in_at_once = 2000;

// Registers one file after another within one transaction.
class registering {
  public:
    /// `at_once`: the side tables know each row as soon as it is inserted.
    registering(sqlite_connection& connection, change_index& index, bool at_once)
        : connection_(connection), index_(index), at_once_(at_once) {}

    result<added_file> add(const registration& r, std::size_t at) {
        const auto& archive = index_.archives().ensure(r.archive_name);
        const auto claimants = all_rivals(r);
        const claimant* holder = nullptr;  // the lowest id that is not ignored
        const claimant* heir = nullptr;    // who would hold the path when our older versions are ignored
        const claimant* identical = nullptr;
        const auto lower = [](const claimant*& known, const claimant& other) {
            if (!known || other.id < known->id) known = &other;
        };
        for (const auto& other : claimants) {
            if (other.ignore) continue;
            lower(holder, other);
            if (other.local_path != r.local_path || other.verified) lower(heir, other);
            if (other.local_path != r.local_path || other.verified || other.archive_name != r.archive_name)
                continue;
            if (!r.local_md5sum.empty() && !other.local_md5sum.empty() &&
                r.local_md5sum != other.local_md5sum)
                continue;
            if (!identical || other.id > identical->id) identical = &other;
        }
        const auto is_other = [&](const claimant* who) { return who && who->local_path != r.local_path; };
        if (is_other(holder)) return conflict(r, at, *holder);
        if (identical)
            return added_file{
                view_of(connection_, *find_row(connection_, identical->id), archive.max_attempts), true};
        if (is_other(heir)) return conflict(r, at, *heir);

        auto row = insert_row(connection_, r);
        for (const auto& other : claimants)
            if (!other.ignore && !other.verified) supersede(other.id, row.id);
        if (r.size) index_.has_size(row.id, *r.size);
        if (at_once_)
            index_.inserted(row);
        else
            added_.emplace(remote_key(row.remote_path), row.id);
        added_file added;
        added.file.state = "pending";
        added.file.bytes = r.size;
        added.file.row = std::move(row);
        return added;
    }

  private:
    static failure conflict(const registration& r, std::size_t at, const claimant& holder) {
        return {
            failure_code::conflict, "register", fmt::format("files[{}]", at),
            fmt::format(
                "the destination path {} belongs to another local file, {} (id {}, archive {}): ignore that row, or register this file under another remote path",
                r.remote_path, holder.local_path, holder.id, holder.archive_name)};
    }

    // Those of this call may be in no side table yet.
    std::vector<claimant> all_rivals(const registration& r) {
        auto claimants = claimants_of(connection_, index_.archives(), r.archive_name, r.remote_path, 0);
        if (added_.empty()) return claimants;
        const auto [first, last] = added_.equal_range(remote_key(r.remote_path));
        for (auto place = first; place != last; ++place) {
            auto other = find_row(connection_, place->second);
            if (is_rival(index_.archives(), r.archive_name, r.remote_path, *other))
                claimants.push_back(rival_of(std::move(*other)));
        }
        return claimants;
    }

    // The same local file is registered again: only its newest version is copied (spec 4).
    void supersede(file_id older, file_id newer) {
        connection_.run("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id = ?1", older);
        index_.touch(older);
        auto notes = find_notes(connection_, older);
        notes.ignore_reason =
            fmt::format("superseded by a later registration of the same file (id {})", newer);
        write_notes(connection_, older, notes);
    }

    sqlite_connection& connection_;
    change_index& index_;
    const bool at_once_;
    std::unordered_multimap<std::int64_t, file_id> added_;  // by remote key
};

// What is registered is registered: where the database is locked now, the next call takes the rows in, and
// their sizes are learnt when they are copied.
void take_in(sqlite_connection& connection, known_sizes sizes) {
    try {
        drain_all(connection, std::move(sizes));
    } catch (const SQLite::Exception& e) {
        if (!means_locked(e)) throw;
    }
}

/// What `register_all(registering)` returns, a result; a failure rolls back what it did.
template <class RegisterAll>
auto in_one_transaction(sqlite_connection& connection, std::size_t count, RegisterAll register_all) {
    while (true) {
        drain_all(connection);
        write_transaction transaction(connection);
        change_index index(connection);
        if (!index.drain(taken_in_at_once)) {
            index.finish_later();
            transaction.commit();
            continue;
        }
        const bool at_once = count <= taken_in_at_once;
        registering all(connection, index, at_once);
        auto outcome = register_all(all);
        if (!outcome) return outcome;
        if (at_once)
            index.finish();
        else
            index.finish_later();
        transaction.commit();
        if (!at_once) take_in(connection, index.take_sizes());
        return outcome;
    }
}

}  // namespace

file_row insert_row(sqlite_connection& connection, const registration& r) {
    connection.run(
        "INSERT INTO supersync_v0 (local_path, local_md5sum, archive_name, remote_path, timestamp, failed_copy_attempts, deletable, \"ignore\") VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, 0)",
        r.local_path, r.local_md5sum, r.archive_name, r.remote_path, r.timestamp, r.deletable);
    file_row row;
    row.id = connection.last_id();
    row.local_path = r.local_path;
    row.local_md5sum = r.local_md5sum;
    row.archive_name = r.archive_name;
    row.remote_path = r.remote_path;
    row.timestamp = r.timestamp;
    row.deletable = r.deletable;
    return row;
}

result<std::vector<added_file>> add_files(sqlite_connection& connection,
                                          const std::vector<registration>& files) {
    if (files.size() > most_registered_at_once)
        return failure{failure_code::invalid, "register", fmt::format("{} files", files.size()),
                       fmt::format("at most {} are registered at once: send them in several parts",
                                   most_registered_at_once)};
    return in_one_transaction(connection, files.size(),
                              [&](registering& all) -> result<std::vector<added_file>> {
                                  std::vector<added_file> added;
                                  added.reserve(files.size());
                                  for (std::size_t i = 0; i < files.size(); ++i) {
                                      auto one = all.add(files[i], i);
                                      if (!one) return one.error();
                                      added.push_back(std::move(*one));
                                  }
                                  return added;
                              });
}

std::vector<result<added_file>> add_each(sqlite_connection& connection,
                                         const std::vector<registration>& files) {
    using answers = std::vector<result<added_file>>;
    return *in_one_transaction(connection, files.size(), [&](registering& all) -> result<answers> {
        answers each;
        each.reserve(files.size());
        // What cannot be registered has changed nothing.
        for (const auto& file : files) each.push_back(all.add(file, 0));
        return each;
    });
}

}  // namespace suprsync
