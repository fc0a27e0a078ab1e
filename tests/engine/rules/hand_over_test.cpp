// What the doctor says of a catalog and a site file of the Python agent.
#include "engine/rules/hand_over.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(hand_over_from_the_agent)

namespace {

struct hand_over {
    daemon_configuration configuration;
    agent_catalog catalog;
    std::vector<agent_entry> entries;

    hand_over() {
        archive_configuration smurf;
        smurf.name = "smurf";
        smurf.remote_basedir = "/base";
        smurf.instance_id = "smurf-sync";
        smurf.suprsync_file_root = "/data/so/suprsync";
        configuration.archives = {smurf};
        catalog.path = "/data/so/suprsync.db";
    }
    std::vector<finding> judge() const { return judge_hand_over(configuration, catalog, entries); }
    health worst() const {
        health worst = health::ok;
        for (const auto& one : judge()) worst = std::max(worst, one.how);
        return worst;
    }
    // The findings of this check that hold the text.
    std::vector<finding> holding(const std::string& text) const {
        auto all = judge();
        std::erase_if(all, [&](const finding& f) { return f.text.find(text) == std::string::npos; });
        return all;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(nothing_is_in_the_way_of_an_ordinary_catalog, hand_over) {
    catalog.archives["smurf"].rows = 2;
    catalog.archives["smurf"].verified = catalog.archives["smurf"].waiting = 1;
    BOOST_TEST((worst() == health::ok));
    BOOST_TEST(holding("2 rows: 1 verified, 1 to be copied").size() == 1U);
    BOOST_TEST(holding("copies to /base as the agent did, gives a file up after 5 attempts").size() == 1U);
    BOOST_TEST(holding("deletes no local files").size() == 1U);
    BOOST_TEST(holding("turns on SQLite's write-ahead log for good").size() == 1U);
    BOOST_TEST(holding("stop suprsync").size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(what_is_asked_before_a_deletion_is_told_as_it_is_set, hand_over) {
    auto& archive = configuration.archives.front();
    archive.delete_local_after = 3600;
    for (const auto& [recheck, text] : {std::pair(recheck_kind::md5, "the content of the copy is compared"),
                                        std::pair(recheck_kind::size, "the size of the copy is compared"),
                                        std::pair(recheck_kind::off, "nothing is asked of the copy")}) {
        archive.recheck_remote = recheck;
        BOOST_TEST(holding(text).size() == 1U, text);
    }
    BOOST_TEST(holding("a further revision").size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(each_kind_of_row_is_told_with_what_to_do, hand_over) {
    struct kind {
        row_sample agent_rows::* which;
        health how;
        const char* text;
    };
    for (const auto& [which, how, text] :
         {kind{&agent_rows::failed, health::warning, "suprsync retry smurf --all"},
          kind{&agent_rows::conflicting, health::warning, "belongs to another local file"},
          kind{&agent_rows::refused, health::warning, "no remote path that can be copied to"},
          kind{&agent_rows::null_flags, health::warning, "never copied by the agent"},
          kind{&agent_rows::undated, health::warning, "is never deleted"},
          kind{&agent_rows::normalised, health::ok, "// or ./"},
          kind{&agent_rows::kept, health::ok, "NULL in deletable"},
          kind{&agent_rows::unsummed, health::ok, "without a sum, which"}}) {
        catalog.archives["smurf"] = {};
        BOOST_TEST(holding(text).empty(), text);
        for (const file_id id : {7, 8, 9, 10}) (catalog.archives["smurf"].*which).add(id);
        const auto said = holding(text);
        BOOST_TEST_REQUIRE(said.size() == 1U, text);
        BOOST_TEST((said[0].how == how), text);
        BOOST_TEST(said[0].archive == "smurf");
        BOOST_TEST(said[0].text.starts_with("4 rows (id 7, 8, 9, ...): "), said[0].text);
    }
}

BOOST_FIXTURE_TEST_CASE(who_would_start_the_agent_again_is_told, hand_over) {
    struct entry {
        const char* manage;
        const char* manager;
        health how;
    };
    for (const auto& [manage, manager, how] :
         {entry{"ignore", "hm-1", health::ok}, entry{"no", "hm-1", health::ok}, entry{"", "", health::ok},
          entry{"docker", "", health::ok}, entry{"", "hm-1", health::failed},
          entry{"yes", "hm-1", health::failed}, entry{"docker", "hm-1", health::failed},
          entry{"host/up", "hm-1", health::failed}, entry{"host/down", "hm-1", health::warning}}) {
        entries = {{"smurf-sync", "default.yaml:31", manage, manager}};
        BOOST_TEST((worst() == how), manage);
        if (how != health::ok) BOOST_TEST(holding("write manage: ignore into the entry").size() == 1U);
        BOOST_TEST(!holding("smurf-sync (default.yaml:31)").empty());
    }
}

BOOST_FIXTURE_TEST_CASE(programs_that_have_the_catalog_open_are_told, hand_over) {
    catalog.open_in = {"python3 (process 17)"};
    BOOST_TEST((worst() == health::warning));
    BOOST_TEST(holding("python3 (process 17) has /data/so/suprsync.db open: stop the Python agent").size() ==
               1U);
}

BOOST_FIXTURE_TEST_CASE(archives_of_the_catalog_that_are_not_served_are_told, hand_over) {
    catalog.archives["timestreams"].rows = 3;
    BOOST_TEST((worst() == health::ok));  // nothing of it waits
    catalog.archives["timestreams"].waiting = 3;
    BOOST_TEST((worst() == health::warning));
    BOOST_TEST(holding("3 rows to be copied, and this configuration serves no such archive").size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_catalog_that_cannot_be_read_is_told, hand_over) {
    catalog.not_read = "its last user did not end";
    BOOST_TEST((worst() == health::warning));
    BOOST_TEST(holding("its last user did not end").size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
