// The JSON of everything that is shown, byte for byte: keys, their order, and how numbers are written.
#include "http/api/views.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <set>

using namespace suprsync;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(views)

namespace {

template <class T>
std::string shown(const T& v) {
    json_writer text;
    text.value(v);
    return text.take();
}

std::string last_copy_of(const status_snapshot& data) {
    const auto text = shown(data);
    const auto begin = text.find("\"last_copy\":") + 12;
    return text.substr(begin, text.find(",\"archive_stats\"") - begin);
}

const condition three_failed = {"files_failed", "smurf", "3 files", 7, 2};
const archive_activity waiting = [] {
    archive_activity a;
    a.name = "smurf";
    a.destination = "user@host:/base";
    a.activity = "waiting";
    a.files_in_flight = 1;
    a.bytes_in_flight = 2;
    a.files_waiting = 3;
    a.bytes_waiting = 4;
    a.files_failed = 5;
    a.files_deletable = 12;
    a.bytes_deletable = 13;
    a.bytes_per_second = 6.5;
    a.files_per_second = 7.5;
    a.bytes_per_second_1m = 6.25;
    a.files_per_second_1m = 7.25;
    a.bytes_per_second_15m = 6.125;
    a.files_per_second_15m = 7.125;
    a.oldest_waiting = 8.25;
    a.verified_after_p50 = 1.5;
    a.next_attempt = 8.5;
    a.files_verified = 9;
    a.files_deleted = 10;
    a.late_files = 11;
    a.paused = true;
    a.pause_reason = "by request";
    a.link = {"down", 12.5, std::nullopt, "refused"};
    a.catalog = {21, 22, 23, 24, 25, 26};
    a.scrub = {true, std::nullopt, 0.25, 14.5, 31, 32, 33};
    return a;
}();
const std::string waiting_text =
    R"({"name":"smurf","destination":"user@host:/base","activity":"waiting","paused":true,"pause_reason":"by request","link":{"state":"down","down_since":12.5,"next_attempt":null,"error":"refused"},"files_in_flight":1,"bytes_in_flight":2,"files_waiting":3,"bytes_waiting":4,"oldest_waiting":8.25,"files_failed":5,"files_deletable":12,"bytes_deletable":13,"files_verified":9,"files_deleted":10,"late_files":11,"catalog":{"files":21,"unsettled":22,"failed":23,"ignored":24,"verified":25,"deleted":26},"bytes_per_second":6.5,"files_per_second":7.5,"bytes_per_second_1m":6.25,"files_per_second_1m":7.25,"bytes_per_second_15m":6.125,"files_per_second_15m":7.125,"estimated_end":null,"verified_after_p50":1.5,"verified_after_p99":null,"next_attempt":8.5,"oldest_check":null,"scrub":{"on":true,"round_begun":null,"round_done":0.25,"round_ended":14.5,"files_proven":31,"bytes_proven":32,"mismatches":33}})";
const std::string three_failed_text =
    R"({"kind":"files_failed","archive":"smurf","message":"3 files","since":7.0,"count":2})";

file_view ignored_file() {
    file_view file;
    file.row = {7, "/l", "", "smurf", "17000/x", 5, std::nullopt, std::nullopt, 0.0, 2, false, true};
    file.state = "failed";
    file.last_error = "no";
    file.last_error_at = 8;
    file.ignore_reason = "why";
    file.bytes = 12;
    return file;
}
const std::string ignored_file_text =
    R"({"id":7,"local_path":"/l","local_md5sum":"","archive_name":"smurf","remote_path":"17000/x","timestamp":5.0,"remote_md5sum":null,"copied":null,"removed":0.0,"failed_copy_attempts":2,"deletable":false,"ignore":true,"state":"failed","last_error":"no","last_error_at":8.0,"next_attempt_at":null,"ignore_reason":"why","bytes":12})";

}  // namespace

