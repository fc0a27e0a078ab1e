// The page as it is sent: to whom, with which headers, and that its files need nothing but each other. What
// it does in a browser is tests/page/.
#include <boost/test/unit_test.hpp>
#include <regex>
#include <set>

#include "http/api/page_files.hpp"
#include "tests/support/http/running_server.hpp"

using namespace suprsync;
using namespace suprsync::testing;

BOOST_AUTO_TEST_SUITE(page_endpoint)

namespace {

std::string where_it_is(const page_file& file) {
    return file.name == "index.html" ? "/" : "/page/" + std::string(file.name);
}

bool is_ours(const page_file& file) { return file.name != "chart.js" && !file.name.starts_with("chart."); }

// What stands in the first group of each match.
std::set<std::string> found_in(std::string_view text, const std::string& pattern) {
    const std::regex wanted(pattern);
    std::set<std::string> found;
    for (std::cregex_iterator it(text.data(), text.data() + text.size(), wanted), end; it != end; ++it)
        found.insert((*it)[1]);
    return found;
}

std::string if_none_match(const std::string& tag) { return "If-None-Match: " + tag + "\r\n"; }

}  // namespace

BOOST_AUTO_TEST_CASE(every_file_has_its_type_and_allows_nothing_from_elsewhere) {
    running_server http_server;
    for (const auto& file : page_files()) {
        BOOST_TEST_CONTEXT(file.name) {
            const auto got = ask(http_server, request("GET", where_it_is(file)));
            BOOST_TEST(got.status == 200);
            BOOST_TEST(got.headers.at("content-type") == file.content_type);
            BOOST_TEST(got.headers.at("cache-control") == "no-cache");
            BOOST_TEST(got.headers.at("x-content-type-options") == "nosniff");
            BOOST_TEST((got.body == file.text));
            const auto policy = got.headers.at("content-security-policy");
            for (const auto* part : {"default-src 'none'", "script-src 'self'", "style-src 'self'",
                                     "connect-src 'self'", "frame-ancestors 'none'", "form-action 'none'",
                                     "base-uri 'none'", "require-trusted-types-for 'script'"})
                BOOST_TEST(says(policy, part), part);
            BOOST_TEST(!says(policy, "unsafe"));
            BOOST_TEST(!says(policy, "*"));
        }
    }
    BOOST_TEST(ask(http_server, request("GET", "/")).headers.at("content-type") ==
               "text/html; charset=utf-8");
    for (const std::string name : {"nowhere.js", "index.html", "..", "%2e%2e%2findex.html"})
        BOOST_TEST(says(problem_detail(http_server, 404, "GET", "/page/" + name), ""), name);
    BOOST_TEST(ask(http_server, request("GET", "/page")).status == 404);
    BOOST_TEST(ask(http_server, request("GET", "/?x=1")).status == 400);
    BOOST_TEST(ask(http_server, request("POST", "/", "{}")).status == 405);
}

BOOST_AUTO_TEST_CASE(who_has_a_file_is_not_sent_it_again) {
    running_server http_server;
    std::set<std::string> tags;
    for (const auto& file : page_files()) {
        BOOST_TEST_CONTEXT(file.name) {
            const auto path = where_it_is(file);
            const auto tag = ask(http_server, request("GET", path)).headers.at("etag");
            tags.insert(tag);
            for (const auto& given : {tag, "W/" + tag, "\"other\", " + tag, std::string("*")}) {
                raw_client client(http_server.port());
                const auto got = client.ask(request("GET", path, "", if_none_match(given)), true);
                BOOST_TEST(got.status == 304, given);
                BOOST_TEST(got.headers.at("etag") == tag);
                BOOST_TEST(!got.headers.contains("content-length"));
                BOOST_TEST(client.ask(request("GET", "/healthz")).status == 200, "the connection goes on");
            }
            const auto other = ask(http_server, request("GET", path, "", if_none_match("\"other\"")));
            BOOST_TEST(other.status == 200);
        }
    }
    BOOST_TEST(tags.size() == page_files().size());
}

BOOST_AUTO_TEST_CASE(the_page_needs_no_token_and_what_it_shows_does) {
    auto options = on_any_port();
    options.token = "s3cret";
    running_server http_server(options);
    for (const auto& file : page_files())
        BOOST_TEST(ask(http_server, request("GET", where_it_is(file))).status == 200, file.name);
    for (const std::string path : {"/status", "/archives", "/openapi.json", "/events", "/pages", "/page"})
        BOOST_TEST(ask(http_server, request("GET", path)).status == 401, path);
    // Under another name it would be a page of somebody else.
    const std::string elsewhere = "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n";
    BOOST_TEST(ask(http_server, elsewhere).status == 421);
}

BOOST_AUTO_TEST_CASE(the_page_of_a_read_only_server_says_so) {
    auto options = on_any_port();
    options.read_only = true;
    running_server read_only(options);
    running_server full;
    const auto shown = ask(read_only, request("GET", "/"));
    const auto changing = ask(full, request("GET", "/"));
    BOOST_TEST(says(shown.body, R"(data-access="read-only")"));
    BOOST_TEST(says(changing.body, R"(data-access="full")"));
    BOOST_TEST(!says(shown.body, R"(data-access="full")"));
    BOOST_TEST(shown.headers.at("etag") != changing.headers.at("etag"));
    const auto kept = request("GET", "/", "", if_none_match(changing.headers.at("etag")));
    BOOST_TEST(ask(read_only, kept).status == 200);
}

BOOST_AUTO_TEST_CASE(its_files_need_each_other_and_nothing_else) {
    const std::set<std::string> nothing;
    std::set<std::string> there;
    std::set<std::string> needed = {"index.html", "chart.js", "conditions.md"};
    for (const auto& file : page_files()) {
        there.insert(std::string(file.name));
        if (!is_ours(file)) continue;
        BOOST_TEST_CONTEXT(file.name) {
            needed.merge(found_in(file.text, R"re((?:src|href)="page/([^"]*)")re"));
            needed.merge(found_in(file.text, R"re((?:from|import\() ?"\./([^"]*)")re"));
            const auto hosts = found_in(file.text, R"re((?:https?:)?//([a-z0-9.]+\.[a-z]+))re");
            for (const auto& host : hosts) BOOST_TEST(host == "www.w3.org", host);  // SVG's namespace
            const auto inline_parts =
                found_in(file.text, R"re((<style|<script>|[ "]style=|[ "]on[a-z]+="|javascript:))re");
            BOOST_TEST(inline_parts == nothing, boost::test_tools::per_element());
            const auto from_text = found_in(
                file.text,
                R"re((innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|DOMParser))re");
            BOOST_TEST(from_text == nothing, boost::test_tools::per_element());
        }
    }
    BOOST_TEST(needed == there, boost::test_tools::per_element());
}

// The table of docs/operating.md from its first row to its last.
BOOST_AUTO_TEST_CASE(what_to_do_about_conditions_is_there) {
    running_server http_server;
    const auto advice = ask(http_server, request("GET", "/page/conditions.md")).body;
    BOOST_TEST(says(advice, "| `destination_unreachable` | "));
    BOOST_TEST(says(advice, "| `disk_nearly_full` | "));
    BOOST_TEST(says(ask(http_server, request("GET", "/page/chart.license.txt")).body,
                    "Permission is hereby granted"));
}

BOOST_AUTO_TEST_SUITE_END()
