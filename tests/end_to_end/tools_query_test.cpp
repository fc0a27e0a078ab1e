// `suprsync check`, `next`, `list`, `timecodes` and `explain`: what they show, as tables, fields and JSON.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/tool.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(tools_query)

namespace {

constexpr const char* md5 = "0cc175b9c0f1b6a831c399e269772661";

// A catalog with a row in every state, as other programs have left it.
struct catalog_to_query {
    site s;
    tool t{s};
    std::int64_t pending, retrying, failed, ignored, verified, kept, deleted, finalization, foreign;

    catalog_to_query() {
        pending = insert("17000/smurf/a", 1'600'000'300);
        retrying = insert("17000/smurf/b", 1'600'000'200);
        failed = insert("17000/smurf/c", 1'600'000'100);
        ignored = insert("17000/smurf/d", 1'600'000'000);
        verified = insert("17001/smurf/e", 1'600'000'000);
        kept = insert("17001/smurf/f", 1'600'000'000);
        deleted = insert("17001/smurf/g", 1'600'000'000);
        finalization = insert("17002/suprsync/x/1_smurf_17001_finalized.yaml", 1'700'000'000);
        foreign = insert("17000/hk/h", 1'600'000'000, "hk");
        set(retrying, "failed_copy_attempts = 2");
        set(failed, "failed_copy_attempts = 5");
        set(ignored, "\"ignore\" = 1");
        for (const auto id : {verified, kept, deleted})
            set(id, "remote_md5sum = local_md5sum, copied = 1600000001");
        set(kept, "deletable = 0");
        set(deleted, "removed = 1600000002");
        t.prepare_catalog();
    }
    std::int64_t insert(const std::string& remote_path, double timestamp,
                        const std::string& archive = "smurf") {
        catalog_row row;
        row.local_path = "/data/" + remote_path;
        row.remote_path = remote_path;
        row.local_md5sum = md5;
        row.archive_name = archive;
        row.timestamp = timestamp;
        row.deletable = true;
        return s.catalog().insert(row);
    }
    void set(std::int64_t id, const std::string& what) {
        s.catalog().execute("UPDATE supersync_v0 SET " + what + " WHERE id = " + std::to_string(id));
    }
    // Ids that a tool prints with --json.
    std::vector<std::int64_t> ids(tool::arguments words) {
        words.push_back("--json");
        const auto said = t.run(words);
        BOOST_TEST(said.exit == exited_with(0), said.err);
        std::vector<std::int64_t> found;
        const auto document = said.json();
        for (const auto& row : document.as_array()) found.push_back(row.at("id").to_number<std::int64_t>());
        return found;
    }
};

using ids_of = std::vector<std::int64_t>;
bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_FIXTURE_TEST_CASE(list_selects_by_archive_state_prefix_and_time, catalog_to_query) {
    BOOST_TEST((ids({"list", "smurf"}) == ids_of{pending, retrying, finalization}));
    BOOST_TEST((ids({"list", "hk"}) == ids_of{foreign}));
    BOOST_TEST((ids({"list", "smurf", "--all"}) ==
                ids_of{pending, retrying, failed, ignored, verified, kept, deleted, finalization}));
    BOOST_TEST((ids({"list", "smurf", "--deletable"}) == ids_of{verified}));
    BOOST_TEST((ids({"list", "smurf", "--state", "failed"}) == ids_of{failed}));
    BOOST_TEST(
        (ids({"list", "smurf", "--state", "unsettled"}) == ids_of{pending, retrying, failed, finalization}));
    BOOST_TEST((ids({"list", "smurf", "--since", "1600000200"}) == ids_of{pending, retrying, finalization}));
    BOOST_TEST((ids({"list", "smurf", "--since", "2020-09-13T12:30:00Z"}) ==
                ids_of{pending, retrying, finalization}));
    BOOST_TEST((ids({"list", "smurf", "--all", "--since", "1600000300.5"}) == ids_of{finalization}));
    BOOST_TEST((ids({"list", "smurf", "--all", "--prefix", "17001/"}) == ids_of{verified, kept, deleted}));
    BOOST_TEST((ids({"list", "smurf", "--state", "deleted", "--prefix", "17000/"}) == ids_of{}));
}

BOOST_FIXTURE_TEST_CASE(terminals_get_tables_and_pipes_get_fields, catalog_to_query) {
    const auto plain = t.run({"list", "smurf", "--all"}).out;
    BOOST_TEST(
        plain.starts_with(
            "ID\tSTATE\tATTEMPTS\tSIZE\tREGISTERED\tNEXT\tARCHIVE\tLOCAL PATH\tREMOTE PATH\tREASON\n1\tpending\t0\t\t1600000300.000\t\tsmurf\t/data/17000/smurf/a\t17000/smurf/a\t\n2\tretrying\t2\t"),
        plain);
    BOOST_TEST(std::count(plain.begin(), plain.end(), '\n') == 9);
    // Aligned, with ages: every path begins in one column.
    auto shown = t.on_terminal({"list", "smurf", "--all"}).out;
    shown.resize(shown.find("suprsync list: whether"));  // what is in flight is not known
    std::size_t column = shown.find("LOCAL PATH");
    BOOST_REQUIRE(column != std::string::npos);
    for (std::size_t begin = shown.find('\n') + 1; begin < shown.size(); begin = shown.find('\n', begin) + 1)
        BOOST_TEST(shown.compare(begin + column, 6, "/data/") == 0, shown);
    BOOST_TEST((holds(shown, " ago") && !holds(shown, "\t")), shown);
    BOOST_TEST(t.on_terminal({"list", "smurf", "--state", "retrying", "--prefix", "x"}).out ==
               "no such files\n");
    BOOST_TEST(t.run({"list", "smurf", "--state", "retrying", "--prefix", "x"}).out == "");
}

// Names of other programs are printed, never obeyed.
BOOST_FIXTURE_TEST_CASE(hostile_names_are_escaped, catalog_to_query) {
    insert("17000/\x1b[2J\n\t\\\xff\xc2\x9b\xc3\xa9", 0, "a\nb");
    for (const auto& said : {t.run({"list", "a\nb"}), t.on_terminal({"list", "a\nb"})}) {
        BOOST_TEST(said.exit == exited_with(0), said.out);
        BOOST_TEST(holds(said.out, "17000/\\x1b[2J\\n\\t\\\\\\xff\\u009b\xc3\xa9"), said.out);
        BOOST_TEST(!holds(said.out, "\x1b"));
        BOOST_TEST(std::count(said.out.begin(), said.out.end(), '\n') == 2 + (said.err.empty() ? 1 : 0));
    }
    BOOST_TEST(ids({"list", "a\nb"}).size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(list_shows_more_than_a_page, catalog_to_query) {
    s.catalog().execute(
        R"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
        INSERT INTO supersync_v0 (local_path, local_md5sum, archive_name, remote_path, timestamp)
        SELECT '/data/' || i, '', 'big', '17000/' || i, i FROM n)");
    BOOST_TEST(ids({"list", "big"}).size() == 2500U);
    const auto plain = t.run({"list", "big"}).out;
    BOOST_TEST(std::count(plain.begin(), plain.end(), '\n') == 2501);
}

BOOST_FIXTURE_TEST_CASE(next_shows_what_is_copied_next, catalog_to_query) {
    BOOST_TEST((ids({"next", "smurf"}) == ids_of{finalization}));
    BOOST_TEST((ids({"next", "smurf", "--count", "10"}) == ids_of{finalization, pending, retrying}));
    set(finalization, "\"ignore\" = 1");
    BOOST_TEST((ids({"next", "smurf"}) == ids_of{pending}));
    s.catalog().execute("UPDATE supersync_v0 SET \"ignore\" = 1");
    BOOST_TEST(t.on_terminal({"next", "smurf"}).out == "nothing is to be copied\n");
    BOOST_TEST((ids({"next", "smurf"}) == ids_of{}));
}

BOOST_FIXTURE_TEST_CASE(check_finds_rows_by_local_path, catalog_to_query) {
    BOOST_TEST((ids({"check", "/data/17000/smurf/a"}) == ids_of{pending}));
    auto row = s.catalog().row(pending);
    row.id = 0;
    row.archive_name = "hk";
    const auto second = s.catalog().insert(row);
    BOOST_TEST((ids({"check", "/data/17000/smurf/a"}) == ids_of{pending, second}));
    const auto none = t.run({"check", "/data/none"});
    BOOST_TEST(none.exit == exited_with(1));
    BOOST_TEST(holds(none.err, "the catalog has no row with this local path"), none.err);
}

BOOST_FIXTURE_TEST_CASE(timecodes_shows_counts_and_what_blocks, catalog_to_query) {
    s.catalog().insert_timecode("smurf", {17001, true, true, true, {}});
    const auto said = t.run({"timecodes", "smurf", "--json"}).json().as_array();
    BOOST_REQUIRE(said.size() == 2U);
    BOOST_TEST(said[0].at("timecode").to_number<int>() == 17000);
    BOOST_TEST(!said[0].at("finalized").as_bool());
    BOOST_TEST(said[0].at("files").to_number<int>() == 3);
    BOOST_TEST(said[0].at("unsettled").to_number<int>() == 3);
    BOOST_TEST(said[0].at("failed").to_number<int>() == 1);
    BOOST_TEST(said[0].at("blocking").as_array().size() == 3U);
    BOOST_TEST(said[0].at("blocking").as_array()[0].at("id").to_number<std::int64_t>() == failed);
    BOOST_TEST(said[1].at("timecode").to_number<int>() == 17001);
    BOOST_TEST(said[1].at("finalized").as_bool());
    const auto plain = t.run({"timecodes", "smurf"}).out;
    BOOST_TEST(
        plain.starts_with(
            "TIMECODE\tSTATE\tFILES\tUNSETTLED\tFAILED\tFINALIZED\tBLOCKED BY\n17000\topen\t3\t3\t1\t\t/data/17000/smurf/c (id 3, failed); and 2 more\n17001\tfinalized\t3\t0\t0\t"),
        plain);
    BOOST_TEST(t.run({"timecodes", "smurf", "--open", "--json"}).json().as_array().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(explain_tells_state_and_next_attempt, catalog_to_query) {
    const auto said = [&](const std::string& path) { return t.run({"explain", "/data/" + path}).out; };
    auto text = said("17000/smurf/c");
    BOOST_TEST(holds(text, "/data/17000/smurf/c (id 3, archive smurf)\n"), text);
    BOOST_TEST(holds(text, "failed, 5 failed attempts: no attempts left\n"), text);
    BOOST_TEST(holds(text, "next attempt  none: suprsync retry smurf 3\n"), text);
    BOOST_TEST(
        holds(
            text,
            "timecode      17000 of smurf waits for this file and others (3 of 3 files unsettled, 1 failed)"),
        text);
    BOOST_TEST(holds(text, "deletion      not before it is verified\n"), text);
    BOOST_TEST(holds(said("17000/smurf/b"), "retrying, 2 failed attempts\n"));
    BOOST_TEST(holds(said("17001/smurf/g"), "deleted on 2020-09-13 12:26:42Z\n"));
    BOOST_TEST(holds(said("17001/smurf/f"), "never: it was registered as not to be deleted\n"));
    BOOST_TEST(holds(said("17001/smurf/e"), "--delete-local-after"));
    // Another registration of the same file holds its deletion back; another file claims a place.
    auto row = s.catalog().row(verified);
    row.id = 0;
    row.remote_path = "17000/smurf/a";
    row.remote_md5sum.reset();
    const auto second = s.catalog().insert(row);
    text = said("17001/smurf/e");
    BOOST_TEST(holds(text, "waits for id " + std::to_string(second) + " (pending)"), text);
    BOOST_TEST(holds(text, "claim "), text);
    BOOST_TEST(holds(text, "same place    id 1 (smurf, pending): /data/17000/smurf/a\n"), text);
    const auto document = t.run({"explain", "/data/17001/smurf/e", "--json"}).json().as_array();
    BOOST_REQUIRE(document.size() == 2U);
    BOOST_TEST(document[0].at("file").at("id").to_number<std::int64_t>() == verified);
    BOOST_TEST(document[0].at("claim").at("verdict").as_string() == "owns");
    BOOST_TEST(document[1].at("claim").at("verdict").as_string() == "conflict");
    BOOST_TEST(document[1].at("claimants").as_array().size() == 1U);
    BOOST_TEST(document[1].at("timecode").at("unsettled").to_number<int>() == 4);
    const auto none = t.run({"explain", "/data/none"});
    BOOST_TEST(none.exit == exited_with(1));
    BOOST_TEST(holds(none.err, "never registered"), none.err);
}

// What the daemon does not delete is not promised to be: other registrations of the file have a say.
BOOST_FIXTURE_TEST_CASE(explain_tells_of_registrations_that_hold_a_deletion_back, catalog_to_query) {
    const auto deletion_of = [&](std::size_t registration) {
        const auto said = t.run({"explain", "/data/17001/smurf/e", "--json"}).json().as_array();
        return std::string(said.at(registration).at("deletion").as_string());
    };
    auto row = s.catalog().row(verified);
    row.id = 0;
    row.archive_name = "hk";
    row.deletable = false;
    const auto other = s.catalog().insert(row);
    const auto called = "id " + std::to_string(other);
    BOOST_TEST(holds(deletion_of(0), "never: " + called + " was registered as not to be deleted"));
    set(other, "deletable = 1");
    BOOST_TEST(holds(deletion_of(0), "--delete-local-after"));
    set(other,
        "local_md5sum = 'b' || substr(local_md5sum, 2), remote_md5sum = 'b' || substr(remote_md5sum, 2)");
    BOOST_TEST(holds(deletion_of(0), "waits for " + called + ", which is verified with other content"));
    // A later registration for the same place decides, and a superseded one keeps nothing any more.
    set(other, "archive_name = 'smurf'");
    BOOST_TEST(holds(deletion_of(0), "a later registration of the same file decides"));
    set(verified, "deletable = 0");
    BOOST_TEST(holds(deletion_of(1), "--delete-local-after"));
}

// What a failed sync made doubtful is neither deleted nor announced until it was read anew.
BOOST_FIXTURE_TEST_CASE(explain_tells_of_copies_in_doubt, catalog_to_query) {
    const auto explained = [&] {
        return t.run({"explain", "/data/17001/smurf/e", "--json"}).json().as_array().at(0).as_object();
    };
    const auto doubt = [&](const std::string& archive, std::int64_t proved_to) {
        s.catalog().execute("INSERT OR REPLACE INTO suprsync_failed_syncs VALUES ('" + archive + "', " +
                            std::to_string(proved_to) + ", 1000)");
    };
    BOOST_TEST(!explained().at("doubtful").as_bool());
    doubt("smurf", 0);
    BOOST_TEST(explained().at("doubtful").as_bool());
    BOOST_TEST(explained().at("deletion").as_string() == "not before its copy is read anew");
    const auto text = t.run({"explain", "/data/17001/smurf/e"}).out;
    BOOST_TEST(holds(text, "in doubt: a sync at the destination failed"), text);
    BOOST_TEST(holds(text, "waits for copies in doubt"), text);
    doubt("smurf", 1000);  // all were read anew, and this one is not listed
    BOOST_TEST(!explained().at("doubtful").as_bool());
    BOOST_TEST(holds(std::string(explained().at("deletion").as_string()), "--delete-local-after"));
    // That of another archive may have to be made anew from the same local file.
    auto row = s.catalog().row(verified);
    row.id = 0;
    row.archive_name = "hk";
    const auto other = s.catalog().insert(row);
    doubt("hk", 0);
    BOOST_TEST(!explained().at("doubtful").as_bool());
    BOOST_TEST(holds(std::string(explained().at("deletion").as_string()),
                     "waits for id " + std::to_string(other) + ", whose copy is in doubt"));
}

BOOST_FIXTURE_TEST_CASE(wrong_command_lines_are_refused, catalog_to_query) {
    struct wrong {
        tool::arguments words;
        int status;
        const char* because;
    };
    for (const auto& w : std::vector<wrong>{
             {{"list"}, 2, "expected ARCHIVE"},
             {{"list", "none"}, 1, "those that have: hk, smurf"},
             {{"list", "smurf", "--all", "--deletable"}, 2, "--all and --deletable exclude each other"},
             {{"list", "smurf", "--since", "noon"}, 2, "--since: expected a date"},
             {{"list", "smurf", "--state", "lost"}, 2, "expected pending, retrying"},
             {{"next", "none"}, 1, "it has no files in this catalog"},
             {{"next", "smurf", "--count", "0"}, 2, "--count: expected a whole number"},
             {{"timecodes"}, 2, "expected ARCHIVE"},
             {{"timecodes", "none"}, 1, "it has no files"},
             {{"check"}, 2, "expected LOCAL"},
             {{"check", "a", "b"}, 2, "unexpected argument 'b'"},
             {{"explain"}, 2, "expected LOCAL"},
             {{"list", "smurf", "--db", "/none/x"}, 1, "/none/x"},
             {{"status", "--token-file", "/none/x"}, 2, "--token-file: /none/x"}}) {
        const auto said = t.run(w.words);
        BOOST_TEST(said.exit == exited_with(w.status), said.err);
        BOOST_TEST(holds(said.err, w.because), said.err);
        BOOST_TEST(said.out == "");
        // Advice is for the command that was given.
        BOOST_TEST(!holds(said.err, "--create-db"), said.err);
    }
    BOOST_TEST(holds(t.run({"list", "--help"}).out, "deletable"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
