// What Prometheus is told, and that its own tool finds nothing wrong with it.
#include <boost/test/unit_test.hpp>

#include "engine/model/option_words.hpp"
#include "http/api/metrics_endpoint.hpp"
#include "tests/support/hostile_texts.hpp"
#include "tests/support/http/running_server.hpp"
#include "tests/support/what_program_says.hpp"

using namespace suprsync;
using namespace suprsync::testing;

BOOST_AUTO_TEST_SUITE(metrics)

namespace {

measurements some_figures() {
    measurements m;
    m.status_snapshot.timestamp = 2000;
    m.status_snapshot.started_at = 1000;
    m.status_snapshot.version = "1.2.3";
    m.status_snapshot.instance_id = "srv \"20\"\n";
    m.status_snapshot.counters.errors_sqlite = 3;
    m.status_snapshot.conditions.push_back({"files_failed", "smurf", "two files", 1500, 4});
    m.status_snapshot.conditions.push_back({"database_locked", "", "locked", 1500, 4});
    for (const std::string name : {"smurf", "hk"}) {
        archive_activity a;
        a.name = name;
        a.files_waiting = 5;
        a.files_in_flight = 2;
        a.bytes_waiting = 500;
        a.bytes_in_flight = 200;
        a.files_verified = 40;
        a.paused = name == "hk";
        a.scrub = {true, 1500, 0.25, std::nullopt, 31, 310, 3};
        if (name == "hk") a.scrub = {false, std::nullopt, std::nullopt, 1700, 0, 0, 0};
        m.status_snapshot.archives.push_back(a);
        m.status_snapshot.archive_stats[name].finalized_until = 1899;
        auto& of = m.archives[name];
        of.counts.files = 100;
        of.counts.unsettled = 10;
        of.counts.failed = 3;
        of.counts.ignored = 7;
        of.counts.verified = 83;
        of.counts.removed = 60;
        of.counts.deletable = 21;
        of.counts.known_bytes_deletable = 210;
        of.counts.known_bytes_failed = 30;
        of.counts.known_bytes_ignored = 70;
        of.counts.known_bytes_verified = 830;
        of.counts.known_bytes_removed = 600;
        of.counts.oldest_unsettled = 1900;
        of.instruments.transfers.observe(0.2);
        of.instruments.transfers.observe(0.25);
        of.instruments.transfers.observe(7000);
        of.instruments.rsync_exits["0"] = 2;
        of.instruments.rsync_exits["timed out"] = 1;
        of.instruments.sent_bytes = 123456789012;
    }
    m.unserved_registrations = 9;
    m.catalog_waits.observe(0.00005);
    return m;
}

bool has_line(const std::string& text, const std::string& line) {
    BOOST_TEST_INFO(text);
    return text.find("\n" + line + "\n") != std::string::npos;
}

// What promtool says; empty: it is content.
std::string complaints_of_promtool(const std::string& text) {
    return suprsync::test::what_program_says("promtool check metrics", text);
}

}  // namespace

