// The figures for Prometheus agree with the catalog, and Prometheus' own tool is content with them.
#include <boost/test/unit_test.hpp>
#include <cstdlib>

#include "tests/end_to_end/site.hpp"
#include "tests/support/what_program_says.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(http_metrics)

namespace {

// "name{labels}" and its value as text; "" where there is none.
std::string value_of(const std::string& metrics, const std::string& name) {
    const auto at = metrics.find("\n" + name + " ");
    if (at == std::string::npos) return "";
    const auto begin = at + name.size() + 2;
    return metrics.substr(begin, metrics.find('\n', begin) - begin);
}

std::string of_archive(const std::string& name, const std::string& more = "") {
    return name + "{archive=\"timestreams\"" + more + "}";
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(figures_agree_with_the_catalog, site) {
    options["--max-copy-attempts"] = "1";
    options["--delete-local-after"] = "0.001";
    options["--instance-id"] = "srv-20";
    catalog();
    start();
    std::uint64_t bytes = 0;
    for (unsigned i = 0; i < 5; ++i) {
        const auto name = "f" + std::to_string(i);
        add_file(name, std::to_string(timecode_now()) + "/" + name, std::string(100 + i, 'x'));
        bytes += 100 + i;
    }
    auto missing = make_file("missing", "17000/missing", "x");
    fs::remove(missing.local_path);
    missing.timestamp = now() - 1000;
    const auto lost = catalog().insert(missing);
    auto ignored = make_file("ignored", "17000/ignored", "x");
    ignored.ignore = true;
    catalog().insert(ignored);
    const auto count = [&](const std::string& where) {
        return catalog().number("SELECT count(*) FROM supersync_v0 WHERE " + where);
    };
    std::string metrics;
    const auto files = [&](const std::string& state) {
        return value_of(metrics, of_archive("suprsync_files", ",state=\"" + state + "\""));
    };
    wait_until("everything to be settled and counted", [&] {
        metrics = http().get("/metrics").body;
        return count("removed > 0") == 5 && files("deleted") == "5" && files("failed") == "1" &&
               files("ignored") == "1";
    });
    BOOST_TEST(files("waiting") == "0");
    BOOST_TEST(files("in_flight") == "0");
    BOOST_TEST(files("verified") ==
               std::to_string(count("remote_md5sum = local_md5sum AND removed IS NULL")));
    BOOST_TEST(value_of(metrics, of_archive("suprsync_deletable_files")) ==
               std::to_string(count(
                   "remote_md5sum = local_md5sum AND removed IS NULL AND deletable AND NOT \"ignore\"")));
    BOOST_TEST(std::stod(value_of(metrics, of_archive("suprsync_oldest_unverified_age_seconds"))) >= 1000);
    BOOST_TEST(std::stod(value_of(metrics, of_archive("suprsync_finalized_until_lag_seconds"))) >= 1000);
    BOOST_TEST(value_of(metrics, of_archive("suprsync_verified_files_total")) == "5");
    BOOST_TEST(value_of(metrics, of_archive("suprsync_verified_bytes_total")) == std::to_string(bytes));
    BOOST_TEST(std::stoull(value_of(metrics, of_archive("suprsync_sent_bytes_total"))) >= bytes);
    BOOST_TEST(value_of(metrics, of_archive("suprsync_deleted_files_total")) == "5");
    BOOST_TEST(value_of(metrics, of_archive("suprsync_failed_attempts_total")) == "1");
    const auto transfers =
        std::stoi(value_of(metrics, of_archive("suprsync_transfer_duration_seconds_count")));
    BOOST_TEST(transfers >= 1);
    BOOST_TEST(value_of(metrics, of_archive("suprsync_rsync_exits_total", ",class=\"0\"")) ==
               std::to_string(transfers));
    BOOST_TEST(std::stoi(value_of(metrics, of_archive("suprsync_verification_duration_seconds_count"))) >= 1);
    BOOST_TEST(std::stoi(value_of(metrics, "suprsync_catalog_wait_seconds_count")) > 0);
    BOOST_TEST(std::stod(value_of(metrics, "suprsync_start_time_seconds")) > now() - 600);
    BOOST_TEST(metrics.find("suprsync_build_info{version=\"") != std::string::npos);
    BOOST_TEST(metrics.find("instance_id=\"srv-20\"} 1\n") != std::string::npos);

    await_condition("files_failed");
    metrics = http().get("/metrics").body;
    BOOST_TEST(value_of(metrics, "suprsync_condition{kind=\"files_failed\",archive=\"timestreams\"}") == "1");
    BOOST_TEST(file(lost).at("state").as_string() == "failed");

    BOOST_TEST(what_program_says("promtool check metrics", metrics) == "");
}

// Files registered over HTTP and by a tool are looked at then, those of other programs when they are copied.
BOOST_FIXTURE_TEST_CASE(bytes_follow_the_files, site) {
    options["--max-copy-attempts"] = "1";
    catalog();
    start();
    BOOST_TEST(http().post("/archives/timestreams/pause", std::string("{}")).status == 200);
    boost::json::array posted;
    for (const unsigned size : {1000U, 200U, 30U}) {
        const auto name = "f" + std::to_string(size);
        const auto row = make_file(name, std::to_string(timecode_now()) + "/" + name, std::string(size, 'x'));
        posted.push_back({{"local_path", row.local_path},
                          {"remote_path", row.remote_path},
                          {"archive_name", "timestreams"}});
    }
    const auto rows = http().post("/files", posted).json().as_array();
    BOOST_TEST(rows.at(0).at("bytes").as_int64() == 1000);
    const auto id_of = [&](std::size_t i) { return std::to_string(rows.at(i).at("id").as_int64()); };
    const auto bytes = [&](const std::string& state) {
        return value_of(http().get("/metrics").body,
                        of_archive("suprsync_bytes", ",state=\"" + state + "\""));
    };
    const auto all = [&] {
        std::vector<std::string> of_states;
        for (const auto* state : {"waiting", "in_flight", "failed", "ignored", "verified", "deleted"})
            of_states.push_back(bytes(state));
        return of_states;
    };
    const auto await = [&](const std::vector<std::string>& expected) {
        wait_until("the bytes of each state are counted", [&] { return all() == expected; });
    };
    await({"1230", "0", "0", "0", "0", "0"});
    BOOST_TEST(http()
                   .request("PATCH", "/files/" + id_of(0), {{"Content-Type", "application/json"}},
                            R"({"ignore": true})")
                   .status == 200);
    await({"230", "0", "0", "1000", "0", "0"});
    fs::remove(posted.at(2).at("local_path").as_string().c_str());
    BOOST_TEST(http().post("/archives/timestreams/resume", std::string("{}")).status == 200);
    await({"0", "0", "30", "1000", "200", "0"});
    add_file("foreign", std::to_string(timecode_now()) + "/foreign", std::string(5, 'x'));
    await({"0", "0", "30", "1000", "205", "0"});
    stop();

    // Kept over a restart; what is deleted keeps its bytes.
    options["--delete-local-after"] = "0.001";
    start();
    await({"0", "0", "30", "1000", "0", "205"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
