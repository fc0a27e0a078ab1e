// Writers with SQLite's default patience beside a daemon at work: none sees an error, none waits a second.
#include <boost/test/unit_test.hpp>
#include <thread>

#include "tests/end_to_end/site.hpp"
#include "tests/support/instrumented.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(foreign_writers)

BOOST_AUTO_TEST_CASE(four_threads_commit_a_hundred_rows_a_second_beside_the_daemon) {
    constexpr int writers = 4;
    constexpr int rows_each = 200;
    constexpr auto between = std::chrono::milliseconds(1000 * writers / 100);
    site s;
    s.options["--delete-local-after"] = "2";
    s.options["--files-per-batch"] = "20";  // many small batches: the daemon writes as often as it can
    std::vector<std::vector<catalog_row>> rows(writers);
    for (int w = 0; w < writers; ++w)
        for (int i = 0; i < rows_each; ++i) {
            const auto name = "w" + std::to_string(w) + "/" + std::to_string(i);
            rows[static_cast<std::size_t>(w)].push_back(
                s.make_file(name, "17000/" + name, "content " + name));
        }
    s.catalog();
    s.start();

    struct outcome {
        std::string error;
        std::chrono::duration<double> longest{};
    };
    std::vector<outcome> outcomes(writers);
    std::vector<std::thread> threads;
    for (std::size_t w = 0; w < writers; ++w)
        threads.emplace_back([&, w] {
            try {
                foreign_writer writer(s.database);
                auto due = std::chrono::steady_clock::now();
                for (auto& row : rows[w]) {
                    std::this_thread::sleep_until(due +=
                                                  between);  // the rate is the load, not a guess at a state
                    row.timestamp = now();
                    const auto begun = std::chrono::steady_clock::now();
                    writer.insert(row);
                    outcomes[w].longest = std::max<std::chrono::duration<double>>(
                        outcomes[w].longest, std::chrono::steady_clock::now() - begun);
                }
            } catch (const std::exception& e) {
                outcomes[w].error = e.what();
            }
        });
    for (auto& thread : threads) thread.join();
    for (const auto& o : outcomes) {
        BOOST_TEST(o.error == "");
        // A second is what the program promises; built with sanitizers it is several times as slow.
        BOOST_TEST(o.longest.count() < (instrumented ? 4.0 : 1.0));
    }
    s.await_all_verified();
    wait_until("all are deleted", [&] { return files_below(s.data).empty(); });
    BOOST_TEST(s.catalog().number("SELECT count(*) FROM supersync_v0 WHERE remote_path LIKE '17000/w%'") ==
               writers * rows_each);
    s.check_delivered();
}

BOOST_AUTO_TEST_CASE(a_locked_database_is_waited_for_and_reported) {
    site s;
    const auto id = s.add_file("a", "17000/hk/a", "content");
    const auto late = s.make_file("b", "17000/hk/b", "content of b");
    s.start();
    s.await_finalized(old_timecode);

    foreign_writer greedy(s.database);
    greedy.execute("BEGIN IMMEDIATE");
    greedy.execute("UPDATE supersync_v0 SET deletable = 1 WHERE id = " + std::to_string(id));
    // A registration waits for the lock a while, the loop does not.
    const boost::json::value wanted{{"local_path", late.local_path},
                                    {"remote_path", late.remote_path},
                                    {"archive_name", late.archive_name}};
    http_response refused;
    {
        const std::jthread waiting([&] { refused = s.http().post("/files", wanted); });
        BOOST_TEST(s.http().get("/healthz").status == 200);
    }
    BOOST_TEST(refused.status == 503);
    BOOST_TEST(refused.headers.contains("retry-after"));
    BOOST_TEST(refused.body.find("fuser -v") != std::string::npos, refused.body);
    s.await_condition("database_locked");
    BOOST_TEST(s.status().at("counters").at("errors_sqlite").to_number<int>() > 0);
    greedy.execute("COMMIT");
    s.await_no_condition("database_locked");
    BOOST_TEST(s.catalog().number("SELECT count(*) FROM supersync_v0 WHERE remote_path = '17000/hk/b'") == 0);
    BOOST_TEST(s.http().post("/files", wanted).status == 201);
    wait_until("what was posted again is verified", [&] {
        return s.catalog().number(
                   "SELECT count(*) FROM supersync_v0 WHERE remote_path = '17000/hk/b' AND remote_md5sum = local_md5sum") ==
               1;
    });
    BOOST_TEST(s.daemon().lines_with("condition database_locked") == 2U);  // once begun, once over
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
