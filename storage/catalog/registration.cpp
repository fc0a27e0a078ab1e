#include "storage/catalog/registration.hpp"

#include <fmt/format.h>

#include <unordered_map>

#include "engine/rules/registration_rules.hpp"
#include "storage/catalog/catalog_impl.hpp"
#include "storage/catalog/claimants.hpp"
#include "storage/catalog/file_views.hpp"
#include "storage/index/attempt_state.hpp"
#include "storage/index/change_index.hpp"
#include "storage/index/side_rows.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// More rows than these are taken into the side tables afterwards, a short transaction at a time.
constexpr std::size_t taken_in_at_once = 2000;

// More of them wait for the next transaction: the write lock is held for milliseconds.
constexpr std::size_t most_in_a_group = 200;

// Registers one file after another within one transaction.
class registering {
  public:
    /// `at_once`: the side tables know each row as soon as it is inserted.
    registering(sqlite_connection& connection, change_index& index, bool at_once)
        : connection_(connection), index_(index), at_once_(at_once) {}

    result<added_file> add(registration r, std::size_t at) {
        r.remote_path = plain_remote_path(r.remote_path);
        const auto judged = judge_registration(r, all_claimants(r));
        if (judged.decision == registration_claim::verdict::conflict)
            return failure{failure_code::conflict, "register", fmt::format("files[{}]", at), judged.reason};
        if (judged.decision == registration_claim::verdict::existed)
            return added_file{
                view_of(connection_, index_.archives(), *find_row(connection_, judged.identical)), true};
        return insert(r, judged.supersedes);
    }

  private:
    added_file insert(const registration& r, const std::vector<file_id>& supersedes) {
        auto row = insert_row(connection_, r);
        for (const auto older : supersedes) supersede(older, row.id);
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

    // Those of this call may be in no side table yet.
    std::vector<claimant> all_claimants(const registration& r) {
        auto found = find_claimants(connection_, index_.archives(), r.archive_name, r.remote_path, 0);
        for (const auto& path : index_.archives().paths_by_all(r.archive_name, r.remote_path)) {
            const auto [first, last] = added_.equal_range(remote_key(path));
            for (auto place = first; place != last; ++place) {
                const auto other = find_row(connection_, place->second);
                if (claims_path(index_.archives(), r.archive_name, r.remote_path, path, *other))
                    found.push_back(claimant_of(*other));
            }
        }
        return found;
    }

    // The same local file is registered again: only its newest version is copied (spec, Copying).
    void supersede(file_id older, file_id newer) {
        connection_.run(R"(UPDATE supersync_v0 SET "ignore" = 1 WHERE id = ?1)", older);
        auto known = find_attempt_state(connection_, older);
        known.ignore_reason = superseded_by(newer);
        write_attempt_state(connection_, older, known);
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
    const bool at_once = count <= taken_in_at_once;
    known_sizes sizes;
    auto outcome = decide_up_to_date(
        connection,
        [&](change_index& index) {
            registering all(connection, index, at_once);
            auto registered = register_all(all);
            if (!at_once) sizes = index.take_sizes();
            return registered;
        },
        at_once ? taking_in::at_once : taking_in::later);
    if (outcome && !at_once) take_in(connection, std::move(sizes));
    return outcome;
}

}  // namespace

file_row insert_row(sqlite_connection& connection, const registration& r) {
    connection.run(
        R"(INSERT INTO supersync_v0
        (local_path, local_md5sum, archive_name, remote_path, timestamp, failed_copy_attempts, deletable, "ignore")
        VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, 0))",
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

asio::awaitable<result<std::vector<added_file>>> sqlite_catalog::add(std::vector<registration> files) {
    if (files.size() == 1) {
        const auto one = impl_->registrations.enter(std::move(files.front()));
        return run([one](sqlite_connection& connection,
                         impl& in) { return in.registrations.settle(connection, *one); },
                   asker::client);
    }
    // Thousands of rows are a long transaction: the engine's short ones go first.
    return run([files = std::move(files)](sqlite_connection& connection,
                                          impl&) { return add_files(connection, files); },
               asker::page);
}

std::shared_ptr<registration_group::waiting> registration_group::enter(registration file) {
    auto one = std::make_shared<waiting>();
    one->file = std::move(file);
    const std::lock_guard lock(mutex_);
    waiting_.push_back(one);
    return one;
}

std::vector<std::shared_ptr<registration_group::waiting>> registration_group::take() {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<waiting>> taken;
    std::size_t seen = 0;
    while (seen < waiting_.size() && taken.size() < most_in_a_group)
        if (auto one = waiting_[seen++].lock()) taken.push_back(std::move(one));
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(seen));
    return taken;
}

void registration_group::give_back(std::vector<std::shared_ptr<waiting>> taken) {
    const std::lock_guard lock(mutex_);
    waiting_.insert(waiting_.begin(), taken.begin(), taken.end());
}

result<std::vector<added_file>> registration_group::settle(sqlite_connection& connection, waiting& one) {
    while (!one.answer && !one.alone) {
        auto taken = take();
        if (taken.empty()) break;
        std::vector<registration> files;
        for (const auto& w : taken) files.push_back(w->file);
        try {
            auto answers = add_each(connection, files);
            for (std::size_t i = 0; i < taken.size(); ++i) {
                if (answers[i])
                    taken[i]->answer = std::vector<added_file>{std::move(*answers[i])};
                else
                    taken[i]->answer = answers[i].error();
            }
        } catch (const SQLite::Exception& e) {
            if (means_locked(e)) {
                give_back(std::move(taken));
                throw;
            }
            // Whatever it was, each is to answer for itself.
            for (const auto& w : taken) w->alone = true;
        }
    }
    if (!one.answer) one.answer = add_files(connection, {one.file});
    return std::move(*one.answer);
}

}  // namespace suprsync
