#include "storage/index/archive_table.hpp"

#include <algorithm>

namespace suprsync {

archive_table::archive_table(sqlite_connection& connection) : connection_(connection) {
    auto q =
        connection.ask("SELECT id, name, max_attempts, destination, finalized_until FROM suprsync_archives");
    while (q.next())
        entries_.push_back(
            {q.integer(0), q.text(1), static_cast<int>(q.integer(2)), q.maybe_text(3), q.real(4)});
}

const archive_entry* archive_table::find(const std::string& name) const {
    const auto place =
        std::find_if(entries_.begin(), entries_.end(), [&](const auto& e) { return e.name == name; });
    return place == entries_.end() ? nullptr : &*place;
}

const archive_entry* archive_table::find(std::int64_t id) const {
    const auto place =
        std::find_if(entries_.begin(), entries_.end(), [&](const auto& e) { return e.id == id; });
    return place == entries_.end() ? nullptr : &*place;
}

const archive_entry& archive_table::ensure(const std::string& name) {
    if (const auto* known = find(name)) return *known;
    connection_.run("INSERT INTO suprsync_archives (name, max_attempts) VALUES (?1, ?2)", name,
                    default_max_attempts);
    entries_.push_back({connection_.last_id(), name, default_max_attempts, std::nullopt, 0});
    return entries_.back();
}

bool archive_table::same_destination(const std::string& one, const std::string& other) const {
    if (one == other) return true;
    const auto* a = find(one);
    const auto* b = find(other);
    return a && b && a->destination && a->destination == b->destination;
}

}  // namespace suprsync
