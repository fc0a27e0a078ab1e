// Where base directories were found to lie, so that what two archives call differently is known to be one
// file.
#include "storage/catalog/catalog_impl.hpp"
#include "storage/index/archive_table.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

void write_place(sqlite_connection& connection, const std::string& archive, const directory_place& place) {
    connection.run(
        R"(INSERT INTO suprsync_base_places (archive, machine, file_system, path, told_machine, told_file_system)
        VALUES (?1, ?2, ?3, ?4, ?2, ?3) ON CONFLICT DO UPDATE SET machine = excluded.machine,
        file_system = excluded.file_system, path = excluded.path, told_machine = excluded.told_machine,
        told_file_system = excluded.told_file_system)",
        archive, place.machine, place.file_system, place.path);
}

// What its destination itself told last, which counts more than what another's start made likely: two
// machines under one host name look like a start of one.
std::optional<directory_place> told_before(sqlite_connection& connection, const std::string& archive) {
    auto q = connection.ask(
        "SELECT told_machine, told_file_system, path FROM suprsync_base_places WHERE archive = ?1", archive);
    if (!q.next()) return std::nullopt;
    return directory_place{q.text(0), q.text(1), q.text(2)};
}

// Otherwise an idle archive's files would belong to nobody until it has something to copy. Others may have
// met starts that this one was not asked after: `likely`, by theirs.
void take_along(sqlite_connection& connection, const std::optional<directory_place>& told,
                const std::optional<directory_place>& likely, const directory_place& now) {
    if (!told || !is_restarted(*told, now)) return;
    for (const auto& before : {told, likely})
        if (before)
            connection.run(
                R"(UPDATE suprsync_base_places SET machine = ?3, file_system = ?4 WHERE machine = ?1 AND file_system = ?2)",
                before->machine, before->file_system, now.machine, now.file_system);
}

std::vector<neighbour_base> neighbours_of(const archive_table& archives, const std::string& name) {
    std::vector<neighbour_base> found;
    const auto* own = archives.find(name);
    if (!own) return found;
    for (const auto& other : archives.all())
        if (auto offset = own->offset_to(other); offset && other.base->destination != own->base->destination)
            found.push_back({other.name, other.base->destination, std::move(*offset)});
    return found;
}

}  // namespace

asio::awaitable<result<std::vector<neighbour_base>>> sqlite_catalog::record_base_place(
    std::string archive, directory_place place) {
    return run([archive = std::move(archive), place = std::move(place)](
                   sqlite_connection& connection, impl&) -> result<std::vector<neighbour_base>> {
        const archive_table known(connection);
        const auto told = told_before(connection, archive);
        const auto* own = known.find(archive);
        const auto likely = own && own->base ? own->base->place : std::nullopt;
        if (likely == place && told == place) return neighbours_of(known, archive);
        write_transaction transaction(connection);
        archive_table(connection).ensure(archive);
        take_along(connection, told, likely, place);
        write_place(connection, archive, place);
        auto found = neighbours_of(archive_table(connection), archive);
        transaction.commit();
        return found;
    });
}

}  // namespace suprsync