BOOST_AUTO_TEST_CASE(figures_have_their_names_and_labels) {
    http_figures http_server;
    http_server.connections = 3;
    http_server.event_streams = 1;
    http_server.answers[200] = 17;
    const auto text = metrics_text(some_figures(), http_server);
    for (const std::string line : {
             R"(suprsync_files{archive="smurf",state="waiting"} 5)",
             R"(suprsync_files{archive="smurf",state="in_flight"} 2)",
             R"(suprsync_files{archive="smurf",state="failed"} 3)",
             R"(suprsync_files{archive="smurf",state="ignored"} 7)",
             R"(suprsync_files{archive="smurf",state="verified"} 23)",
             R"(suprsync_files{archive="hk",state="deleted"} 60)",
             R"(suprsync_bytes{archive="smurf",state="waiting"} 500)",
             R"(suprsync_bytes{archive="smurf",state="in_flight"} 200)",
             R"(suprsync_bytes{archive="smurf",state="failed"} 30)",
             R"(suprsync_bytes{archive="smurf",state="ignored"} 70)",
             R"(suprsync_bytes{archive="smurf",state="verified"} 230)",
             R"(suprsync_bytes{archive="hk",state="deleted"} 600)",
             R"(suprsync_deletable_files{archive="smurf"} 21)",
             R"(suprsync_deletable_bytes{archive="hk"} 210)",
             R"(suprsync_oldest_unverified_age_seconds{archive="smurf"} 100)",
             R"(suprsync_finalized_until_lag_seconds{archive="smurf"} 101)",
             R"(suprsync_archive_paused{archive="smurf"} 0)",
             R"(suprsync_archive_paused{archive="hk"} 1)",
             R"(suprsync_transfer_duration_seconds_count{archive="smurf"} 3)",
             R"(suprsync_transfer_duration_seconds_bucket{archive="smurf",le="0.1"} 0)",
             R"(suprsync_transfer_duration_seconds_bucket{archive="smurf",le="0.25"} 2)",
             R"(suprsync_transfer_duration_seconds_bucket{archive="smurf",le="3600"} 2)",
             R"(suprsync_transfer_duration_seconds_bucket{archive="smurf",le="+Inf"} 3)",
             R"(suprsync_verification_duration_seconds_count{archive="hk"} 0)",
             R"(suprsync_rsync_exits_total{archive="smurf",class="0"} 2)",
             R"(suprsync_rsync_exits_total{archive="smurf",class="timed out"} 1)",
             R"(suprsync_sent_bytes_total{archive="smurf"} 123456789012)",
             R"(suprsync_verified_files_total{archive="smurf"} 40)",
             R"(suprsync_catalog_wait_seconds_bucket{le="0.0001"} 1)",
             R"(suprsync_catalog_errors_total 3)",
             R"(suprsync_scrub_proven_files_total{archive="smurf"} 31)",
             R"(suprsync_scrub_proven_bytes_total{archive="smurf"} 310)",
             R"(suprsync_scrub_mismatches_total{archive="smurf"} 3)",
             R"(suprsync_scrub_round_done_ratio{archive="smurf"} 0.25)",
             R"(suprsync_scrub_round_end_timestamp_seconds{archive="hk"} 1700)",
             R"(suprsync_unserved_registrations 9)",
             R"(suprsync_condition{kind="files_failed",archive="smurf"} 1)",
             R"(suprsync_condition{kind="database_locked",archive=""} 1)",
             R"(suprsync_conditions 2)",
             R"(suprsync_http_connections 3)",
             R"(suprsync_http_event_streams 1)",
             R"(suprsync_http_answers_total{status="200"} 17)",
             R"(suprsync_start_time_seconds 1000)",
             R"(# TYPE suprsync_files gauge)",
             R"(# TYPE suprsync_sent_bytes_total counter)",
             R"(# TYPE suprsync_transfer_duration_seconds histogram)",
         })
        BOOST_TEST(has_line(text, line), line);
}

BOOST_AUTO_TEST_CASE(promtool_is_content) {
    http_figures http_server;
    http_server.answers[200] = 1;
    BOOST_TEST(complaints_of_promtool(metrics_text(some_figures(), http_server)) == "");
    BOOST_TEST(complaints_of_promtool(metrics_text({}, {})) == "");
    // It does find what is wrong.
    BOOST_TEST(complaints_of_promtool("# TYPE x counter\nx 1\n") != "");
}

// Every name that an archive may have.
BOOST_AUTO_TEST_CASE(promtool_is_content_with_hostile_names) {
    measurements m;
    for (const auto& name : suprsync::test::hostile_bytes()) {
        if (why_no_name(name)) continue;
        archive_activity a;
        a.name = name;
        m.status_snapshot.archives.push_back(a);
        m.status_snapshot.archive_stats[name];
        m.archives[name];
        m.status_snapshot.instance_id += name;
    }
    BOOST_TEST(m.archives.size() > 30U);
    BOOST_TEST(complaints_of_promtool(metrics_text(m, {})) == "");
    m.archives.clear();
    m.status_snapshot.archives.resize(1);
    m.status_snapshot.archives[0].name = "inv\xff";
    m.status_snapshot.archive_stats["inv\xff"];
    m.archives["inv\xff"];
    BOOST_TEST(complaints_of_promtool(metrics_text(m, {})) != "");
}

BOOST_AUTO_TEST_CASE(the_server_counts_itself) {
    running_server http_server;
    raw_client other(http_server.port());
    BOOST_TEST(other.ask(request("GET", "/nowhere")).status == 404);
    raw_client client(http_server.port());
    const auto got = client.ask(request("GET", "/metrics"));
    BOOST_TEST(got.headers.at("content-type") == "text/plain; version=0.0.4; charset=utf-8");
    BOOST_TEST(has_line(got.body, "suprsync_http_connections 2"));
    BOOST_TEST(has_line(got.body, R"(suprsync_http_answers_total{status="404"} 1)"));
    BOOST_TEST(complaints_of_promtool(got.body) == "");
}

BOOST_AUTO_TEST_SUITE_END()
