// The rate of an archive that is changed while files are on their way.
#include "net/place/pace.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/net/transport_fixture.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(rates_of_archives)

// At the first one it would take longer than a test may.
BOOST_DATA_TEST_CASE(a_new_one_holds_for_what_is_under_way, data::make({place::direct, place::far}), where) {
    constexpr std::uintmax_t size = 400 << 20;
    destination d(where);
    d.options.archive.bwlimit = "600";
    d.prepare();
    auto item = d.make("17000/large", "x");
    fs::resize_file(item.local_path, size);
    item.size = size;
    stage_request request;
    request.items = {item};
    request.progress = [&](std::uint64_t, std::size_t) {
        auto faster = d.options.archive;
        faster.bwlimit.reset();
        d.paces.of(faster);
    };
    const auto report = d.wait(d.get().stage(std::move(request)));
    check_finished(report.end);
    BOOST_TEST(report.bytes == size);
}

BOOST_AUTO_TEST_SUITE_END()
