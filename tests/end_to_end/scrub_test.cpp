// The check of copies in the background, on a real destination, and the base directory that is exchanged
// under the daemon.
#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/configured_site.hpp"
#include "tests/end_to_end/tool.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(background_checks)

namespace {

struct scrubbed_site : configured_site {
    const std::string name = "hk";
    std::int64_t first = 0, second = 0;

    explicit scrubbed_site(const std::string& scrub = "    scrub: {every: 1s, rate: 100MB/s}\n") {
        use_ssh();
        configure({archive_text(name, by_ssh() + scrub)});
        first = add_to(name, remote("a"), "content of a");
        second = add_to(name, remote("b"), "content of b");
    }
    static std::string remote(const std::string& file) {
        return std::to_string(timecode_now()) + "/hk/" + file;
    }
    fs::path copy(const std::string& file) const { return destination / name / remote(file); }
    double oldest_check() const {
        const auto& value = status().at("archives").at(name).at("oldest_check");
        return value.is_null() ? 0 : value.to_number<double>();
    }
    void await_check_after(double when) {
        wait_until("all copies were checked", [&] { return oldest_check() > when; });
    }
    /// When all is verified, another disk comes in the place of the base directory; where that one is now.
    fs::path exchange_base() {
        start();
        await_all_verified();
        stop();
        const auto old = destination / "old";
        fs::rename(destination / name, old);
        fs::create_directories(copy("b").parent_path());
        return old;
    }
    void resume_with_it() {
        start();
        await_condition("base_directory");
        BOOST_TEST(http().post("/archives/" + name + "/resume", std::string("{}")).status == 200);
        await_condition("copies_lost");
    }
    std::string lost() const { return std::string(condition("copies_lost").at("message").as_string()); }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_is_damaged_there_is_mended_once_and_the_other_content_kept, scrubbed_site) {
    start();
    await_all_verified();
    await_check_after(0);
    BOOST_TEST(holds(
        tool(*this).run({"status", "--config", file.string(), "--http", options.at("--http-listen")}).out,
        "every copy of hk was checked within the last"));
    wait_until("they were proven", [&] {
        return status().at("archives").at(name).at("scrub").at("files_proven").to_number<int>() >= 2;
    });
    BOOST_TEST(
        holds(http().get("/metrics").body, "suprsync_scrub_round_end_timestamp_seconds{archive=\"hk\"} "));
    write_file(copy("a"), "Content of a");
    await_condition("content_replaced");
    await_all_verified();
    BOOST_TEST(read_file(copy("a")) == "content of a");
}

BOOST_FIXTURE_TEST_CASE(what_vanished_is_told_and_not_sent_again, scrubbed_site) {
    start();
    await_all_verified();
    fs::remove(copy("a"));
    await_condition("copies_lost");
    BOOST_TEST(holds(lost(), remote("a")), lost());
    await_check_after(oldest_check());
    BOOST_TEST(!fs::exists(copy("a")));
    BOOST_TEST(catalog().row(first).verified());
    // After a restart it is told again, and what the advice says mends it.
    stop();
    start();
    await_condition("copies_lost");
    tool t(*this);
    for (const auto& [key, value] : environment) t.environment[key] = value;
    const auto said = t.run({"verify", name, "--requeue", "--yes", "--config", file.string()});
    BOOST_TEST(holds(said.err, "1 file is sent again"), said.err);
    wait_until("it is there again", [&] { return fs::exists(copy("a")); });
    await_no_condition("copies_lost");
}

BOOST_AUTO_TEST_CASE(without_it_nothing_is_asked_for) {
    scrubbed_site s("    scrub: off\n");
    s.start();
    s.await_all_verified();
    BOOST_TEST(s.oldest_check() == 0);
    BOOST_TEST(s.status().at("archives").at(s.name).at("oldest_check").is_null());
}

BOOST_AUTO_TEST_CASE(an_exchanged_base_directory_that_is_resumed_is_asked_for_some_copies_first) {
    scrubbed_site s("");
    fs::copy_file(s.exchange_base() / s.remote("b"), s.copy("b"));
    s.resume_with_it();
    BOOST_TEST(holds(s.lost(), s.remote("a")), s.lost());
    BOOST_TEST(!holds(s.lost(), s.remote("b")), s.lost());
}

BOOST_AUTO_TEST_CASE(a_day_is_not_announced_while_copies_of_it_are_lost) {
    scrubbed_site s("");
    fs::copy_file(s.exchange_base() / s.remote("b"), s.copy("b"));
    s.resume_with_it();
    // A newer day completes this one.
    const auto newer = std::to_string(timecode_now() + 1) + "/hk/c";
    s.add_to(s.name, newer, "content of c");
    s.await_condition("finalization_blocked");
    const std::string blocked(s.condition("finalization_blocked").at("message").as_string());
    BOOST_TEST(holds(blocked, "1 lost: " + s.remote("a")), blocked);
    const tool t(s);
    const tool::arguments open_days{"timecodes", s.name, "--open"};
    const auto shown = t.run(open_days).out;
    BOOST_TEST(holds(shown, "completed, blocked"), shown);
    BOOST_TEST(holds(shown, "(id " + std::to_string(s.first) + ", verified): "), shown);
    BOOST_TEST(t.run({"ignore", std::to_string(s.first)}).exit == exited_with(0));
    wait_until("the day is announced", [&] {
        return s.catalog().number("SELECT count(*) FROM timecode_dirs_v0 WHERE finalized = 1") == 1;
    });
    s.await_no_condition("finalization_blocked");
}

BOOST_AUTO_TEST_CASE(of_an_exchanged_base_directory_small_copies_are_asked_for_by_their_content) {
    scrubbed_site s("");
    fs::copy_file(s.exchange_base() / s.remote("a"), s.copy("a"));
    write_file(s.copy("b"), "Content of b");  // of the same size
    s.resume_with_it();
    BOOST_TEST(holds(s.lost(), s.remote("b")), s.lost());
    BOOST_TEST(holds(s.lost(), "other content stands there"), s.lost());
    BOOST_TEST(!holds(s.lost(), s.remote("a")), s.lost());
}

// As long as it is read elsewhere it is no reason to wake anybody.
BOOST_AUTO_TEST_CASE(a_day_that_was_removed_there_is_one_condition_also_where_nothing_is_deleted) {
    scrubbed_site s;
    s.start();
    s.await_all_verified();
    fs::remove_all(s.copy("a").parent_path().parent_path());
    s.await_condition("day_removed");
    const auto told = std::string(s.condition("day_removed").at("message").as_string());
    const auto day = std::to_string(timecode_now());
    BOOST_TEST(holds(told, "suprsync accept-removal hk " + day), told);
    s.await_check_after(s.oldest_check());
    s.await_no_condition("copies_lost");
    tool t(s);
    for (const auto& [key, value] : s.environment) t.environment[key] = value;
    const auto verified = t.run({"verify", s.name, "--config", s.file.string()});
    BOOST_TEST(holds(verified.err, "2 of these vanished with the whole of " + day +
                                       ": removed on purpose: suprsync accept-removal hk " + day),
               verified.err);
    BOOST_TEST(t.run({"accept-removal", s.name, day, "--db", s.database.string()}).exit == exited_with(0));
    s.await_no_condition("day_removed");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
