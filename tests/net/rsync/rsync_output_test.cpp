// What rsync prints, read back: how many bytes went, and which file it complains of, whatever the name. The
// messages are literal ones of rsync 3.2 and later, and once those of the rsync that is installed.
#include "net/rsync/rsync_output.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/support/net/transport_fixture.hpp"

namespace fs = std::filesystem;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(rsync_output)

namespace {

const rsync_roots roots{"/run/t0", "/dest/in/0"};

stage_item item(const std::string& remote_path) { return {"/local/of " + remote_path, remote_path, 1}; }

std::vector<stage_item> items(const std::vector<std::string>& remote_paths) {
    std::vector<stage_item> made;
    for (const auto& path : remote_paths) made.push_back(item(path));
    return made;
}

/// What is said about the only item.
std::string about(const std::string& remote_path, const std::string& error) {
    return rsync_complaints(error, roots, {item(remote_path)})[0].value_or("");
}

}  // namespace

BOOST_AUTO_TEST_CASE(bytes_grow_with_the_reports_and_count_from_the_first) {
    rsync_progress progress;
    BOOST_TEST(progress.bytes() == 0U);
    BOOST_TEST(!progress.read("\r         1000   0%    0.00kB/s    0:00:00"));
    BOOST_TEST(progress.read("\r"));  // the first report: what lay there already counts in it
    BOOST_TEST(progress.bytes() == 0U);
    BOOST_TEST(progress.read("         3000   1%  \r"));
    BOOST_TEST(progress.bytes() == 2000U);
    BOOST_TEST(!progress.read("         3000   1%  \r"));
    BOOST_TEST(!progress.read("         2000   1%  \r"));
    BOOST_TEST(progress.bytes() == 2000U);
}

