// A catalog that the Python agent has used for years, and the session data that its readers expect.
#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "tests/end_to_end/site.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(agent_compatibility)

namespace {

std::set<std::string> keys_of(const boost::json::value& object) {
    std::set<std::string> keys;
    for (const auto& member : object.as_object()) keys.insert(member.key());
    return keys;
}

bool holds_all(const std::set<std::string>& keys, const std::set<std::string>& wanted) {
    return std::includes(keys.begin(), keys.end(), wanted.begin(), wanted.end());
}

// Tables as SQLAlchemy before 1.4 made them, with its CHECK constraints on booleans.
constexpr const char* old_tables = R"(
    CREATE TABLE supersync_v0 (
        id INTEGER NOT NULL, local_path VARCHAR NOT NULL, local_md5sum VARCHAR NOT NULL,
        archive_name VARCHAR NOT NULL, remote_path VARCHAR NOT NULL, timestamp FLOAT NOT NULL,
        remote_md5sum VARCHAR, copied FLOAT, removed FLOAT, failed_copy_attempts INTEGER,
        deletable BOOLEAN, "ignore" BOOLEAN,
        PRIMARY KEY (id), CHECK (deletable IN (0, 1)), CHECK ("ignore" IN (0, 1)));
    CREATE TABLE timecode_dirs_v0 (
        id INTEGER NOT NULL, timecode INTEGER NOT NULL, archive_name VARCHAR NOT NULL,
        completed BOOLEAN, synced BOOLEAN, finalized BOOLEAN, finalize_file_id INTEGER,
        PRIMARY KEY (id), CHECK (completed IN (0, 1)), CHECK (synced IN (0, 1)), CHECK (finalized IN (0, 1)),
        FOREIGN KEY(finalize_file_id) REFERENCES supersync_v0 (id));)";

}  // namespace

BOOST_AUTO_TEST_CASE(a_database_of_the_agent_opens_in_place_and_can_be_taken_back) {
    site s;
    fs::create_directories(s.base);  // it exists where files have arrived for years
    foreign_writer(s.database).execute(old_tables);
    auto& agent = s.catalog();
    const auto schema = [&] {
        return agent.text(
            R"(SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master WHERE type = 'table'
            AND name IN ('supersync_v0', 'timecode_dirs_v0') ORDER BY name))");
    };
    const auto schema_before = schema();

    // Years of history: finalized directories of removed files, some of another archive.
    std::vector<catalog_row> history;
    for (int i = 0; i < 3000; ++i) {
        catalog_row row;
        row.local_path = "/data/" + std::to_string(i);
        row.local_md5sum = row.remote_md5sum.emplace(md5_of(row.local_path));
        row.archive_name = i % 3 == 0 ? "smurf" : s.archive;
        row.remote_path = std::to_string(16000 + i / 300) + "/x/" + std::to_string(i);
        row.timestamp = 1.6e9 + i;
        row.copied = row.timestamp + 1;
        row.removed = row.timestamp + 2;
        row.failed_copy_attempts = 0;
        row.deletable = true;
        if (i % 7 != 0) row.ignore = false;  // older rows have NULL
        history.push_back(row);
    }
    agent.insert(history);
    for (int timecode = 16000; timecode < 16010; ++timecode)
        for (const auto& archive : {std::string("smurf"), s.archive})
            agent.insert_timecode(archive, {timecode, true, true, true, std::nullopt});
    // And what it could not finish: a failed file in an old directory that it finalized nevertheless.
    auto given_up = s.make_file("given-up", "16005/x/given-up", "content");
    given_up.failed_copy_attempts = 5;
    const auto given_up_id = agent.insert(given_up);
    const auto fresh = s.add_file("fresh", "17000/hk/fresh", "content of fresh");

    s.start();
    s.await_verified(fresh);
    s.await_finalized(old_timecode);
    s.await_condition("files_failed");
    // What was finalized stays so; only the directory with an unsettled file is open.
    BOOST_TEST(agent.number("SELECT count(*) FROM supersync_v0 WHERE remote_path LIKE '%_finalized.yaml'") ==
               1);
    for (const auto& directory : agent.timecodes("smurf")) BOOST_TEST(directory.finalized);
    for (const auto& directory : agent.timecodes(s.archive))
        if (directory.timecode != 16005) BOOST_TEST(directory.finalized, directory.timecode);
    BOOST_TEST(s.status().at("archive_stats").at(s.archive).at("num_files").to_number<int>() == 2000 + 3);

    agent.execute("UPDATE supersync_v0 SET failed_copy_attempts = 0 WHERE id = " +
                  std::to_string(given_up_id));
    s.await_verified(given_up_id);
    s.let_days_be_quiet();
    const auto late = s.await_finalized(16005);
    s.stop();

    // Taken back: the shared tables are as they were, and the agent writes and deletes as it likes.
    BOOST_TEST(schema() == schema_before);
    BOOST_TEST(agent.text("PRAGMA integrity_check") == "ok");
    agent.execute("UPDATE supersync_v0 SET removed = 1 WHERE id = " + std::to_string(fresh));
    agent.execute("DELETE FROM timecode_dirs_v0 WHERE finalize_file_id = " + std::to_string(late.id));
    agent.execute("DELETE FROM supersync_v0 WHERE id = " + std::to_string(late.id));
    BOOST_TEST(agent.insert(s.make_file("again", "17001/hk/again", "content of again")) > 0);

    // And given to us once more.
    s.start();
    s.await_finalized(17001);
    s.stop();
}

