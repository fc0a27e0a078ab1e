// What people decide through the HTTP server: retry, ignore, keep, pause. Each has its effect at once and
// lasts.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/site.hpp"

namespace fs = std::filesystem;
namespace json = boost::json;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(http_changes)

namespace {

struct changing_site : site {
    changing_site() { options["--max-copy-attempts"] = "1"; }

    http_response patch(std::int64_t id, const json::value& change) {
        return http().request("PATCH", "/files/" + std::to_string(id), {{"Content-Type", "application/json"}},
                              json::serialize(change));
    }
    http_response post(const std::string& path, const std::string& body = "{}") {
        return http().post(path, body);
    }
    std::string state(std::int64_t id) { return std::string(file(id).at("state").as_string()); }
    void await_state(std::int64_t id, const std::string& wanted) {
        wait_until("file " + std::to_string(id) + " to be " + wanted, [&] { return state(id) == wanted; });
    }
    // A row whose file is not there, failed; the file comes later.
    std::int64_t failed_file(const std::string& name) {
        const auto row = make_file(name, "17000/" + name, "content of " + name);
        const auto hidden = scratch / ("hidden-" + name);
        fs::rename(row.local_path, hidden);
        const auto id = catalog().insert(row);
        await_state(id, "failed");
        fs::rename(hidden, row.local_path);
        return id;
    }
    json::object activity() { return status().at("archives").at(archive).as_object(); }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_failed_file_is_retried, changing_site) {
    catalog();
    start();
    const auto first = failed_file("first");
    const auto second = failed_file("second");
    await_condition("files_failed");
    BOOST_TEST(post("/files/" + std::to_string(first) + "/retry").status == 200);
    await_verified(first);
    BOOST_TEST(state(second) == "failed");
    const auto answer = post("/archives/timestreams/retry", R"({"remote_prefix": "17001/"})");
    BOOST_TEST(answer.json().at("retried").as_int64() == 0);
    const auto told = post("/archives/timestreams/retry", R"({"state": "failed", "dry_run": true})").json();
    BOOST_TEST(told.at("would_retry").as_int64() == 1);
    BOOST_TEST(state(second) == "failed");
    BOOST_TEST(
        post("/archives/timestreams/retry", R"({"state": "retrying"})").json().at("retried").as_int64() == 0);
    BOOST_TEST(post("/archives/timestreams/retry").json().at("retried").as_int64() == 1);
    await_verified(second);
    await_no_condition("files_failed");
    await_finalized(old_timecode);
    check_delivered();
}

BOOST_FIXTURE_TEST_CASE(an_ignored_file_is_left_alone_and_blocks_nothing, changing_site) {
    catalog();
    start();
    const auto id = failed_file("a");
    const auto ignored = patch(id, {{"ignore", true}, {"ignore_reason", "crate 3 was broken"}});
    BOOST_TEST(ignored.status == 200);
    BOOST_TEST(ignored.json().at("state").as_string() == "ignored");
    BOOST_TEST(file(id).at("ignore_reason").as_string() == "crate 3 was broken");
    BOOST_TEST((catalog().row(id).ignore == true));
    await_no_condition("files_failed");
    const auto other = add_file("b", "17000/b", "content");
    await_verified(other);
    await_finalized(old_timecode);
    BOOST_TEST(!fs::exists(base / "17000/a"));
    // Taken back, it is copied and the day announced anew.
    BOOST_TEST(patch(id, {{"ignore", false}}).status == 200);
    BOOST_TEST(post("/files/" + std::to_string(id) + "/retry").status == 200);
    await_verified(id);
    let_days_be_quiet();
    await_finalized(old_timecode, 2);
    BOOST_TEST(file(id).at("ignore_reason").is_null());
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_not_deletable_stays, changing_site) {
    options["--delete-local-after"] = "0.001";
    catalog();
    start();
    BOOST_TEST(post("/archives/timestreams/pause").status == 200);
    const auto kept = add_file("kept", "17000/kept", "content");
    const auto gone = add_file("gone", "17000/gone", "content");
    BOOST_TEST(patch(kept, {{"deletable", false}}).json().at("deletable").as_bool() == false);
    BOOST_TEST(post("/archives/timestreams/resume").status == 200);
    await_state(gone, "deleted");
    BOOST_TEST(state(kept) == "verified");
    BOOST_TEST(fs::exists(data / "kept"));
    BOOST_TEST(patch(kept, {{"deletable", true}}).status == 200);
    await_state(kept, "deleted");
    BOOST_TEST(!fs::exists(data / "kept"));
}

BOOST_FIXTURE_TEST_CASE(a_pause_outlives_the_daemon, changing_site) {
    catalog();
    start();
    BOOST_TEST(post("/archives/timestreams/pause").status == 200);
    stop();
    start();
    const auto id = add_file("a", "17000/a", "content");
    wait_until("the file to be seen", [&] { return activity().at("files_waiting").as_int64() == 1; });
    BOOST_TEST(activity().at("activity").as_string() == "paused");
    BOOST_TEST(activity().at("paused").as_bool());
    BOOST_TEST(!condition("paused").is_null());
    BOOST_TEST(state(id) == "pending");
    stop();
    start();
    BOOST_TEST(post("/archives/timestreams/resume").status == 200);
    await_verified(id);
    await_no_condition("paused");
    stop();
    start();
    await_verified(add_file("b", "17000/b", "content"));
}

BOOST_FIXTURE_TEST_CASE(what_makes_no_sense_changes_nothing, changing_site) {
    catalog();
    start();
    BOOST_TEST(post("/archives/timestreams/pause").status == 200);
    const auto id = add_file("a", "17000/a", "content");
    const auto before = catalog().row(id);
    const auto target = "/files/" + std::to_string(id);
    const std::map<std::string, std::string> typed = {{"Content-Type", "application/json"}};
    for (const auto* body : {"", "{}", "[]", "{\"ignore\": 1}", "{\"ignored\": true}", "{\"ignore\": true",
                             "{\"ignore\": true, \"id\": 5}", "{\"ignore\": false, \"ignore_reason\": \"x\"}",
                             "{\"local_path\": \"/etc/passwd\"}"})
        BOOST_TEST(http().request("PATCH", target, typed, body).status == 400, body);
    BOOST_TEST(
        http().request("PATCH", target, {{"Content-Type", "text/plain"}}, "{\"ignore\": true}").status ==
        415);
    BOOST_TEST(http().request("PATCH", "/files/999", typed, "{\"ignore\": true}").status == 404);
    BOOST_TEST(http().request("PATCH", "/files", typed, "{\"ignore\": true}").status == 405);
    BOOST_TEST(http().request("DELETE", target, {}, "").status == 405);
    BOOST_TEST(post("/files/999/retry").status == 404);
    BOOST_TEST(post("/archives/other/retry").status == 404);
    BOOST_TEST(post("/archives/other/pause").status == 404);
    BOOST_TEST(post("/archives/timestreams/retry", "{\"all\": true}").status == 400);
    for (const auto* query :
         {"state=lost", "limit=0", "limit=1001", "after=-1", "colour=red", "archive=other"})
        BOOST_TEST(http().get(std::string("/files?") + query).status ==
                       (std::string(query) == "archive=other" ? 404 : 400),
                   query);
    const auto after = catalog().row(id);
    BOOST_TEST((after.ignore == before.ignore && after.deletable == before.deletable &&
                after.failed_copy_attempts == before.failed_copy_attempts));
    BOOST_TEST(state(id) == "pending");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
