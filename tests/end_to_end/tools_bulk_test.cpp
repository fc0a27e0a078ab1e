// `suprsync add-local-files`: whole trees, by the real command line.
#include <boost/test/unit_test.hpp>
#include <set>

#include "tests/end_to_end/tool.hpp"
#include "tests/support/instrumented.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(tools_add_local_files)

namespace {

namespace fs = std::filesystem;

// A site with a catalog; files are an hour old.
struct tree {
    site s;
    tool t{s};

    tree() { s.catalog(); }

    void file(const std::string& name, const std::string& content = "x") {
        write_file(s.data / name, content);
        set_mtime(s.data / name, now() - 3600);
    }
    told add(tool::arguments more = {}) {
        more.insert(more.begin(), {"add-local-files", s.data.string(), "hk"});
        return t.run(more);
    }
    // Remote path to MD5 sum.
    std::map<std::string, std::string> registered() {
        std::map<std::string, std::string> found;
        for (const auto& row : s.catalog().rows()) {
            found[row.remote_path] = row.local_md5sum;
            BOOST_TEST(row.archive_name == "hk");
        }
        return found;
    }
};

using sums = std::map<std::string, std::string>;

// "1,2,3"
std::string numbers(int count) {
    std::string all = "1";
    for (int i = 2; i <= count; ++i) all += "," + std::to_string(i);
    return all;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_tree_is_registered_once, tree) {
    file("17000/a", "content of a");
    file("17000/deep/er/b c", "content of b");
    file("\xc3\xa9", "");
    fs::create_directories(s.data / "empty");
    fs::create_symlink(s.data / "17000/a", s.data / "link");
    fs::create_directory_symlink(s.data / "17000", s.data / "elsewhere");
    const sums expected = {{"17000/a", md5_of("content of a")},
                           {"17000/deep/er/b c", md5_of("content of b")},
                           {"\xc3\xa9", md5_of("")},
                           {"link", md5_of("content of a")}};
    const auto first = add();
    BOOST_TEST(first.exit == exited_with(0), first.err);
    BOOST_TEST(first.out.starts_with("registered 4 files below " + s.data.string() + " (36 B)"), first.out);
    BOOST_TEST(first.err == "");
    BOOST_TEST((registered() == expected));
    BOOST_TEST(s.catalog().rows("remote_path = '17000/a'").at(0).local_path == (s.data / "17000/a").string());
    file("17001/new");
    const auto second = add({"--json", "--jobs", "1"});
    BOOST_TEST(second.json().at("registered").to_number<int>() == 1);
    BOOST_TEST(second.json().at("registered_already").to_number<int>() == 4);
    BOOST_TEST(registered().size() == 5U);
    // What was copied, ignored or deleted is known, too.
    s.catalog().execute("UPDATE supersync_v0 SET remote_md5sum = local_md5sum, removed = id % 2");
    s.catalog().execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id = 2");
    BOOST_TEST(add({"--json"}).json().at("registered").to_number<int>() == 0);
    BOOST_TEST(registered().size() == 5U);
    // Another archive has none of it.
    BOOST_TEST(t.run({"add-local-files", s.data.string() + "/", "smurf", "--json", "--no-md5", "--no-delete",
                      "--new-archive"})
                   .json()
                   .at("registered")
                   .to_number<int>() == 5);
    for (const auto& row : s.catalog().rows("archive_name = 'smurf'")) {
        BOOST_TEST(row.local_md5sum == "");
        BOOST_TEST(row.deletable.value() == false);
        BOOST_TEST(row.local_path.find("//") == std::string::npos);
    }
    // However the root is spelled.
    const auto above = s.data.parent_path().string();
    const auto name = s.data.filename().string();
    for (const auto& root : {above + "//" + name, above + "/./" + name, s.data.string() + "/.",
                             s.data.string() + "//", s.data.string() + "/17000/..", "/." + s.data.string()})
        BOOST_TEST(
            t.run({"add-local-files", root, "hk", "--json"}).json().at("registered").to_number<int>() == 0,
            root);
    BOOST_TEST(t.run({"add-local-files", "..", "hk", "--json"}, s.data / "17000")
                   .json()
                   .at("registered")
                   .to_number<int>() == 0);
    for (const auto& spelling : {s.data.string() + "//17000/./a", s.data.string() + "/17001/../17000/a"})
        for (const char* command : {"check", "explain"})
            BOOST_TEST(t.run({command, spelling}).exit == exited_with(0), command << " " << spelling);
    s.catalog().execute("UPDATE supersync_v0 SET local_path = '/odd//x' WHERE id = 1");
    for (const char* command : {"check", "explain"})
        BOOST_TEST(t.run({command, "/odd//x"}).exit == exited_with(0), command);
}

BOOST_FIXTURE_TEST_CASE(files_that_still_grow_are_left_out, tree) {
    file("old");
    write_file(s.data / "fresh", "x");
    BOOST_TEST(add().out.find("1 changed within the last 1 min") != std::string::npos);
    BOOST_TEST((registered() == sums{{"old", md5_of("x")}}));
    set_mtime(s.data / "fresh", now() - 30);
    BOOST_TEST(add({"--last-edit", "40"}).exit == exited_with(0));
    BOOST_TEST(registered().size() == 1U);
    // As the agent's tool writes it.
    BOOST_TEST(add({"--last_edit", "20"}).exit == exited_with(0));
    BOOST_TEST(registered().size() == 2U);
}

// What a deletion that is in progress, or was cut short, has renamed: it goes, or gets its name back.
BOOST_FIXTURE_TEST_CASE(files_that_are_being_removed_are_passed_by, tree) {
    for (const auto* name : {"a", ".suprsync-remove-7", "deep/.suprsync-remove-12", ".suprsync-removed"})
        file(name);
    const auto added = add();
    BOOST_TEST(added.exit == exited_with(0), added.err);
    BOOST_TEST((registered() == sums{{"a", md5_of("x")}, {".suprsync-removed", md5_of("x")}}));
}

BOOST_FIXTURE_TEST_CASE(a_prefix_goes_before_remote_paths, tree) {
    file("a/b");
    BOOST_TEST(add({"--remote-prefix", "17000/hk/"}).exit == exited_with(0));
    BOOST_TEST((registered() == sums{{"17000/hk/a/b", md5_of("x")}}));
}

BOOST_FIXTURE_TEST_CASE(a_dry_run_changes_nothing, tree) {
    for (int i = 0; i < 12; ++i) file("f" + std::to_string(i));
    const auto dry = add({"--dry"});
    BOOST_TEST(dry.exit == exited_with(0), dry.err);
    BOOST_TEST(dry.out.starts_with("would register 12 files"), dry.out);
    BOOST_TEST(std::count(dry.out.begin(), dry.out.end(), '\n') == 11);
    const auto document = add({"--dry", "--json"}).json();
    BOOST_TEST(document.at("dry").as_bool());
    BOOST_TEST(document.at("examples").as_array().size() == 10U);
    BOOST_TEST(registered().empty());
    const auto none = s.scratch / "none.db";
    BOOST_TEST(
        add({"--dry", "--create-db", "--db", none.string()}).out.starts_with("would register 12 files"));
    BOOST_TEST(!fs::exists(none));
    BOOST_TEST(add({"--dry", "--db", none.string()}).exit == exited_with(1));
    BOOST_TEST(add({"--create-db", "--db", none.string()}).exit == exited_with(0));
    BOOST_TEST(foreign_writer(none).number("SELECT count(*) FROM supersync_v0") == 12);
}

BOOST_FIXTURE_TEST_CASE(thousands_are_registered_in_transactions_of_a_thousand, tree) {
    for (int i = 0; i < 2500; ++i) file(std::to_string(i % 7) + "/" + std::to_string(i));
    // Every 250th row costs milliseconds: transactions lie so far apart that the one who looks meets them.
    s.catalog().execute("CREATE TABLE numbers (n); INSERT INTO numbers SELECT value FROM json_each('[" +
                        numbers(100) +
                        R"(]'); CREATE TABLE spent (n);
        CREATE TRIGGER slow AFTER INSERT ON supersync_v0 WHEN new.id % 250 = 0 BEGIN
        INSERT INTO spent SELECT count(*) FROM numbers a, numbers b, numbers c; END)");
    daemon_process adding(
        t.command({"add-local-files", s.data.string(), "hk", "--no-md5", "--db", s.database.string()}), {},
        s.scratch / "said");
    // Another connection sees whole transactions only.
    std::set<std::int64_t> counts;
    foreign_writer other(s.database);
    std::int64_t rows = 0;
    wait_until("all are registered", [&] {
        rows = other.number("SELECT count(*) FROM supersync_v0");
        counts.insert(rows);
        return rows == 2500;
    });
    BOOST_TEST(adding.wait() == exited_with(0));
    BOOST_TEST(adding.lines_with("registered 2,500 files") == 1U);
    for (const auto n : counts) BOOST_TEST((n == 2500 || n % 1000 == 0), n);
    BOOST_TEST((counts.contains(1000) || counts.contains(2000)));
    BOOST_TEST(registered().size() == 2500U);
    const auto again = t.on_terminal({"add-local-files", s.data.string(), "smurf", "--new-archive"});
    BOOST_TEST(again.exit == exited_with(0));
    // Progress is shown on a terminal, and taken away again.
    BOOST_TEST(again.out.find("registering [") != std::string::npos, again.out);
    BOOST_TEST(again.out.find("of 2,500 files") != std::string::npos);
    BOOST_TEST(again.out.find("\x1b[Kregistered 2,500 files") != std::string::npos, again.out);
}

// A vector of all rows would cost some 15 MB. A dry run takes the same way, but for the pages that SQLite
// keeps.
BOOST_FIXTURE_TEST_CASE(memory_does_not_grow_with_the_tree, tree) {
    t.environment["ASAN_OPTIONS"] = "quarantine_size_mb=1";
    const auto links = [&](int directory, int count) {
        const auto to = s.data / std::to_string(directory);
        fs::create_directories(to);
        for (int i = 0; i < count; ++i)
            fs::create_hard_link(s.scratch / "file", to / ("a_name_of_some_length_" + std::to_string(i)));
    };
    write_file(s.scratch / "file", "x");
    set_mtime(s.scratch / "file", now() - 3600);
    links(0, 2500);
    const auto few = add({"--dry"});
    BOOST_TEST(few.out.starts_with("would register 2,500 files"), few.out);
    for (int directory = 1; directory <= 10; ++directory) links(directory, 5000);
    const auto many = add({"--dry"});
    BOOST_TEST(many.out.starts_with("would register 52,500 files"), many.out);
    if (!instrumented) BOOST_TEST(many.peak_kb < few.peak_kb + 8000);
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_registered_keeps_nothing_else, tree) {
    file("a");
    file("held");
    file("z");
    file("bad\xff");
    fs::create_symlink(s.scratch / "nowhere", s.data / "dangling");
    write_file(s.scratch / "other", "x");
    BOOST_TEST(t.run({"add", (s.scratch / "other").string(), "held", "hk"}).exit == exited_with(0));
    // What a dry run promises is what the real one does, claims included; bytes are of what is registered.
    for (const auto* md5 : {"--no-md5", "--jobs=1"}) {
        const auto dry = add({"--dry", "--json", md5});
        BOOST_TEST(dry.exit == exited_with(1));
        BOOST_TEST(dry.json().at("registered").to_number<int>() == 2);
        BOOST_TEST(dry.json().at("refused").to_number<int>() == 3);
        BOOST_TEST(dry.json().at("bytes").to_number<int>() == 2);
        BOOST_TEST(dry.err.find("held: the destination path held belongs to another local file") !=
                       std::string::npos,
                   dry.err);
    }
    const auto done = add();
    BOOST_TEST(done.exit == exited_with(1));
    BOOST_TEST(done.out.starts_with("registered 2 files below " + s.data.string() + " (2 B)"), done.out);
    BOOST_TEST(done.out.find("3 not registered") != std::string::npos, done.out);
    for (const auto* said : {"held: the destination path held belongs to another local file",
                             "bad\\xff: ", "dangling: No such file"})
        BOOST_TEST(done.err.find(said) != std::string::npos, done.err);
    BOOST_TEST((registered() == sums{{"a", md5_of("x")}, {"z", md5_of("x")}, {"held", ""}}));
}

BOOST_FIXTURE_TEST_CASE(a_directory_that_cannot_be_read_hides_only_itself, tree) {
    for (const auto* name : {"a/x", "b/x", "closed/x", "d/x", "e/deep/x"}) file(name);
    s.run_without_root();
    fs::permissions(s.data / "closed", fs::perms::none);
    auto words = s.command();
    words.erase(std::find(words.begin(), words.end(), "run"), words.end());
    words.insert(words.end(), {"add-local-files", s.data.string(), "hk", "--db", s.database.string()});
    daemon_process run(words, {}, s.scratch / "said");
    BOOST_TEST(run.wait() == exited_with(1));
    fs::permissions(s.data / "closed", fs::perms::owner_all);
    const auto said = read_file(s.scratch / "said");
    BOOST_TEST(said.find("closed: the directory cannot be read: Permission denied") != std::string::npos,
               said);
    BOOST_TEST(said.find("registered 4 files") != std::string::npos, said);
    BOOST_TEST(registered().size() == 4U);
}

BOOST_FIXTURE_TEST_CASE(wrong_command_lines_are_refused, tree) {
    file("a");
    struct wrong {
        tool::arguments words;
        int status;
        const char* because;
    };
    const auto root = s.data.string();
    for (const auto& w : std::vector<wrong>{
             {{"add-local-files", root}, 2, "too few arguments: expected ROOT ARCHIVE"},
             {{"add-local-files", root + "/none", "hk"}, 1, "there is no such directory"},
             {{"add-local-files", root + "/a", "hk"}, 1, "it is no directory"},
             {{"add-local-files", root, ".hk"}, 2, "dot"},
             {{"add-local-files", root, "hk", "--last-edit", "x"}, 2, "--last-edit"},
             {{"add-local-files", root, "hk", "--jobs", "0"}, 2, "--jobs: expected a whole number"},
             {{"add-local-files", root, "hk", "--jobs", "2", "--no-md5"}, 2, "exclude each other"},
             {{"add-local-files", root, "hk", "--remote-prefix", "../x"}, 2, "'..'"},
             {{"add-local-files", root, "hk", "--remote-prefix", "/"}, 2, "it is empty"},
             {{"add-local-files", root, "hk", "--db", root + "/none.db"}, 1, "there is no such file"}}) {
        const auto said = t.run(w.words);
        BOOST_TEST(said.exit == exited_with(w.status), said.err);
        BOOST_TEST(said.err.find(w.because) != std::string::npos, said.err);
    }
    BOOST_TEST(registered().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
