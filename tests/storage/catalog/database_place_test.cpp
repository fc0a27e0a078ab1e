// Whether the files of an open database are those at its path.
#include "storage/catalog/database_place.hpp"

#include <sys/mount.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <map>
#include <string>

#include "tests/support/only_where.hpp"
#include "tests/support/scratch_directory.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(database_places)

namespace {

ino_t inode_of(const fs::path& path) {
    struct stat facts{};
    return ::stat(path.c_str(), &facts) == 0 ? facts.st_ino : 0;
}

}  // namespace

// File systems number files alike: those of one that is mounted over the first have the inodes of the open
// ones.
BOOST_AUTO_TEST_CASE(files_with_the_same_numbers_on_another_file_system_are_others,
                     *only_where_file_systems_can_be_mounted()) {
    scratch_directory scratch;
    const auto mount_over = [&] {
        BOOST_REQUIRE(::mount("tmpfs", scratch.path().c_str(), "tmpfs", 0, "size=8m") == 0);
    };
    mount_over();
    const auto path = scratch / "a.db";
    sqlite_connection connection(
        std::make_unique<SQLite::Database>(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE));
    BOOST_TEST(connection.database().execAndGet("PRAGMA journal_mode = WAL").getString() == "wal");
    connection.execute("CREATE TABLE t (x)");
    const auto place = database_place::of(connection, path, number_of_file);
    BOOST_REQUIRE(place.has_value());
    BOOST_TEST(place->what_moved() == "");
    std::map<ino_t, std::string> open;
    for (const char* suffix : {"", "-wal", "-shm"})
        open[inode_of(path.string() + suffix)] = path.string() + suffix;
    mount_over();
    // Numbers are given in a row there.
    for (const auto& [inode, name] : open)
        for (int n = 0; inode_of(name) != inode && n < 100; ++n) {
            if (fs::exists(name)) fs::rename(name, name + std::to_string(n));
            std::ofstream(name) << "another";
        }
    for (const auto& [inode, name] : open) BOOST_TEST(inode_of(name) == inode);
    BOOST_TEST(place->what_moved() != "");
    ::umount2(scratch.path().c_str(), MNT_DETACH);
    ::umount2(scratch.path().c_str(), MNT_DETACH);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
