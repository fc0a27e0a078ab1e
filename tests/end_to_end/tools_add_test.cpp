// `suprsync add`: the rules of a registration, by the real command line.
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/tool.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(tools_add)

namespace {

namespace fs = std::filesystem;

// A site with its catalog and one local file.
struct place_to_add {
    site s;
    tool t{s};
    fs::path file = s.data / "x";

    place_to_add() {
        write_file(file, "content");
        s.catalog();
    }
};

void refused(const told& t, int status, const std::string& because) {
    BOOST_TEST(t.exit == exited_with(status));
    BOOST_TEST(t.err.find(because) != std::string::npos, "'" << t.err << "' should say: " << because);
    BOOST_TEST(t.err.starts_with("suprsync "), t.err);
    BOOST_TEST(t.out == "");
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_file_is_registered, place_to_add) {
    const auto before = now();
    const auto added = t.run({"add", file.string(), "17000/hk/x", "hk"});
    BOOST_TEST(added.exit == exited_with(0), added.err);
    BOOST_TEST(added.out == "registered as id 1: " + file.string() + " -> 17000/hk/x (hk)\n");
    auto row = s.catalog().row(1);
    BOOST_TEST(row.local_path == file.string());
    BOOST_TEST(row.remote_path == "17000/hk/x");
    BOOST_TEST(row.archive_name == "hk");
    BOOST_TEST(row.local_md5sum == "");
    BOOST_TEST(row.timestamp >= before);
    BOOST_TEST(row.timestamp <= now());
    BOOST_TEST(row.deletable.value_or(true));

    // Again: nothing is registered twice.
    const auto again = t.run({"add", file.string(), "17000/hk/x", "hk", "--json"});
    BOOST_TEST(again.exit == exited_with(0), again.err);
    BOOST_TEST(again.json().at("id").to_number<int>() == 1);
    BOOST_TEST(again.json().at("state").as_string() == "pending");
    BOOST_TEST(
        t.run({"add", file.string(), "17000/hk/x", "hk"}).out.starts_with("was registered already as id 1"));

    // Options, and paths relative to where one is.
    fs::create_directories(s.data / "below");
    for (const auto& [directory, word] : {std::pair{s.data, "./x"}, {s.data / "below", "../x"}}) {
        const auto md5 = md5_of("content");
        auto upper = md5;  // as some programs write it
        for (auto& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        const auto other =
            t.run({"add", word, "17000/hk/" + directory.filename().string(), "hk", "--md5", upper,
                   "--timestamp", "1700000000.5", "--no-delete", "--db", s.database.string()},
                  directory);
        BOOST_TEST(other.exit == exited_with(0), other.err);
        row = s.catalog().rows().back();
        BOOST_TEST(fs::canonical(row.local_path) == fs::canonical(file));
        BOOST_TEST(row.local_path.find("..") == std::string::npos, row.local_path);
        BOOST_TEST(row.local_md5sum == md5);
        BOOST_TEST(row.timestamp == 1700000000.5);
        BOOST_TEST(row.deletable.value() == false);
    }
    BOOST_TEST(s.catalog().rows().size() == 3U);
}

BOOST_FIXTURE_TEST_CASE(what_is_wrong_is_said_and_nothing_is_changed, place_to_add) {
    fs::create_directory(s.data / "directory");
    struct wrong {
        std::vector<std::string> words;
        int status;
        const char* because;
    };
    const auto path = file.string();
    const std::vector<wrong> all = {
        {{"add"}, 2, "too few arguments: expected LOCAL REMOTE ARCHIVE"},
        {{"add", path, "17000/x"}, 2, "too few arguments"},
        {{"add", path, "17000/x", "hk", "more"}, 2, "unexpected argument 'more'"},
        {{"add", path, "/17000/x", "hk"}, 2, "it is absolute"},
        {{"add", path, "17000/../x", "hk"}, 2, "could lead out of the base directory"},
        {{"add", path, "17000//../x", "hk"}, 2, "the component '..'"},
        {{"add", path, "", "hk"}, 2, "it is empty"},
        {{"add", path, "17000/\xff", "hk"}, 2, "not valid UTF-8"},
        {{"add", path, "17000/" + std::string(300, 'x'), "hk"}, 2, "file systems hold 255"},
        {{"add", "", "17000/x", "hk"}, 2, "empty"},
        {{"add", path, "17000/x", "a/b"}, 2, "cannot hold '/'"},
        {{"add", path, "17000/x", ".hk"}, 2, "cannot begin with a dot"},
        {{"add", path, "17000/x", ""}, 2, "must not be empty"},
        {{"add", path, "17000/x", "hk", "--md5", "xyz"}, 2, "expected 32 hexadecimal digits"},
        {{"add", path, "17000/x", "hk", "--md5", ""}, 2, "--md5"},
        {{"add", path, "17000/x", "hk", "--timestamp", "yesterday"}, 2, "--timestamp: expected a date"},
        {{"add", path, "17000/x", "hk", "--timestamp", "-1"}, 2, "--timestamp"},
        {{"add", path, "17000/x", "hk", "--timestamp", "1e300"}, 2, "--timestamp: expected a date"},
        {{"add", path, "17000/x", "hk", "--what"}, 2, "what"},
        {{"add", path, "17000/x", "hk", "--patience", "x"}, 2, "--patience: expected a time"},
        {{"add", path + "2", "17000/x", "hk"}, 1, "No such file"},
        {{"add", (s.data / "directory").string(), "17000/x", "hk"}, 1, "directory"},
        {{"add", "/dev/null", "17000/x", "hk"}, 1, "/dev/null"},
    };
    for (const auto& w : all)
        BOOST_TEST_CONTEXT("case " << &w - all.data()) refused(t.run(w.words), w.status, w.because);
    BOOST_TEST(s.catalog().number("SELECT count(*) FROM supersync_v0") == 0);
}

BOOST_FIXTURE_TEST_CASE(a_place_that_another_file_holds_is_refused, place_to_add) {
    write_file(s.data / "y\nz", "other");
    BOOST_TEST(t.run({"add", (s.data / "y\nz").string(), "17000/x", "hk"}).exit == exited_with(0));
    const auto conflict = t.run({"add", file.string(), "17000/x", "hk"});
    refused(conflict, 1, "belongs to another local file");
    BOOST_TEST(conflict.err.find(file.string()) != std::string::npos);
    // A name cannot make a second line of it.
    BOOST_TEST(conflict.err.find("y\\nz") != std::string::npos, conflict.err);
    BOOST_TEST(s.catalog().number("SELECT count(*) FROM supersync_v0") == 1);
}

BOOST_AUTO_TEST_CASE(the_catalog_is_found_by_option_and_environment) {
    site s;
    tool t(s);
    write_file(s.data / "x", "content");
    const tool::arguments add{"add", (s.data / "x").string(), "17000/x", "hk"};
    const auto with = [&](tool::arguments more) {
        more.insert(more.begin(), add.begin(), add.end());
        return t.run(more);
    };
    refused(t.run(add), 1, "there is no such file; --create-db makes one");
    BOOST_TEST(!fs::exists(s.database));
    t.environment["SUPRSYNC_DB"] = "";
    refused(t.run(add), 2, "which catalog? Say --db PATH or --config FILE, or set SUPRSYNC_DB");
    refused(with({"--db", (s.scratch / "none/x.db").string(), "--create-db"}), 1, "none");
    refused(with({"--db", s.data.string()}), 1, "not a regular file");
    write_file(s.scratch / "text", "this is no database, and long enough to be seen as none");
    refused(with({"--db", (s.scratch / "text").string()}), 1, "not a SQLite database");
    foreign_writer(s.scratch / "other").execute("CREATE TABLE bookmarks (id)");
    refused(with({"--db", (s.scratch / "other").string()}), 1, "it has no table supersync_v0");
    BOOST_TEST(foreign_writer(s.scratch / "other").number("SELECT count(*) FROM sqlite_master") == 1);
    BOOST_TEST(with({"--db", s.database.string(), "--create-db"}).exit == exited_with(0));
    BOOST_TEST(s.catalog().number("SELECT count(*) FROM supersync_v0") == 1);
}

BOOST_FIXTURE_TEST_CASE(a_locked_catalog_is_waited_for_and_then_named, place_to_add) {
    t.prepare_catalog();
    foreign_writer other(s.database);
    other.execute("BEGIN IMMEDIATE");
    refused(t.run({"add", file.string(), "17000/x", "hk", "--patience", "0.3"}), 1, "fuser -v");
    other.execute("ROLLBACK");
    BOOST_TEST(s.catalog().number("SELECT count(*) FROM supersync_v0") == 0);
    BOOST_TEST(t.run({"add", file.string(), "17000/x", "hk"}).exit == exited_with(0));
}

BOOST_AUTO_TEST_CASE(a_running_daemon_copies_it_at_once) {
    site s;
    tool t(s);
    s.start();
    write_file(s.data / "x", "content");
    set_mtime(s.data / "x", now() - 3600);
    const auto added = t.run({"add", (s.data / "x").string(), "17000/hk/x", s.archive, "--json"});
    BOOST_TEST(added.exit == exited_with(0), added.err);
    s.await_verified(added.json().at("id").to_number<std::int64_t>());
    BOOST_TEST(read_file(s.base / "17000/hk/x") == "content");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
