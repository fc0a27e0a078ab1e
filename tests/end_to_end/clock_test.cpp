// The clock of this machine is set ahead: nothing is announced or deleted by it until somebody accepts it.
#include <sys/timex.h>

#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/tool.hpp"
#include "tests/support/only_where.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(clock)

namespace {

// Where the kernel calls the clock synchronised, a jump is believed.
bool kernel_does_not_vouch() {
    timex asked{};
    return ::adjtimex(&asked) < 0 || (asked.status & STA_UNSYNC) != 0;
}
const char* const unsynchronised = "a clock that the kernel does not call synchronised";

// To the daemon it is the same whether the clock was set ahead, or was believed to be three days earlier.
struct set_ahead_site : site {
    tool t{*this};

    set_ahead_site() {
        options["--delete-local-after"] = "0";
        options["--once"] = "";
        start_unready();
        BOOST_TEST(daemon().wait() == exited_with(0));
        catalog().execute(
            R"(UPDATE suprsync_meta
            SET value = printf('%s %.3f seen', substr(value, 1, instr(value, ' ') - 1),
                               CAST(substr(value, instr(value, ' ') + 1) AS REAL) - 259200)
            WHERE key = 'clock')");
    }
    process_exit run_once() { return start_unready().wait(); }
    std::size_t announcements() {
        std::size_t n = 0;
        for (const auto& row : catalog().rows()) n += row.remote_path.ends_with("_finalized.yaml") ? 1 : 0;
        return n;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(after_it_was_set_ahead_nothing_is_announced_or_deleted_until_it_is_accepted,
                        set_ahead_site, *only_where(kernel_does_not_vouch, unsynchronised)) {
    const auto id = add_file("a", std::to_string(old_timecode) + "/hk/a", "content");
    BOOST_TEST(run_once() == exited_with(3));
    BOOST_TEST(catalog().row(id).verified());
    BOOST_TEST(fs::exists(data / "a"));
    BOOST_TEST(announcements() == 0U);
    BOOST_TEST(daemon().lines_with("condition clock_untrusted: this machine's clock says ") == 1U);
    BOOST_TEST(daemon().lines_with("it was set ahead by 259200 s") == 1U);

    const auto said = t.run({"accept-clock"});
    BOOST_TEST(said.exit == exited_with(0));
    BOOST_TEST(said.out.find(" UTC is taken as right (the kernel calls the clock unsynchronised)") !=
               std::string::npos);
    BOOST_TEST(run_once() == exited_with(0));
    BOOST_TEST(!fs::exists(data / "a"));
    BOOST_TEST(announcements() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_running_daemon_goes_on_when_it_is_accepted, set_ahead_site,
                        *only_where(kernel_does_not_vouch, unsynchronised)) {
    options.erase("--once");
    const auto id = add_file("a", std::to_string(old_timecode) + "/hk/a", "content");
    start();
    await_verified(id);
    await_condition("clock_untrusted");
    const auto said = t.run({"accept-clock", "--json"});
    BOOST_TEST(!said.json().at("synchronized").as_bool());
    await_no_condition("clock_untrusted");
    wait_until("the local file is deleted", [&] { return !fs::exists(data / "a"); });
    await_finalized(old_timecode);
    stop();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
