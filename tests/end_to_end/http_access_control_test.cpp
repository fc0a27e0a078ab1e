// Who is let in by the real program, asked by the real curl (spec, Who may ask).
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <csignal>

#include "tests/end_to_end/site.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/curl.hpp"

namespace json = boost::json;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(http_access_control)

namespace {

struct guarded_site : site {
    const std::string secret = "s3cret-of-the-test";
    const std::string bearer = "Authorization: Bearer " + secret;
    std::string url;

    guarded_site() { options["--http-listen"] = "127.0.0.1:0"; }

    void use_token() {
        write_file(scratch / "token", secret + "\n");
        options["--http-token-file"] = scratch / "token";
    }
    void use_tls() {
        make_certificate(scratch / "certificate", scratch / "key");
        options["--http-tls-certificate"] = scratch / "certificate";
        options["--http-tls-key"] = scratch / "key";
    }
    // Starts the daemon and learns where it listens.
    void open() {
        catalog();
        start_unready();
        const auto line = daemon().await_line("listening on http");
        url = line.substr(line.find("http"));
        daemon().await_line("ready: suprsync");
    }
    curl_answer ask(std::vector<std::string> arguments, const std::string& path) {
        arguments.push_back(url + path);
        if (options.contains("--http-tls-certificate")) {
            arguments.push_back("--cacert");
            arguments.push_back(scratch / "certificate");
        }
        return curl(arguments, scratch.path());
    }
    json::object registration(const std::string& name) {
        const auto row = make_file(name, "17000/" + name, "content");
        return {{"local_path", row.local_path}, {"remote_path", row.remote_path}, {"archive_name", archive}};
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(with_token_and_tls_only_who_has_the_token_is_let_in, guarded_site) {
    use_token();
    use_tls();
    open();
    BOOST_TEST(url.starts_with("https://127.0.0.1:"));
    for (const auto* path : {"/healthz", "/", "/page/main.js"}) BOOST_TEST(ask({}, path).status == 200, path);
    for (const auto* path : {"/status", "/readyz", "/files", "/files/1", "/archives", "/events", "/metrics",
                             "/openapi.json", "/timecodes?archive=timestreams", "/nowhere"}) {
        BOOST_TEST(ask({}, path).status == 401, path);
        BOOST_TEST(ask({"-H", "Authorization: Bearer wrong"}, path).status == 401, path);
        BOOST_TEST(ask({"-H", "Authorization: Basic " + secret}, path).status == 401, path);
    }
    const auto status = ask({"-H", bearer}, "/status");
    BOOST_TEST(status.status == 200);
    BOOST_TEST(json::parse(status.body).at("instance_id").as_string() == instance);

    const auto body = json::serialize(registration("a"));
    BOOST_TEST(ask({"--json", body}, "/files").status == 401);
    BOOST_TEST(ask({"-X", "PATCH", "--json", "{\"ignore\": true}"}, "/files/1").status == 401);
    BOOST_TEST(ask({"--json", "{}"}, "/archives/timestreams/pause").status == 401);
    BOOST_TEST(catalog().number("SELECT count(*) FROM supersync_v0") == 0);
    BOOST_TEST(ask({"-H", bearer, "--json", body}, "/files").status == 201);
    BOOST_TEST(ask({"-H", bearer, "--data", body}, "/files").status == 415);
    await_all_verified();

    // No answer holds the secret.
    for (const auto* path : {"/status", "/archives", "/archives/timestreams", "/metrics", "/openapi.json"})
        BOOST_TEST(ask({"-H", bearer}, path).body.find(secret) == std::string::npos, path);
    BOOST_TEST(daemon().log().find(secret) == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(tls_is_spoken_as_it_should_be, guarded_site) {
    use_tls();
    open();
    BOOST_TEST(ask({}, "/status").status == 200);
    BOOST_TEST(ask({"--tlsv1.3"}, "/status").status == 200);
    BOOST_TEST(ask({"--tls-max", "1.2"}, "/status").status == 200);
    BOOST_TEST(ask({"--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0"}, "/status").exit_status == 35);
    // 60: nobody has told curl to trust this certificate.
    BOOST_TEST(curl({url + "/status"}, scratch.path()).exit_status == 60);
    const auto port = url.substr(url.rfind(':'));
    BOOST_TEST(curl({"http://127.0.0.1" + port + "/status"}, scratch.path()).status == 0);
    BOOST_TEST(ask({}, "/healthz").status == 200);

    // Events over TLS.
    daemon_process reader(
        {curl_program, "--silent", "--no-buffer", "--cacert", scratch / "certificate", url + "/events"},
        environment, scratch / "events");
    reader.await_line("retry:");
    BOOST_TEST(ask({"--json", json::serialize(registration("a"))}, "/files").status == 201);
    for (const auto* name : {"registered", "copied", "verified"})
        reader.await_line(std::string("event: ") + name);
    stop();
    reader.wait();
}

BOOST_FIXTURE_TEST_CASE(a_foreign_page_gets_nothing, guarded_site) {
    options["--http-host-name"] = "srv20.example.org";
    open();
    const auto port = url.substr(url.rfind(':'));
    BOOST_TEST(ask({"-H", "Host: evil.example" + port}, "/status").status == 421);
    BOOST_TEST(ask({"-H", "Host: srv20.example.org"}, "/status").status == 200);
    BOOST_TEST(ask({"-H", "Host: localhost" + port}, "/status").status == 200);
    const auto body = json::serialize(registration("a"));
    // What a form of another page can send.
    for (const auto* type : {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"})
        BOOST_TEST(ask({"-H", std::string("Content-Type: ") + type, "--data", body}, "/files").status == 415,
                   type);
    BOOST_TEST(catalog().number("SELECT count(*) FROM supersync_v0") == 0);
}

BOOST_FIXTURE_TEST_CASE(a_unix_socket_needs_neither_token_nor_tls, guarded_site) {
    options["--http-listen"] = "unix:" + (scratch / "socket").string();
    catalog();
    start_unready();
    daemon().await_line("ready: suprsync");
    const std::vector<std::string> way = {"--unix-socket", scratch / "socket"};
    BOOST_TEST(curl({way[0], way[1], "http://anything.example/status"}, scratch.path()).status == 200);
    const auto body = json::serialize(registration("a"));
    BOOST_TEST(curl({way[0], way[1], "--json", body, "http://localhost/files"}, scratch.path()).status ==
               201);
    await_all_verified();
    stop();
    BOOST_TEST(!std::filesystem::exists(scratch / "socket"));
}

BOOST_FIXTURE_TEST_CASE(read_only_access_shows_all_and_changes_nothing, guarded_site) {
    options["--http-access"] = "read-write";
    BOOST_TEST(start_unready().wait() == exited_with(2));
    options["--http-access"] = "read-only";
    catalog();
    open();
    BOOST_TEST(ask({}, "/status").status == 200);
    const auto body = json::serialize(registration("a"));
    BOOST_TEST(ask({"--json", body}, "/files").status == 403);
    BOOST_TEST(catalog().number("SELECT count(*) FROM supersync_v0") == 0);
}

BOOST_FIXTURE_TEST_CASE(others_are_let_in_with_a_token_only, guarded_site) {
    options["--http-listen"] = "0.0.0.0:0";
    BOOST_TEST(start_unready().wait() == exited_with(2));
    BOOST_TEST(daemon().log().find("http-token-file") != std::string::npos);
    use_token();
    open();
    url.replace(url.find("0.0.0.0"), 7, "127.0.0.1");
    BOOST_TEST(ask({}, "/status").status == 401);
    BOOST_TEST(ask({"-H", bearer}, "/status").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
