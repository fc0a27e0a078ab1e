#include "tests/engine/run/world.hpp"

#include "tests/support/file_row.hpp"

namespace suprsync::test {

namespace {

std::unique_ptr<sqlite_catalog> open_inline(boost::asio::io_context& loop,
                                            const std::filesystem::path& path) {
    catalog_options options;
    options.path = path;
    options.run_inline = true;
    return open_catalog(loop.get_executor(), options).value();
}

}  // namespace

world::world() : catalog(time, open_inline(loop, scratch / "catalog.db")), others(scratch / "catalog.db") {
    ask(catalog.real().prepare_step()).value();
}

file_id world::insert(const std::string& local_path, const std::string& remote_path, const std::string& md5,
                      const std::string& archive) {
    catalog_row row;
    row.local_path = local_path;
    row.remote_path = remote_path;
    row.local_md5sum = md5;
    row.archive_name = archive;
    row.timestamp = time.now();
    row.failed_copy_attempts = 0;
    row.deletable = true;
    row.ignore = false;
    return others.insert(row);
}

file_id world::add(const std::string& name, const std::string& content, const std::string& archive) {
    disk.write("/data/" + name, content, time.now() - 100);
    return insert("/data/" + name, "17000/" + name, fake_md5(content), archive);
}

file_row world::row(file_id id) { return file_row_of(others.row(id)); }

void world::change(file_id id, const std::string& what) {
    others.execute("UPDATE supersync_v0 SET " + what + " WHERE id = " + std::to_string(id));
}

void world::forget(file_id id) {
    others.execute("DELETE FROM supersync_v0 WHERE id = " + std::to_string(id));
}

archive_memory world::memory(const std::string& archive) {
    return ask(catalog.real().memory(archive)).value();
}

timecode_row world::day(int timecode, const std::string& archive) {
    for (const auto& row : others.timecodes(archive))
        if (row.timecode == timecode) return row;
    return {};
}

std::string message_of(const condition_board& conditions, std::string_view kind, std::string_view archive) {
    for (const auto& c : conditions.list())
        if (c.kind == kind && c.archive == archive) return c.message;
    return "";
}

std::vector<std::string> told(const event_feed& feed) {
    constexpr const char* words[] = {"registered", "copied", "verified", "failed", "deleted"};
    std::vector<std::string> all;
    for (const auto* e : feed.after(0, 1000)) {
        if (const auto* f = std::get_if<file_event>(&e->what))
            all.push_back(std::string(words[static_cast<int>(f->what)]) + " " + f->remote_path);
        if (const auto* r = std::get_if<registrations_event>(&e->what))
            all.push_back("registered " + std::to_string(r->count) + " in " + r->archive);
        if (const auto* d = std::get_if<finalized_event>(&e->what))
            all.push_back("finalized " + std::to_string(d->timecode) + " revision " +
                          std::to_string(d->revision));
        if (const auto* c = std::get_if<condition_event>(&e->what))
            all.push_back(c->raised.kind + (c->begins ? " begins" : " is over"));
    }
    return all;
}

}  // namespace suprsync::test