BOOST_AUTO_TEST_CASE(reports_come_in_any_pieces) {
    const std::string whole =
        "\r 10   0%\r 4096   1% 1MB/s\r 8192 100% (xfr#1)\n\nsent 77 bytes  received 5 bytes\n";
    for (std::size_t piece = 1; piece <= whole.size(); ++piece) {
        rsync_progress progress;
        bool grown = false;
        for (std::size_t i = 0; i < whole.size(); i += piece) grown |= progress.read(whole.substr(i, piece));
        BOOST_TEST(grown);
        BOOST_TEST(progress.bytes() == 77U);
        BOOST_TEST(progress.files() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(files_are_counted_as_they_end) {
    rsync_progress progress;
    progress.read("\r         1000  10%    0.00kB/s    0:00:00 (xfr#1, to-chk=19/20)\r");
    BOOST_TEST(progress.files() == 1U);
    // An empty file brings no bytes.
    BOOST_TEST(progress.read("         1000  10%    1.00kB/s    0:00:00 (xfr#2, to-chk=18/20)\r"));
    BOOST_TEST(progress.read("         3000  30%    1.00kB/s    0:00:00 (xfr#1,234, to-chk=1/20)\r"));
    BOOST_TEST(progress.files() == 1234U);
    BOOST_TEST(!progress.read("         3000  30%    1.00kB/s    0:00:00 (xfr#7, to-chk=1/20)\r"));
    BOOST_TEST(progress.files() == 1234U);
}

BOOST_AUTO_TEST_CASE(what_rsync_says_that_it_sent_is_the_last_word) {
    rsync_progress progress;
    progress.read(" 1,000  10%\r 5,000  50%\r");
    BOOST_TEST(progress.bytes() == 4000U);
    progress.read("sent 1,234,567 bytes  received 35 bytes  2,469,204.00 bytes/sec\n");
    BOOST_TEST(progress.bytes() == 1234567U);
    progress.read("total size is 9,999  speedup is 1.00\n");
    BOOST_TEST(progress.bytes() == 1234567U);
}

BOOST_AUTO_TEST_CASE(other_lines_are_no_progress) {
    rsync_progress progress;
    BOOST_TEST(!progress.read("skipping directory 50% of it\n\nhello 7\n%\n 100\n"));
    BOOST_TEST(progress.bytes() == 0U);
    BOOST_TEST(!progress.read(std::string(1 << 20, 'x') + "%"));
    BOOST_TEST(!progress.read("\r"));
}

BOOST_AUTO_TEST_CASE(the_senders_files_are_shown_by_local_and_the_receivers_by_remote_path) {
    BOOST_TEST(
        about("17000/a",
              "rsync: [sender] link_stat \"/run/t0/17000/a\" failed: No such file or directory (2)\n") ==
        "link_stat \"/local/of 17000/a\" failed: No such file or directory (2)");
    BOOST_TEST(
        about("17000/a",
              "rsync: [sender] send_files failed to open \"/run/t0/17000/a\": Permission denied (13)\n") ==
        "send_files failed to open \"/local/of 17000/a\": Permission denied (13)");
    BOOST_TEST(about("17000/a", "file has vanished: \"/run/t0/17000/a\"\n") ==
               "file has vanished: \"/local/of 17000/a\"");
    BOOST_TEST(
        about("17000/a",
              "rsync: [receiver] write failed on \"/dest/in/0/17000/a\": No space left on device (28)\n") ==
        "write failed on \"17000/a\": No space left on device (28)");
    BOOST_TEST(
        about(
            "17000/a",
            R"(rsync: [generator] failed to set times on "/dest/in/0/17000/a": Operation not permitted (1))") ==
        "failed to set times on \"17000/a\": Operation not permitted (1)");
    BOOST_TEST(about("17000/a", "could not make way for new regular file: 17000/a\n") ==
               "could not make way for new regular file: \"17000/a\"");
    BOOST_TEST(about("17000/a", "cannot delete non-empty directory: 17000/a\n") ==
               "cannot delete non-empty directory: \"17000/a\"");
}

BOOST_AUTO_TEST_CASE(temporary_names_of_rsync_are_the_files_they_stand_for) {
    BOOST_TEST(
        about("17000/a",
              "rsync: [receiver] mkstemp \"/dest/in/0/17000/.a.Xy1Z2w\" failed: Permission denied (13)\n") ==
        "mkstemp \"17000/a\" failed: Permission denied (13)");
    BOOST_TEST(
        about("a", "rsync: [receiver] mkstemp \"/dest/in/0/.a.Xy1Z2w\" failed: Permission denied (13)\n") ==
        "mkstemp \"a\" failed: Permission denied (13)");
    BOOST_TEST(
        about(
            "17000/a",
            "rsync: [receiver] rename \"/dest/in/0/17000/.a.Xy1Z2w\" -> \"17000/a\": Is a directory (21)\n") ==
        "rename \"17000/a\": Is a directory (21)");
    // A file that is really called so.
    const auto both = items({"17000/.a.Xy1Z2w", "17000/a"});
    const auto said = rsync_complaints(
        "rsync: [receiver] open \"/dest/in/0/17000/.a.Xy1Z2w\" failed: x (1)\n", roots, both);
    BOOST_TEST(said[0].has_value());
    BOOST_TEST(!said[1]);
}

BOOST_AUTO_TEST_CASE(a_message_about_a_directory_concerns_what_is_below_it) {
    const auto all = items({"17000/d/a", "17000/d/b/c", "17000/dd", "17000/d2/a", "18000/d/a"});
    const auto said = rsync_complaints(
        "rsync: [generator] recv_generator: mkdir \"/dest/in/0/17000/d\" failed: File exists (17)\n*** Skipping any contents from this failed directory ***\n",
        roots, all);
    BOOST_TEST(said[0].value_or("") == "recv_generator: mkdir \"17000/d/a\" failed: File exists (17)");
    BOOST_TEST(said[1].has_value());
    for (std::size_t i : {2U, 3U, 4U}) BOOST_TEST(!said[i]);
}

BOOST_AUTO_TEST_CASE(the_first_message_about_a_file_is_kept) {
    BOOST_TEST(
        about(
            "a",
            "rsync: [receiver] open \"/dest/in/0/a\" failed: first (1)\nrsync: [receiver] open \"/dest/in/0/a\" failed: second (2)\n") ==
        "open \"a\" failed: first (1)");
}

BOOST_AUTO_TEST_CASE(what_names_no_file_of_the_batch_concerns_none) {
    const auto all = items({"17000/a", "17000/b"});
    for (const std::string error :
         {"", "\n\n", "\"", "\"\"", "rsync: \"",
          "rsync error: some files/attrs were not transferred (code 23) at main.c(1338)\n",
          "suprsync: staged 17\n",
          "rsync: [sender] link_stat \"/elsewhere/17000/a\" failed: No such file or directory (2)\n",
          "rsync: [receiver] open \"/dest/in/00/17000/a\" failed: x (1)\n",
          "rsync: [sender] link_stat \"/run/t0/17000/c\" failed: x (2)\n", "Connection to \"host\" closed\n"})
        for (const auto& said : rsync_complaints(error, roots, all)) BOOST_TEST(!said, error);
}

BOOST_AUTO_TEST_CASE(names_are_found_whatever_they_hold) {
    struct example {
        std::string remote_path;
        std::string as_rsync_shows_it;
    };
    for (const auto& e : std::vector<example>{{"17000/new\nline", "17000/new\\#012line"},
                                              {"17000/bell\a", "17000/bell\\#007"},
                                              {"17000/a \"quoted\" name", "17000/a \"quoted\" name"},
                                              {"17000/\"", "17000/\""},
                                              {"17000/\" failed: x (1)", "17000/\" failed: x (1)"},
                                              {"17000/a\" -> \"b", "17000/a\" -> \"b"},
                                              {"17000/back\\slash", "17000/back\\slash"},
                                              {"17000/\\#012", "17000/\\#134#012"},
                                              {"17000/\xc3\xbc \xe6\x97\xa5", "17000/\xc3\xbc \xe6\x97\xa5"},
                                              {"17000/\xff", "17000/\\#377"},
                                              {"17000/\\#12", "17000/\\#12"},
                                              {"-rf", "-rf"},
                                              {"17000/ x ", "17000/ x "}}) {
        const auto error = "rsync: [sender] link_stat \"/run/t0/" + e.as_rsync_shows_it +
                           "\" failed: No such file or directory (2)\n";
        BOOST_TEST(about(e.remote_path, error) ==
                   "link_stat \"/local/of " + e.remote_path + "\" failed: No such file or directory (2)");
    }
}

BOOST_AUTO_TEST_CASE(every_name_is_found_in_what_the_installed_rsync_says) {
    scratch_directory scratch;
    const auto tree = scratch / "tree";
    const auto there = scratch / "there";
    fs::create_directories(there);
    std::vector<stage_item> all;
    std::string list;
    for (const std::string name : {"17000/plain", "17000/new\nline", "17000/\\#012", "17000/\"",
                                   "17000/a \"b\" c", "17000/it's", "17000/\xc3\xbc", "17000/\xff\xfe", "-rf",
                                   "#x", "17000/tab\t", "17000/.hidden.abcdef", "17000/ x "}) {
        all.push_back(item(name));
        fs::create_directories((tree / name).parent_path());
        fs::create_symlink(scratch / "no such file", tree / name);
        list.append("./").append(name).push_back('\0');
    }
    write_file(scratch / "list", list);
    const auto run = [&](const std::string& what) {
        return shell("cd " + scratch.path().string() + " && { LC_ALL=C rsync " + what +
                     " 2>error >output; [ $? = 23 ]; } && cat error");
    };
    auto said = rsync_complaints(
        run("-LtOs8 --from0 --files-from=list --no-implied-dirs " + tree.string() + "/ there/"),
        {tree, there}, all);
    for (std::size_t i = 0; i < all.size(); ++i)
        BOOST_TEST(said[i].value_or("none").find("\"" + all[i].local_path + "\" failed: No such file") !=
                       std::string::npos,
                   all[i].remote_path << ": " << said[i].value_or("none"));
    // And of the receiver: a directory that is not empty stands in the way.
    for (const auto& one : all) {
        fs::remove(tree / one.remote_path);
        write_file(tree / one.remote_path, "x");
        write_file(there / one.remote_path / "in the way", "x");
    }
    said = rsync_complaints(
        run("-LtOs8 --from0 --files-from=list --no-implied-dirs " + tree.string() + "/ there/"),
        {tree, there}, all);
    for (std::size_t i = 0; i < all.size(); ++i)
        BOOST_TEST(said[i].value_or("none").find("\"" + all[i].remote_path + "\"") != std::string::npos,
                   all[i].remote_path << ": " << said[i].value_or("none"));
}

BOOST_AUTO_TEST_SUITE_END()
