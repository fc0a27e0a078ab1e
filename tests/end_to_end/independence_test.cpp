// Two archives of one catalog, each with a daemon of its own: a dead or stalled destination of the one
// changes nothing for the other.
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/site.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(independence)

namespace {

// A second daemon on the catalog of a site, for archive "smurf", copying locally.
struct second_daemon {
    explicit second_daemon(site& s)
        : base(s.destination / "smurf"),
          process(command_of(s, base), s.environment, s.scratch / "second.log") {}

    static std::vector<std::string> command_of(site& s, const std::filesystem::path& base) {
        const auto before = s.options;
        s.options["--archive-name"] = "smurf";
        s.options["--remote-basedir"] = base.string();
        s.options["--http-listen"] = "unix:" + (s.scratch / "second").string();
        s.options.erase("--ssh-host");
        s.options.erase("--ssh-key");
        auto command = s.command();
        s.options = before;
        return command;
    }

    std::filesystem::path base;
    daemon_process process;
};

std::vector<std::int64_t> add_to_smurf(site& s, int from, int to) {
    std::vector<catalog_row> rows;
    for (int i = from; i < to; ++i) {
        const auto name = std::to_string(timecode_now()) + "/smurf/" + std::to_string(i);
        rows.push_back(s.make_file(name, name, "content of " + name));
        rows.back().archive_name = "smurf";
    }
    return s.catalog().insert(rows);
}

// While the first archive fails, the second one delivers file after file, and loses nothing.
void check_second_is_undisturbed(site& s) {
    for (int round = 0; round < 5; ++round)
        for (const auto id : add_to_smurf(s, round * 20, round * 20 + 20)) s.await_verified(id);
    BOOST_TEST(
        s.catalog().number(
            "SELECT count(*) FROM supersync_v0 WHERE archive_name = 'smurf' AND failed_copy_attempts > 0") ==
        0);
    const http_client second("unix:" + (s.scratch / "second").string());
    const auto status = second.get("/status").json().as_object();
    BOOST_TEST(!status.at("degraded").as_bool());
    BOOST_TEST(status.at("counters").at("copies").to_number<int>() == 100);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_dead_destination_delays_no_other_archive) {
    site s;
    s.use_ssh();
    const auto waiting = s.add_file("a", "17000/hk/a", "content");
    s.stop_sshd();
    s.start();
    s.await_condition("destination_unreachable");
    second_daemon second(s);
    check_second_is_undisturbed(s);
    BOOST_TEST(!s.catalog().row(waiting).verified());
    s.start_sshd();
    s.await_verified(waiting);
}

BOOST_AUTO_TEST_CASE(a_stalled_destination_delays_no_other_archive) {
    site s;
    s.use_ssh_through_proxy();
    s.start();
    const auto first = s.add_file("a", "17000/hk/a", "content");
    s.await_verified(first);
    s.swallow_at_proxy(true);
    const auto waiting = s.add_file("b", "17000/hk/b", "content of b");
    second_daemon second(s);
    check_second_is_undisturbed(s);
    BOOST_TEST(!s.catalog().row(waiting).verified());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
