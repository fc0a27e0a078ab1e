// What goes wrong on this machine while the daemon copies by itself: whose fault it is, and what is left.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "net/place/sync_process.hpp"
#include "tests/support/dead_mount.hpp"
#include "tests/support/net/printing.hpp"
#include "tests/support/net/transport_fixture.hpp"
#include "tests/support/only_where.hpp"
#include "tests/support/tcp_proxy.hpp"
#include "tests/support/waiting.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(direct_faults, *only_where_file_systems_can_be_mounted())

namespace {

/// Base directory and staging on a small disk of their own.
struct small_disk : destination {
    explicit small_disk(place where, sshd* server = nullptr) : destination(where, server) {
        fs::remove_all(scratch / "dest");
        fs::create_directories(scratch / "dest");
        BOOST_REQUIRE(::mount("tmpfs", (scratch / "dest").c_str(), "tmpfs", 0, "size=2m") == 0);
        fs::create_directories(base());
        prepare();
    }
    ~small_disk() {
        close();
        ::umount2((scratch / "dest").c_str(), MNT_DETACH);
    }
    void remount(unsigned long flags, const char* options) {
        BOOST_REQUIRE(::mount("tmpfs", (scratch / "dest").c_str(), "tmpfs", MS_REMOUNT | flags, options) ==
                      0);
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_full_disk_is_no_files_fault_and_what_came_is_gone_on_with) {
    small_disk d(place::direct);
    const auto item = d.make("17000/large", random_content(3 << 20, 1));
    auto report = d.stage({item, d.make("17000/next", "x")});
    BOOST_REQUIRE(report.end.error.has_value());
    BOOST_TEST((report.end.error->code == failure_code::no_space), report.end.error->text());
    BOOST_TEST(!report.complaints[0]);
    const auto before = report.bytes;
    BOOST_TEST(before > 1U << 20);
    d.remount(0, "size=8m");
    report = d.stage({item});
    check_finished(report.end);
    BOOST_TEST(report.bytes + before == std::uint64_t{3} << 20);
    BOOST_TEST(d.digests({item}).md5[0].value_or("") == md5_of_file(item.local_path));
    BOOST_TEST(d.publish({item}).outcomes[0] == publish_outcome::published);
}

// Neither is the rest of its file, nor of its batch, sent in vain.
BOOST_AUTO_TEST_CASE(a_disk_that_is_full_at_a_far_side_ends_the_batch_at_once) {
    scratch_directory scratch;
    sshd server(scratch / "sshd");
    tcp_proxy proxy{server.port()};
    server.lead_through(proxy.port());
    small_disk d(place::far, &server);
    const auto large = d.make("17000/large", "x");
    constexpr std::uintmax_t size = 200 << 20;
    fs::resize_file(large.local_path, size);
    const auto report = d.stage({{large.local_path, large.remote_path, size}, d.make("17000/next", "x")});
    BOOST_REQUIRE(report.end.error.has_value());
    BOOST_TEST((report.end.error->code == failure_code::no_space), report.end.error->text());
    BOOST_TEST(!report.complaints[0]);
    BOOST_TEST(proxy.to_target() < size / 4);
}

BOOST_DATA_TEST_CASE(a_disk_that_has_become_read_only_is_told_as_such,
                     data::make({place::direct, place::far}), where) {
    small_disk d(where);
    const auto items = std::vector{d.make("17000/a", "a"), d.make("17000/b", "b")};
    check_finished(d.stage(items).end);
    d.remount(MS_RDONLY, "size=2m");
    const auto other = std::vector{d.make("17000/c", "c"), d.make("17000/d", "d")};
    const auto staged = d.stage(other);
    BOOST_REQUIRE(staged.end.error.has_value());
    BOOST_TEST((staged.end.error->code == failure_code::not_permitted), staged.end.error->text());
    const auto published = d.publish(items);
    BOOST_REQUIRE(published.end.error.has_value());
    BOOST_TEST((published.end.error->code == failure_code::not_permitted), published.end.error->text());
    for (const auto outcome : published.outcomes) BOOST_TEST(outcome == publish_outcome::unknown);
    d.remount(0, "size=2m");
    for (const auto outcome : d.publish(items).outcomes) BOOST_TEST(outcome == publish_outcome::published);
}

BOOST_AUTO_TEST_CASE(a_local_file_that_does_not_answer_is_a_problem_of_its_place) {
    destination d(place::direct);
    d.options.archive.stall_timeout = 0.3;
    d.prepare();
    fs::create_directory(d.local("dead"));
    const dead_mount dead(d.local("dead"));
    const auto fine = d.make("17000/fine", "1");
    const stage_item hangs{d.local("dead/a"), "17000/hangs", 1};
    const auto report = d.stage({fine, hangs});
    BOOST_REQUIRE(report.end.error.has_value());
    BOOST_TEST((report.end.error->code == failure_code::place), report.end.error->text());
    BOOST_TEST(!report.unreadable[0]);
    BOOST_REQUIRE(report.unreadable[1].has_value());
    // It has the slot that it hangs in; others are free.
    BOOST_TEST((d.stage({fine}).end.error.value().code == failure_code::slot_busy));
    check_finished(d.stage({fine}, stage_mode::resume, 1).end);
}

BOOST_AUTO_TEST_CASE(a_base_directory_that_does_not_answer_stalls_and_holds_up_no_end) {
    destination d(place::direct);
    d.options.archive.stall_timeout = 0.3;
    d.prepare();
    const auto item = d.make("17000/a", "a");
    check_finished(d.stage({item}).end);
    const dead_mount dead(d.base());
    const auto published = d.publish({item});
    BOOST_REQUIRE(published.end.error.has_value());
    BOOST_TEST((published.end.error->code == failure_code::stalled), published.end.error->text());
    BOOST_TEST(published.outcomes[0] == publish_outcome::unknown);
    d.close();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(syncs_without_a_shell)

namespace {

/// A directory for notes, and file systems that can be synced or not.
struct noted_syncs {
    sync_end sync(bool works, bool known = false) {
        return run_sync({{works ? notes : -1}, notes, false, known}, watch);
    }
    bool is_noted() const { return fs::exists(place / "failed_sync"); }

    scratch_directory place;
    int notes = ::open(place.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    work_watch watch;
    ~noted_syncs() { ::close(notes); }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_sync_that_failed_is_told_until_the_caller_says_that_it_knows, noted_syncs) {
    BOOST_TEST((sync(true) == sync_end::done));
    BOOST_TEST((sync(false) == sync_end::failed));
    BOOST_TEST((sync(true) == sync_end::failed_before));
    BOOST_TEST((sync(false, true) == sync_end::failed));
    BOOST_TEST((sync(true, true) == sync_end::done));
    BOOST_TEST((sync(true) == sync_end::done));
}

BOOST_FIXTURE_TEST_CASE(a_sync_goes_on_when_nobody_waits_any_more_and_notes_that_it_failed, noted_syncs) {
    const int lock = ::open(place.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    BOOST_REQUIRE(::flock(lock, LOCK_EX) == 0);
    watch.stop = true;
    BOOST_TEST((sync(false) == sync_end::stopped));
    BOOST_TEST(!is_noted());
    ::close(lock);
    wait_until("the failure is noted", [this] { return is_noted(); });
}

BOOST_AUTO_TEST_SUITE_END()
