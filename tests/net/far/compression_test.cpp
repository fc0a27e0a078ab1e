// A far side that is sent compressed content: what is counted is what goes over the link.
#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/net/transport_fixture.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(far_side_compression)

// At this rate the content itself would take ten times the limit.
BOOST_AUTO_TEST_CASE(the_rate_limit_is_that_of_what_goes_over_the_link) {
    destination d(place::compressed);
    d.options.archive.bwlimit = "40";
    d.options.archive.copy_timeout = 100;
    d.prepare();
    const std::vector<stage_item> items = {d.make("17000/large", std::string(40 << 20, 'a')),
                                           d.make("17000/small", std::string(200 << 10, 'b'))};
    const auto staged = d.stage(items);
    check_finished(staged.end);
    BOOST_TEST(staged.bytes == items[0].size + items[1].size);
    const auto sums = d.digests(items);
    for (std::size_t i = 0; i < items.size(); ++i)
        BOOST_TEST(sums.md5[i].value_or("none") == md5_of_file(items[i].local_path));
}

BOOST_AUTO_TEST_SUITE_END()