// The first five keys are the agent's (spec, HTTP interface).
BOOST_AUTO_TEST_CASE(status_has_its_keys) {
    status_snapshot data;
    data.activity = "copying";
    data.timestamp = 1661284493.5;
    data.last_copy =
        last_copy{1661284493.5, {{"/path", true}, {"/other", false}}, 1661284493.6, std::nullopt};
    data.archive_stats["smurf"] = {1687797424.6, 3, 0, "/path", "/other", 1687797400};
    data.archive_stats["hk"] = {};
    data.counters = {1, 2, 3, 4, 5};
    data.instance_id = "srv20";
    data.version = "0.1.0";
    data.started_at = 100;
    data.degraded = true;
    data.conditions = {three_failed};
    data.archives = {waiting};
    BOOST_TEST(
        shown(data) ==
        R"({"activity":"copying","timestamp":1661284493.5,"last_copy":{"start_time":1661284493.5,"files":[["/path",true],["/other",false]],"stop_time":1661284493.6},"archive_stats":{"hk":{"finalized_until":0.0,"num_files":0,"uncopied_files":0,"last_file_added":"","last_file_copied":"","finalized_until_published":0.0},"smurf":{"finalized_until":1687797424.6,"num_files":3,"uncopied_files":0,"last_file_added":"/path","last_file_copied":"/other","finalized_until_published":1687797400.0}},"counters":{"iterations":1,"copies":2,"errors_timeout":3,"errors_nonzero":4,"errors_sqlite":5},"instance_id":"srv20","version":"0.1.0","started_at":100.0,"degraded":true,"conditions":[)" +
            three_failed_text + R"(],"transfers":[],"archives":{"smurf":)" + waiting_text + "}}");
}

// What a reader of one Python agent knows: its own statistics, not by archive.
BOOST_AUTO_TEST_CASE(session_of_one_archive_has_the_agents_keys_and_flat_statistics) {
    archive_session data;
    data.activity = "deleting";
    data.timestamp = 1661284493.5;
    data.archive_stats = {1687797424.6, 3, 0, "/path", "/other", 1687797400};
    data.counters = {1, 2, 3, 4, 5};
    BOOST_TEST(
        shown(data) ==
        R"({"activity":"deleting","timestamp":1661284493.5,"last_copy":{},"archive_stats":{"finalized_until":1687797424.6,"num_files":3,"uncopied_files":0,"last_file_added":"/path","last_file_copied":"/other","finalized_until_published":1687797400.0},"counters":{"iterations":1,"copies":2,"errors_timeout":3,"errors_nonzero":4,"errors_sqlite":5}})");
}

BOOST_AUTO_TEST_CASE(status_before_anything_has_happened_has_its_keys) {
    BOOST_TEST(
        shown(status_snapshot{}) ==
        R"({"activity":"idle","timestamp":0.0,"last_copy":{},"archive_stats":{},"counters":{"iterations":0,"copies":0,"errors_timeout":0,"errors_nonzero":0,"errors_sqlite":0},"instance_id":"","version":"","started_at":0.0,"degraded":false,"conditions":[],"transfers":[],"archives":{}})");
}

BOOST_AUTO_TEST_CASE(last_copy_is_empty_before_the_first_and_has_no_stop_time_while_it_runs) {
    status_snapshot data;
    BOOST_TEST(last_copy_of(data) == "{}");
    data.last_copy = last_copy{5, {}, std::nullopt, std::nullopt};
    BOOST_TEST(last_copy_of(data) == R"({"start_time":5.0,"files":[]})");
    data.last_copy->stop_time = 6;
    data.last_copy->error = "timed out";
    BOOST_TEST(last_copy_of(data) == R"({"start_time":5.0,"files":[],"stop_time":6.0,"error":"timed out"})");
}

BOOST_AUTO_TEST_CASE(file_has_the_columns_of_the_table_and_what_is_known_beside) {
    BOOST_TEST(shown(ignored_file()) == ignored_file_text);
}

