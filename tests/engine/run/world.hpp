// What surrounds the engine in its tests: time that is moved by hand, a disk in memory, and the real catalog
// on a database of the test's own, with another program at the same database. Whatever can happen without
// time going on has happened when the loop is settled.
#pragma once

#include <boost/asio/io_context.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/report/conditions.hpp"
#include "engine/report/event_feed.hpp"
#include "tests/engine/run/fake_local_disk.hpp"
#include "tests/engine/run/fake_transport.hpp"
#include "tests/support/engine/watched_catalog.hpp"
#include "tests/support/foreign_writer.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/scratch_directory.hpp"

namespace suprsync::test {

struct world {
    world();

    boost::asio::io_context loop;
    manual_clock time{loop};
    fake_local_disk disk{time};
    scratch_directory scratch;
    watched_catalog catalog;
    foreign_writer others;  ///< at the same database

    /// Inserts a row as another program does, registered now.
    file_id insert(const std::string& local_path, const std::string& remote_path, const std::string& md5 = "",
                   const std::string& archive = "smurf");
    /// A file on the disk, written 100 s ago, and its row, registered now with its checksum: /data/NAME goes
    /// to 17000/NAME.
    file_id add(const std::string& name, const std::string& content, const std::string& archive = "smurf");
    file_id add(const std::string& name) { return add(name, "content of " + name); }

    /// The row as it is now.
    file_row row(file_id id);
    std::int64_t rows() { return others.number("SELECT count(*) FROM supersync_v0"); }
    bool verified(file_id id) { return others.row(id).verified(); }
    /// Changes the row as another program does: what stands behind SET.
    void change(file_id id, const std::string& what);
    void ignore(file_id id) { change(id, "ignore = 1"); }
    /// The row's last checksum there becomes that of here.
    void verify(file_id id) { change(id, "remote_md5sum = local_md5sum"); }
    void forget(file_id id);  ///< deletes the row

    /// What the catalog tells people of the file.
    file_view view(file_id id) { return ask(catalog.real().find(id)).value().value(); }
    std::string last_error(file_id id) { return view(id).last_error.value_or(""); }
    std::string ignore_reason(file_id id) { return view(id).ignore_reason.value_or(""); }
    archive_memory memory(const std::string& archive = "smurf");
    /// The flags of a timecode; none is set where it is not known.
    timecode_row day(int timecode, const std::string& archive = "smurf");

    template <class T>
    T ask(boost::asio::awaitable<T> question) {
        return result_of(loop, std::move(question));
    }
};

/// Message of a condition; "" where it does not hold.
std::string message_of(const condition_board& conditions, std::string_view kind, std::string_view archive);

/// What the feed tells, in order: "verified 17000/a", "registered 5 in smurf", "finalized 16990 revision 1",
/// "paused begins".
std::vector<std::string> told(const event_feed& feed);

/// A failure as the transport reports it.
inline failure error(failure_code code, const std::string& detail = "of the test") {
    return {code, "copy", "user@host:/base", detail};
}

/// A failure of the catalog.
inline failure disk_error(const std::string& detail = "disk I/O error") {
    return {failure_code::catalog, "use", "the catalog", detail};
}

inline bool holds_text(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace suprsync::test
