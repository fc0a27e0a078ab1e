// Failures of the connection: no file loses an attempt, the destination is tried again, a condition says so
// meanwhile.
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/site.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(connection)

BOOST_AUTO_TEST_CASE(a_destination_that_is_down_is_waited_for) {
    site s;
    s.use_ssh();
    s.options["--max-copy-attempts"] = "1";
    const auto id = s.add_file("a", "17000/hk/a", "content");
    s.stop_sshd();
    s.start();
    s.await_condition("destination_unreachable");
    wait_until("it was tried several times",
               [&] { return s.condition("destination_unreachable").at("count").to_number<int>() >= 3; });
    const auto condition = s.condition("destination_unreachable");
    BOOST_TEST(condition.at("archive").as_string() == s.archive);
    BOOST_TEST(condition.at("since").to_number<double>() < now());
    BOOST_TEST(condition.at("message").as_string().find("tried again") != std::string::npos);
    BOOST_TEST(s.status().at("degraded").as_bool());
    BOOST_TEST(!s.status().at("archives").at(s.archive).at("next_attempt").is_null());
    BOOST_TEST(s.file(id).at("state").as_string() == "pending");
    BOOST_TEST(s.catalog().row(id).failed_copy_attempts.value_or(0) == 0);

    s.start_sshd();
    s.await_verified(id);
    s.await_no_condition("destination_unreachable");
    BOOST_TEST(s.catalog().row(id).failed_copy_attempts.value_or(0) == 0);
    BOOST_TEST(s.daemon().lines_with("condition destination_unreachable") == 2U);  // its begin and its end
    wait_until("nothing is wrong any more", [&] { return !s.status().at("degraded").as_bool(); });
}

BOOST_AUTO_TEST_CASE(a_destination_that_goes_away_between_two_files_is_waited_for) {
    site s;
    s.use_ssh();
    s.options["--max-copy-attempts"] = "1";
    const auto first = s.add_file("a", "17000/hk/a", "content");
    s.start();
    s.await_verified(first);
    s.stop_sshd();
    const auto second = s.add_file("b", "17000/hk/b", "content of b");
    s.await_condition("destination_unreachable");
    BOOST_TEST(s.catalog().row(second).failed_copy_attempts.value_or(0) == 0);
    s.start_sshd();
    s.await_verified(second);
}

BOOST_AUTO_TEST_CASE(an_unknown_host_key_is_not_accepted) {
    site s;
    s.use_ssh();
    s.forget_host_key();
    const auto id = s.add_file("a", "17000/hk/a", "content");
    s.start();
    s.await_condition("destination_unreachable");
    BOOST_TEST(s.condition("destination_unreachable").at("message").as_string().find("ost key") !=
               std::string::npos);
    BOOST_TEST(files_below(s.base).empty());
    BOOST_TEST(s.catalog().row(id).failed_copy_attempts.value_or(0) == 0);
}

BOOST_AUTO_TEST_CASE(no_space_at_the_destination_is_a_condition_that_ends) {
    // rsync 3.2's own words, without filling a disk for them.
    site s;
    s.options["--max-copy-attempts"] = "1";
    const auto id = s.add_file("a", "17000/hk/a", random_content(100'000, 1));
    s.wrap("rsync", "if ! [ -e '" + (s.scratch / "room").string() +
                        R"(' ]; then
echo 'rsync: [receiver] write failed on "/x/17000/hk/a": No space left on device (28)' >&2
echo 'rsync error: error in file IO (code 11) at receiver.c(381) [receiver=3.2.7]' >&2
exit 11
fi
exec $real "$@"
)");
    s.start();
    s.await_condition("destination_full");
    wait_until("it was tried several times",
               [&] { return s.condition("destination_full").at("count").to_number<int>() >= 2; });
    BOOST_TEST(s.catalog().row(id).failed_copy_attempts.value_or(0) == 0);
    write_file(s.scratch / "room", "");
    s.await_verified(id);
    s.await_no_condition("destination_full");
    BOOST_TEST(s.daemon().lines_with("condition destination_full") == 2U);
}

BOOST_AUTO_TEST_CASE(a_connection_that_is_cut_in_the_midst_of_a_batch_costs_no_attempt) {
    site s;
    s.use_ssh_through_proxy();
    s.options["--max-copy-attempts"] = "1";
    std::vector<catalog_row> rows;
    for (int i = 0; i < 20; ++i) {
        const auto name = "17000/hk/" + std::to_string(i);
        rows.push_back(s.make_file(name, name, random_content(500'000, static_cast<std::uint64_t>(i))));
    }
    s.catalog().insert(rows);
    destination_watcher watcher(s.base);
    s.cut_proxy_after(4'000'000);
    s.start();
    s.await_all_verified();
    s.await_finalized(old_timecode);
    BOOST_TEST(s.catalog().number("SELECT max(failed_copy_attempts) FROM supersync_v0") == 0);
    BOOST_TEST(s.daemon().lines_with("condition destination_unreachable") >= 1U);
    s.stop();
    s.check_clean(watcher.stop());
    s.check_delivered();
    BOOST_TEST(s.staged_files().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
