// Bad input over HTTP: each is answered with a clear problem, and nothing is registered.
#include <sys/stat.h>

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/site.hpp"

namespace fs = std::filesystem;
namespace json = boost::json;

namespace suprsync::test {

namespace {

struct registering_site : site {
    registering_site() {
        good = make_file("good", "17000/hk/good", "content");
        catalog();
    }

    json::object body() const {
        return {
            {"local_path", good.local_path}, {"remote_path", good.remote_path}, {"archive_name", archive}};
    }
    json::object body_with(const std::string& key, const std::string& value) const {
        return body_with(key, json::value(json::string(value)));
    }
    json::object body_with(const std::string& key, const char* value) const {
        return body_with(key, std::string(value));
    }
    json::object body_with(const std::string& key, const json::value& value) const {
        auto changed = body();
        changed[key] = value;
        return changed;
    }
    // The answer is a problem with this status that names what is wrong, and nothing was registered.
    json::object refused(const http_response& answer, int status, const std::string& says) {
        BOOST_TEST(answer.status == status, answer.body);
        BOOST_TEST(answer.headers.at("content-type") == "application/problem+json");
        auto problem = answer.json().as_object();
        for (const auto* key : {"type", "title", "detail"}) BOOST_TEST(problem.contains(key), key);
        BOOST_TEST(problem.at("status").to_number<int>() == answer.status);
        BOOST_TEST(answer.body.find(says) != std::string::npos, answer.body << " does not say " << says);
        BOOST_TEST(catalog().number("SELECT count(*) FROM supersync_v0") == 0);
        return problem;
    }
    void refuses(const json::value& body, int status, const std::string& says) {
        refused(http().post("/files", body), status, says);
    }

