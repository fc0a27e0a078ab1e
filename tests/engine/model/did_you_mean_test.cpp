#include "engine/model/did_you_mean.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(slips)

BOOST_AUTO_TEST_CASE(the_nearest_name_is_meant_where_it_is_near) {
    const std::vector<std::string> known{"smurf", "timestreams", "hk"};
    for (const char* slip : {"smruf", "smurff", "smuf", "Smurf", "snurf", "surf"})
        BOOST_TEST(did_you_mean(slip, known) == " (did you mean 'smurf'?)", slip);
    BOOST_TEST(did_you_mean("timestream", known) == " (did you mean 'timestreams'?)");
    BOOST_TEST(did_you_mean("tss", {"ts"}) == " (did you mean 'ts'?)");
    for (const char* other : {"", "sm", "h", "housekeeping", "streams"})
        BOOST_TEST(did_you_mean(other, known) == "", other);
    BOOST_TEST(did_you_mean("smurf", {}) == "");
    // Either may be meant.
    BOOST_TEST(did_you_mean("data3", {"data1", "data2"}) == "");
    BOOST_TEST(did_you_mean(std::string(100'000, 'a'), {std::string(100'000, 'b')}) == "");
}

BOOST_AUTO_TEST_SUITE_END()