BOOST_AUTO_TEST_CASE(archive_has_its_keys) {
    archive_report report;
    auto& c = report.configuration;
    c.name = "smurf";
    c.instance_id = "srv20";
    c.suprsync_file_root = "/root";
    c.remote_basedir = "/base";
    c.ssh_host = "user@host";
    c.delete_local_after = 7;
    c.copy_timeout = 0.5;
    c.files_per_batch = 100;
    c.compression = true;
    c.recheck_remote = recheck_kind::md5;
    c.local_roots = {"/data", "/more"};
    report.statistics = {1687797424.6, 99, 98, "a", "b", 1687797400};
    report.counts = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15, 12.5, 13, 13.5, "/added", "/copied", {}};
    report.activity = waiting;
    report.conditions = {three_failed, three_failed};
    BOOST_TEST(
        shown(report) ==
        R"({"name":"smurf","configuration":{"instance_id":"srv20","suprsync_file_root":"/root","remote_basedir":"/base","ssh_host":"user@host","ssh_key":null,"remote_staging_dir":null,"remote_suprsync":"suprsync","delete_local_after":7.0,"max_copy_attempts":5,"copy_timeout":0.5,"cmd_timeout":null,"stall_timeout":300.0,"files_per_batch":100,"sleep_time":60.0,"compression":true,"bwlimit":null,"chmod":"g+rwX,o+rX","concurrency":null,"recheck_remote":"md5","verify_from":"cache","remote_links":"refuse","transfer":"auto","scrub_every":null,"scrub_rate":"20MB","local_roots":["/data","/more"]},"statistics":{"finalized_until":1687797424.6,"finalized_until_published":1687797400.0,"num_files":1,"uncopied_files":2,"failed_files":3,"ignored_files":4,"verified_files":5,"deleted_files":6,"uncopied_bytes":7,"oldest_uncopied":12.5,"last_file_added":"/added","last_file_copied":"/copied"},"activity":)" +
            waiting_text + R"(,"conditions":[)" + three_failed_text + "," + three_failed_text + "]}");
}

BOOST_AUTO_TEST_CASE(recheck_remote_has_its_words) {
    archive_report report;
    for (const auto& [kind, word] :
         {std::pair{recheck_kind::size, "size"}, {recheck_kind::md5, "md5"}, {recheck_kind::off, "off"}}) {
        report.configuration.recheck_remote = kind;
        const auto text = json::parse(shown(report)).at("configuration").at("recheck_remote");
        BOOST_TEST(text.as_string() == word);
    }
}

BOOST_AUTO_TEST_CASE(timecode_directory_has_its_keys) {
    timecode_view directory;
    directory.timecode = 17000;
    directory.archive_name = "smurf";
    directory.completed = true;
    directory.finalized = true;
    directory.revision = 2;
    directory.last_finalized_at = 1700100000.5;
    directory.files = 3;
    directory.unsettled = 2;
    directory.failed = 1;
    directory.blocking = {ignored_file(), ignored_file()};
    BOOST_TEST(
        shown(directory) ==
        R"({"timecode":17000,"archive_name":"smurf","completed":true,"synced":false,"finalized":true,"revision":2,"last_finalized_at":1700100000.5,"files":3,"unsettled":2,"failed":1,"lost":0,"removed_there":false,"blocking":[)" +
            ignored_file_text + "," + ignored_file_text + "]}");
}

BOOST_AUTO_TEST_CASE(timecode_directory_that_was_never_finalized_has_its_keys) {
    BOOST_TEST(
        shown(timecode_view{}) ==
        R"({"timecode":0,"archive_name":"","completed":false,"synced":false,"finalized":false,"revision":0,"last_finalized_at":null,"files":0,"unsettled":0,"failed":0,"lost":0,"removed_there":false,"blocking":[]})");
}

BOOST_AUTO_TEST_SUITE_END()