    catalog_row good;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_requests)

BOOST_FIXTURE_TEST_CASE(a_registration_must_make_sense, registering_site) {
    start();
    refuses(body_with("archive_name", "unknown"), 400, "unknown");
    refuses(body_with("local_path", "relative/path"), 400, "absolute");
    refuses(body_with("local_path", (data / ".." / "data" / "good").string()), 400, "'..'");
    refuses(body_with("remote_path", "/absolute"), 400, "relative");
    refuses(body_with("remote_path", "17000/../../etc/x"), 400, "..");
    refuses(body_with("remote_path", ".."), 400, "..");
    refuses(body_with("remote_path", "17000//../x"), 400, "the component '..'");
    refuses(body_with("remote_path", "./"), 400, "the base directory itself");
    refuses(body_with("remote_path", ""), 400, "empty");
    refuses(body_with("remote_path", "17000/" + std::string(300, 'x')), 400, "remote_path");
    refuses(body_with("local_path", (data / "missing").string()), 400, "missing");
    refuses(body_with("local_path", data.string()), 400, "directory");
    refuses(body_with("local_md5sum", "not an md5"), 400, "local_md5sum");
    refuses(body_with("local_path", std::string("/a\0b", 4)), 400, "NUL");
    // The daemon is as willing as before.
    const auto odd = body_with("local_path", data.string() + "//./good");
    const auto stored = http().post("/files", odd);
    BOOST_TEST(stored.status == 201);
    BOOST_TEST(stored.json().at("local_path").as_string() == good.local_path);
    BOOST_TEST(http().post("/files", body()).status == 200);  // one file, however it is spelled
    for (const auto& spelling : {good.local_path, data.string() + "/.//good"})
        BOOST_TEST(http().get("/files?local_path=" + spelling).json().at("files").as_array().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_file_outside_the_local_roots_is_refused, registering_site) {
    write_file(scratch / "outside", "content");
    fs::create_symlink(scratch / "outside", data / "link");
    write_file(scratch / "data-not" / "beside", "content");
    start();
    refuses(body_with("local_path", (scratch / "outside").string()), 403, "outside");
    // As if nothing were there.
    refuses(body_with("local_path", (data / "link").string()), 400, "leads out of the local roots");
    refuses(body_with("local_path", (data / "." / "link").string()), 400, "leads out of the local roots");
    fs::remove(scratch / "outside");
    refuses(body_with("local_path", (data / "link").string()), 400, "leads out of the local roots");
    refuses(body_with("local_path", (scratch / "outside").string()), 403, "outside");
    refuses(body_with("local_path", (scratch / "data-not" / "beside").string()), 403, "outside");
    refuses(body_with("local_path", "/etc/passwd"), 403, "outside");
}

BOOST_FIXTURE_TEST_CASE(without_local_roots_registration_over_http_is_refused, registering_site) {
    options.erase("--local-root");
    start();
    refuses(body(), 403, "local-root");
}

BOOST_FIXTURE_TEST_CASE(the_body_must_be_what_is_expected, registering_site) {
    start();
    const auto post = [&](const std::string& text) { return http().post("/files", text); };
    refused(post("not JSON"), 400, "JSON");
    refused(post(""), 400, "JSON");
    refused(post("{\"local_path\": "), 400, "JSON");
    refused(post("[]"), 400, "empty");
    refused(post("\"text\""), 400, "object");
    refused(post("17"), 400, "object");
    refused(post("{}"), 400, "missing");
    refuses(body_with("local_path", 17), 400, "local_path");
    refuses(body_with("remote_path", json::array{"a"}), 400, "remote_path");
    refuses(body_with("archive_name", json::value(nullptr)), 400, "archive_name");
    refuses(body_with("timestamp", "yesterday"), 400, "timestamp");
    refuses(body_with("deletable", "yes"), 400, "deletable");
    refuses(body_with("colour", "red"), 400, "colour");
    auto incomplete = body();
    incomplete.erase("remote_path");
    refuses(incomplete, 400, "remote_path");
    refused(
        post("{\"local_path\": \"/\xff\xfe\", \"remote_path\": \"a\", \"archive_name\": \"timestreams\"}"),
        400, "UTF-8");
}

BOOST_FIXTURE_TEST_CASE(of_an_array_with_one_bad_element_nothing_is_registered, registering_site) {
    start();
    const auto in_array = [&](const json::object& bad) {
        return json::array{body(), body_with("remote_path", "17000/hk/two"), bad,
                           body_with("remote_path", "17000/hk/four")};
    };
    for (const auto& [bad, status, says] : std::vector<std::tuple<json::object, int, std::string>>{
             {body_with("remote_path", "../x"), 400, ".."},
             {body_with("archive_name", "unknown"), 400, "unknown"},
             {body_with("local_path", (data / "missing").string()), 400, "missing"},
             {body_with("local_path", "/etc/passwd"), 403, "outside"},
             {body_with("colour", "red"), 400, "colour"},
             {body_with("timestamp", true), 400, "timestamp"},
         }) {
        const auto problem = refused(http().post("/files", in_array(bad)), status, says);
        BOOST_REQUIRE_MESSAGE(problem.contains("index"), says);
        BOOST_TEST(problem.at("index").to_number<int>() == 2);
    }
    auto mixed = in_array(body());
    mixed[2] = "text";
    const auto problem = refused(http().post("/files", mixed), 400, "object");
    BOOST_TEST(problem.at("index").to_number<int>() == 2);
}

BOOST_FIXTURE_TEST_CASE(requests_that_are_no_registrations_are_refused, registering_site) {
    start();
    const auto h = http();
    refused(h.post("/files", json::serialize(body()), "text/plain"), 415, "application/json");
    refused(h.request("POST", "/files", {}, json::serialize(body())), 415, "application/json");
    refused(h.get("/nowhere"), 404, "nowhere");
    refused(h.request("DELETE", "/status", {}, ""), 405, "DELETE");
    refused(h.get("/files/0"), 404, "0");
    refused(h.get("/files/abc"), 404, "abc");
    refused(h.get("/files/999"), 404, "999");
    refused(h.post("/files", std::string(9u << 20, ' ')), 413, "");
    const auto long_header =
        h.raw("GET /status HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
    BOOST_TEST(long_header.status == 431);
    BOOST_TEST(h.raw("nonsense\r\n\r\n").status == 400);
    BOOST_TEST(h.get("/healthz").status == 200);
}

BOOST_FIXTURE_TEST_CASE(another_host_name_is_refused, registering_site) {
    options["--http-listen"] = "127.0.0.1:0";
    start();
    const auto h = http();
    BOOST_TEST(h.request("GET", "/status", {{"Host", "evil.example"}}, "").status == 421);
    BOOST_TEST(h.request("GET", "/status", {{"Host", "evil.example:80"}}, "").status == 421);
    BOOST_TEST(h.request("GET", "/status", {{"Host", "localhost:1"}}, "").status == 200);
    BOOST_TEST(h.request("GET", "/status", {{"Host", "[::1]:1"}}, "").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bad_rows)

// Rows of other programs cannot be refused: they are failed, with the reason, and nothing leaves the base.
BOOST_AUTO_TEST_CASE(a_row_that_would_leave_the_base_directory_is_failed_and_not_copied) {
    site s;
    std::vector<std::int64_t> bad;
    int number = 0;
    for (const std::string path :
         {"../escaped", "17000/../../escaped", "/escaped", "17000//../../escaped", "./", ""})
        bad.push_back(s.add_file("bad" + std::to_string(number++), path, "content"));
    const auto good = s.add_file("good", "17000/hk/good", "content of good");
    s.start();
    s.await_verified(good);
    for (const auto id : bad) {
        wait_until("row " + std::to_string(id) + " is failed",
                   [&] { return s.catalog().row(id).failed_copy_attempts == 5; });
        const auto view = s.file(id);
        BOOST_TEST(view.at("state").as_string() == "failed");
        BOOST_TEST(!view.at("last_error").is_null());
    }
    s.stop();
    BOOST_TEST(!fs::exists(s.destination / "escaped"));
    BOOST_TEST(!fs::exists("/escaped"));
    s.check_delivered();
    for (const auto id : bad) BOOST_TEST(fs::exists(s.catalog().row(id).local_path));
}

BOOST_AUTO_TEST_CASE(missing_files_and_directories_fail_alone) {
    site s;
    s.options["--max-copy-attempts"] = "2";
    auto missing = s.make_file("missing", "17000/hk/missing", "x");
    fs::remove(missing.local_path);
    auto directory = s.make_file("directory", "17000/hk/directory", "x");
    fs::remove(directory.local_path);
    fs::create_directory(directory.local_path);
    auto pipe = s.make_file("pipe", "17000/hk/pipe", "x");
    fs::remove(pipe.local_path);
    BOOST_REQUIRE(mkfifo(pipe.local_path.c_str(), 0644) == 0);
    const auto bad = s.catalog().insert({missing, directory, pipe});
    std::vector<std::int64_t> good;
    for (int i = 0; i < 10; ++i) {
        const auto name = "17000/hk/" + std::to_string(i);
        good.push_back(s.add_file(name, name, "content " + name));
    }
    s.start();
    for (const auto id : good) s.await_verified(id);
    for (const auto id : bad) {
        wait_until("row " + std::to_string(id) + " has used up its attempts",
                   [&] { return s.catalog().row(id).failed_copy_attempts.value_or(0) >= 2; });
        BOOST_TEST(s.file(id).at("state").as_string() == "failed");
        BOOST_TEST(!s.file(id).at("last_error").is_null());
    }
    s.await_condition("files_failed");
    s.await_condition("finalization_blocked");
    BOOST_TEST(s.condition("finalization_blocked").at("message").as_string().find("missing") !=
               std::string::npos);
    // Mended and retried, it heals: the file is there, the others are given up.
    write_file(missing.local_path, "x");
    set_mtime(missing.local_path, now() - 3600);
    s.catalog().execute("UPDATE supersync_v0 SET failed_copy_attempts = 0 WHERE id = " +
                        std::to_string(bad[0]));
    s.await_verified(bad[0]);
    s.catalog().execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id IN (" + std::to_string(bad[1]) +
                        "," + std::to_string(bad[2]) + ")");
    s.await_finalized(old_timecode);
    s.await_no_condition("files_failed");
    s.await_no_condition("finalization_blocked");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
