// Whoever has a slot is ended only where nothing moves there any more.
#include <sys/stat.h>
#include <time.h>

#include <algorithm>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/daemon.hpp"
#include "tests/support/net/transport_fixture.hpp"
#include "tests/support/waiting.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(slot_at_rest)

namespace {

bool is_quiet(const fs::path& directory) {
    constexpr int long_enough = 12;  // s: the rule says ten
    const auto changed = [](const fs::path& path) {
        struct ::stat seen{};
        return ::stat(path.c_str(), &seen) == 0 ? seen.st_ctim.tv_sec : ::time(nullptr);
    };
    auto last = changed(directory);
    for (const auto& entry : fs::recursive_directory_iterator(directory))
        last = std::max(last, changed(entry.path()));
    return ::time(nullptr) - last >= long_enough;
}

}  // namespace

// It shows in no slot before it is whole.
BOOST_DATA_TEST_CASE(who_still_receives_ranges_is_left_alone,
                     data::make(std::vector{place::direct, place::far}), where) {
    destination d(where);
    d.prepare();
    const auto item = d.make("17000/a", "x");
    check_finished(d.stage({item}).end);
    daemon_process receiving(
        {"/bin/sh", "-c",
         "cd \"$0\" && mkdir -p ../.parts/0/data && exec 9<. && flock 9 && echo held && while :; do echo >>../.parts/0/data/grows; done",
         d.slot()},
        {}, d.scratch / "receiving");
    receiving.await_line("held");
    wait_until("the slot itself is quiet", [&] { return is_quiet(d.slot()); });
    const auto busy = d.stage({item}).end;
    BOOST_REQUIRE(busy.error.has_value());
    BOOST_TEST((busy.error->code == failure_code::slot_busy), busy.error->text());
    BOOST_TEST(!receiving.ended().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
