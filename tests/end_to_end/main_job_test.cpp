// The agent's configuration, as options, against a real sshd: copied, verified, deleted, finalized, reported.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <regex>

#include "tests/end_to_end/site.hpp"

namespace fs = std::filesystem;
namespace json = boost::json;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(main_job)

namespace {

// "key: value" lines of a finalization file, "subdirs" as its items joined by commas.
std::map<std::string, std::string> read_finalization(const fs::path& path) {
    std::map<std::string, std::string> keys;
    std::istringstream in(read_file(path));
    std::string line;
    std::string key;
    const auto bare = [](std::string text) {
        text.erase(0, text.find_first_not_of(" -"));
        text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == '"' || c == '\''; }),
                   text.end());
        return text;
    };
    while (std::getline(in, line)) {
        const auto colon = line.find(": ");
        if (line.ends_with(':')) {
            keys[key = line.substr(0, line.size() - 1)];
        } else if (colon != std::string::npos) {
            keys[key = line.substr(0, colon)] = bare(line.substr(colon + 2));
        } else {
            auto& items = keys[key];
            items += (items.empty() ? "" : ",") + bare(line);
        }
    }
    return keys;
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_agents_configuration_runs_unchanged_over_ssh) {
    site s;
    s.use_ssh();
    // The scratch directory is one in memory; a disk would tell so when what it holds there was dropped.
    s.wrap("fincore", "shift 6\nfor f do echo 0; done\n");
    s.options["--http-listen"] = "127.0.0.1:0";
    s.options["--delete-local-after"] = "4";
    s.options["--max-copy-attempts"] = "3";
    s.options["--copy-timeout"] = "60";
    s.options["--cmd-timeout"] = "30";
    s.options["--sleep-time"] = "10";
    s.options["--db-pool-size"] = "5";
    s.options["--db-pool-max-overflow"] = "10";

    const int today = timecode_now();
    std::vector<catalog_row> rows;
    for (int i = 0; i < 80; ++i) {
        const int timecode = i < 40 ? old_timecode : today;
        const auto name = std::to_string(timecode) + "/smurf/crate1slot" + std::to_string(i % 4) + "/" +
                          std::to_string(i) + ".g3";
        rows.push_back(s.make_file(
            name, name,
            random_content(20'000 + static_cast<std::size_t>(i) * 997, static_cast<std::uint64_t>(i))));
    }
    rows[7].deletable = false;
    rows[11].failed_copy_attempts.reset();  // NULLs, as older writers leave them
    rows[12].deletable.reset();
    rows[13].ignore.reset();
    const auto ids = s.catalog().insert(rows);

    destination_watcher watcher(s.base);
    s.start();
    for (const auto id : ids) s.await_verified(id);
    for (const auto& row : rows)
        BOOST_TEST(md5_of_file(s.base / row.remote_path) == row.local_md5sum, row.remote_path);
    for (const auto id : ids) {
        const auto row = s.catalog().row(id);
        BOOST_TEST(row.copied.has_value());
        BOOST_TEST(std::abs(row.copied.value_or(0) - now()) < 300);
        BOOST_TEST(row.failed_copy_attempts.value_or(0) == 0);
    }

    // The older timecode is finalized, the current one is not.
    const auto announcement = s.await_finalized(old_timecode);
    std::smatch parts;
    const std::regex remote_form(
        "([0-9]{5})/suprsync/test-instance/([0-9]+)_timestreams_17000_finalized\\.yaml");
    BOOST_REQUIRE_MESSAGE(std::regex_match(announcement.remote_path, parts, remote_form),
                          announcement.remote_path);
    BOOST_TEST(std::stoll(parts[2]) / 100'000 == std::stoll(parts[1]));
    BOOST_TEST(announcement.local_path == (s.finalization_root / parts[1].str() / s.instance /
                                           fs::path(announcement.remote_path).filename())
                                              .string());
    auto keys = read_finalization(s.base / announcement.remote_path);
    BOOST_TEST(keys["timecode"] == "17000");
    BOOST_TEST(keys["num_files"] == "40");
    BOOST_TEST(keys["subdirs"] == "smurf");
    BOOST_TEST(keys["archive_name"] == "timestreams");
    BOOST_TEST(keys["instance_id"] == "test-instance");
    BOOST_TEST(std::abs(std::stod(keys["finalized_at"]) - std::stod(parts[2])) <= 1);
    BOOST_TEST(std::stod(keys["finalized_until"]) <= now());
    BOOST_TEST(std::stod(keys["finalized_until"]) > rows.front().timestamp - 2);
    bool found = false;
    for (const auto& directory : s.catalog().timecodes(s.archive)) {
        BOOST_TEST(directory.finalized == (directory.timecode == old_timecode));
        if (directory.timecode != old_timecode) continue;
        found = true;
        BOOST_TEST(directory.completed);
        BOOST_TEST(directory.synced);
        BOOST_TEST(directory.finalize_file_id.value_or(0) == announcement.id);
    }
    BOOST_TEST(found);

    // Everything but the one that is not deletable, and the one that nobody says it of, goes after its time.
    wait_until("79 of 81 files are deleted", [&] {
        return s.catalog().number("SELECT count(*) FROM supersync_v0 WHERE removed IS NOT NULL") == 79;
    });
    BOOST_TEST(files_below(s.data).size() == 2U);
    for (const std::size_t kept : {7U, 12U}) {
        BOOST_TEST(fs::exists(rows[kept].local_path));
        BOOST_TEST(!s.catalog().row(ids[kept]).removed.has_value());
    }
    for (const auto& row : s.catalog().rows("removed IS NOT NULL"))
        BOOST_TEST(*row.removed - row.timestamp >= 4);

    // What /status says is what the catalog says.
    wait_until("the daemon is idle", [&] { return s.status().at("activity").as_string() == "idle"; });
    const auto status = s.status();
    const auto& stats = status.at("archive_stats").at("timestreams");
    BOOST_TEST(stats.at("num_files").to_number<int>() == 81);
    BOOST_TEST(stats.at("uncopied_files").to_number<int>() == 0);
    BOOST_TEST(stats.at("last_file_added").as_string() == announcement.local_path);
    BOOST_TEST(stats.at("last_file_copied").as_string() == announcement.local_path);
    BOOST_TEST(std::abs(stats.at("finalized_until").to_number<double>() - now()) < 60);
    BOOST_TEST(status.at("counters").at("copies").to_number<int>() == 81);
    BOOST_TEST(status.at("counters").at("errors_nonzero").to_number<int>() == 0);
    BOOST_TEST(status.at("degraded").as_bool() == false);
    const auto& last = status.at("last_copy").as_object();
    BOOST_TEST(last.at("stop_time").to_number<double>() >= last.at("start_time").to_number<double>());
    BOOST_TEST(last.at("files").as_array().size() >= 1U);
    for (const auto& file : last.at("files").as_array()) {
        BOOST_TEST(file.as_array().at(0).is_string());
        BOOST_TEST(file.as_array().at(1).as_bool());
    }

    s.stop();
    s.check_clean(watcher.stop());
    s.check_delivered();
    BOOST_TEST(s.staged_files().empty());
}

BOOST_AUTO_TEST_CASE(a_file_without_a_checksum_is_hashed_here) {
    site s;
    auto row = s.make_file("a.g3", "17000/smurf/a.g3", "some data");
    row.local_md5sum = "";
    const auto id = s.catalog().insert(row);
    s.start();
    s.await_verified(id);
    BOOST_TEST(s.catalog().row(id).local_md5sum == md5_of("some data"));
    BOOST_TEST(read_file(s.base / "17000/smurf/a.g3") == "some data");
}

BOOST_AUTO_TEST_CASE(nothing_is_deleted_without_delete_local_after) {
    site s;
    auto row = s.make_file("a.g3", "17000/smurf/a.g3", "some data");
    row.timestamp = now() - 1e8;
    s.catalog().insert(row);
    s.start();
    s.await_finalized(old_timecode);
    s.stop();
    BOOST_TEST(fs::exists(s.data / "a.g3"));
    BOOST_TEST(s.catalog().number("SELECT count(*) FROM supersync_v0 WHERE removed IS NOT NULL") == 0);
}

BOOST_AUTO_TEST_CASE(a_link_is_followed_and_an_empty_file_arrives) {
    site s;
    write_file(s.data / "elsewhere/target", "content of the target");
    fs::create_symlink(s.data / "elsewhere/target", s.data / "link");
    catalog_row link;
    link.local_path = (s.data / "link").string();
    link.local_md5sum = md5_of("content of the target");
    link.archive_name = s.archive;
    link.remote_path = "17000/link";
    link.timestamp = now();
    const auto id = s.catalog().insert(link);
    const auto empty = s.add_file("empty", "17000/hk/empty", "");
    s.start();
    s.await_verified(id);
    s.await_verified(empty);
    BOOST_TEST(!fs::is_symlink(s.base / "17000/link"));
    BOOST_TEST(read_file(s.base / "17000/link") == "content of the target");
    BOOST_TEST(fs::file_size(s.base / "17000/hk/empty") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
