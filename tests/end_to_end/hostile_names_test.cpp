// Names that would be commands, options or separators to a careless program. Each carries the path of a
// canary program that leaves a trace when anything runs it.
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/site.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(hostile_names)

namespace {

class canary {
  public:
    explicit canary(const site& s) : program_(s.scratch / "canary"), trace_(s.scratch / "canary-sang") {
        write_file(program_, "#!/bin/sh\n: > '" + trace_.string() + "'\n");
        fs::permissions(program_, fs::perms::owner_all | fs::perms::group_all | fs::perms::others_all);
    }
    bool sang() const { return fs::exists(trace_); }
    // The path without its leading slash: it stands behind one in the names.
    std::string path() const { return program_.string().substr(1); }

  private:
    fs::path program_;
    fs::path trace_;
};

std::vector<std::string> names_to_fear(const canary& bird) {
    const auto run = bird.path();
    std::vector<std::string> names = {
        "a b",
        "  leading and trailing  ",
        "-rf",
        "--delete",
        "--rsync-path=touch x",
        "-e sh",
        "'single'",
        "\"double\"",
        "it's \"both\"",
        "back\\slash\\n",
        "new\nline",
        "two\n\nlines\n",
        "tab\there",
        "carriage\rreturn",
        "*",
        "?[a-z]{a,b}",
        "~root",
        "$HOME",
        "${IFS}",
        "#comment",
        "host:path",
        "::module",
        "%41%20",
        "\\#012",
        "grüße-日本語-🔭",
        "a\x01z\x7f",
        "!history",
    };
    for (const auto& [before, after] : std::vector<std::pair<std::string, std::string>>{
             {"$(", ")"},
             {"`", "`"},
             {"x;", ";y"},
             {"x&&", "&&y"},
             {"x|", "|y"},
             {"x\n", "\ny"},
             {"'; ", "; '"},
             {"\"; ", "; \""},
             {"'$(", ")'"},
             {"x & ", " & y"},
             {"-", ""},
             {"- . - ", ""},
         })
        names.push_back(before + "/" + run + after);
    return names;
}

}  // namespace

BOOST_AUTO_TEST_CASE(hostile_names_arrive_over_ssh_and_are_deleted_and_nothing_is_executed) {
    site s;
    s.use_ssh();
    s.options["--delete-local-after"] = "0";
    const canary bird(s);
    std::vector<catalog_row> rows;
    int number = 0;
    for (const auto& name : names_to_fear(bird)) {
        const auto place = "17000/" + std::to_string(number++) + "/" + name;
        rows.push_back(s.make_file(place, place, "content of " + name));
    }
    destination_watcher watcher(s.base);
    const auto ids = s.catalog().insert(rows);
    s.start();
    for (const auto id : ids) s.await_verified(id);
    s.await_finalized(old_timecode);
    s.check_delivered();
    // Deletion looks at the destination again, by name.
    wait_until("all are deleted", [&] { return files_below(s.data).empty(); });
    BOOST_TEST(!bird.sang());
    s.stop();
    s.check_clean(watcher.stop());
    BOOST_TEST(s.staged_files().empty());
}

BOOST_AUTO_TEST_CASE(hostile_names_arrive_locally) {
    site s;
    const canary bird(s);
    int number = 0;
    for (const auto& name : names_to_fear(bird)) {
        const auto place = "17000/" + std::to_string(number++) + "/" + name;
        s.add_file(place, place, "content of " + name);
    }
    s.start();
    s.await_all_verified();
    s.await_finalized(old_timecode);
    s.check_delivered();
    BOOST_TEST(!bird.sang());
}

BOOST_AUTO_TEST_CASE(the_paths_of_the_site_itself_may_be_strange) {
    site s;
    s.options["--remote-basedir"] = (s.destination / "base $(x) 'y' z").string();
    s.options["--suprsync-file-root"] = (s.scratch / "final; izations").string();
    s.options["--instance-id"] = "an instance's id";
    s.add_file("a", "17000/hk/a", "content");
    s.start();
    const auto announcement = s.await_finalized(old_timecode);
    BOOST_TEST(announcement.remote_path.find("/suprsync/an instance's id/") != std::string::npos);
    BOOST_TEST(read_file(fs::path(s.options["--remote-basedir"]) / "17000/hk/a") == "content");
}

BOOST_AUTO_TEST_CASE(six_thousand_files_travel_in_one_batch_over_ssh) {
    site s;
    s.use_ssh();
    s.options["--files-per-batch"] = "10000";
    s.options["--concurrency"] = "1";  // more would share them
    std::vector<catalog_row> rows;
    for (int i = 0; i < 6000; ++i) {
        // Long names: together far more than a command line or a remote command could hold.
        const auto name =
            "17000/hk/" + std::to_string(i / 500) + "/" + std::string(60, 'n') + std::to_string(i);
        rows.push_back(s.make_file(name, name, "content of " + std::to_string(i)));
    }
    s.catalog().insert(rows);
    destination_watcher watcher(s.base);
    s.start();
    s.await_all_verified();
    s.await_finalized(old_timecode);
    BOOST_TEST(s.daemon().lines_with("batch of 6000 files") == 1U);
    s.stop();
    s.check_clean(watcher.stop());
    s.check_delivered();
    BOOST_TEST(s.staged_files().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