BOOST_AUTO_TEST_CASE(the_session_data_have_the_agents_keys) {
    site s;
    s.start();
    auto status = s.status();
    const std::set<std::string> agents = {"activity", "timestamp", "last_copy", "archive_stats", "counters"};
    BOOST_TEST(holds_all(keys_of(status), agents));
    BOOST_TEST(status.at("last_copy").as_object().empty());
    BOOST_TEST(holds_all(keys_of(status),
                         {"instance_id", "version", "started_at", "degraded", "conditions", "archives"}));

    s.add_file("a", "17000/hk/a", "content");
    s.await_finalized(old_timecode);
    wait_until("the daemon is idle", [&] { return s.status().at("activity").as_string() == "idle"; });
    status = s.status();
    BOOST_TEST(
        (keys_of(status.at("last_copy")) == std::set<std::string>{"start_time", "files", "stop_time"}));
    BOOST_TEST(
        (keys_of(status.at("counters")) ==
         std::set<std::string>{"iterations", "copies", "errors_timeout", "errors_nonzero", "errors_sqlite"}));
    BOOST_TEST((keys_of(status.at("archive_stats").at(s.archive)) ==
                std::set<std::string>{"finalized_until", "num_files", "uncopied_files", "last_file_added",
                                      "last_file_copied", "finalized_until_published"}));
    BOOST_TEST(status.at("instance_id").as_string() == s.instance);
    const auto& pair = status.at("last_copy").at("files").as_array().front().as_array();
    BOOST_TEST(pair.size() == 2U);
    BOOST_TEST(pair.at(0).is_string());
    BOOST_TEST(pair.at(1).as_bool());

    // What the agent of this archive alone would tell, which has its statistics flat.
    const auto session = s.http().get("/archives/" + s.archive + "/session").json();
    BOOST_TEST((keys_of(session) == agents));
    BOOST_TEST((keys_of(session.at("archive_stats")) == keys_of(status.at("archive_stats").at(s.archive))));
    BOOST_TEST(session.at("last_copy") == status.at("last_copy"));
    BOOST_TEST(s.http().get("/archives/nobody/session").status == 404);
}

BOOST_AUTO_TEST_CASE(instance_id_and_log_level_come_from_the_environment) {
    site s;
    s.options.erase("--instance-id");
    s.options.erase("--log-level");
    s.environment["INSTANCE_ID"] = "from-the-environment";
    s.environment["LOGLEVEL"] = "DEBUG";
    s.add_file("a", "17000/hk/a", "content");
    s.start();
    const auto announcement = s.await_finalized(old_timecode);
    BOOST_TEST(announcement.remote_path.find("/suprsync/from-the-environment/") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_log_may_be_json) {
    site s;
    s.options["--log-format"] = "json";
    s.options["--log-level"] = "info";
    s.add_file("a \"quoted\"\nname", "17000/hk/a", "content");
    s.start();
    s.await_finalized(old_timecode);
    s.stop();
    std::istringstream in(s.daemon().log());
    std::string line;
    int lines = 0;
    while (std::getline(in, line)) {
        BOOST_CHECK_NO_THROW(boost::json::parse(line).as_object());
        ++lines;
    }
    BOOST_TEST(lines > 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
