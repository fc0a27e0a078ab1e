// What the kernel of this machine says of itself.
#include "engine/loop/this_machine.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <ctime>
#include <fstream>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(this_machine)

BOOST_AUTO_TEST_CASE(the_host_has_the_name_that_the_kernel_tells) {
    std::string name;
    std::getline(std::ifstream("/proc/sys/kernel/hostname"), name);
    BOOST_TEST(host_name() == name);
}

BOOST_AUTO_TEST_CASE(memory_that_programs_may_have_is_told) {
    BOOST_TEST(available_memory() > 1U << 20);
    BOOST_TEST(available_memory() < std::uint64_t{1} << 50);
}

BOOST_AUTO_TEST_CASE(the_wall_clock_tells_seconds_since_the_epoch) {
    const auto before = static_cast<double>(std::time(nullptr));
    BOOST_TEST(wall_clock() >= before);
}

BOOST_AUTO_TEST_CASE(the_time_zone_is_that_of_the_machine_at_that_time) {
    // NOLINTBEGIN(concurrency-mt-unsafe)
    ::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    ::tzset();
    BOOST_TEST(utc_offset(1'700'000'000) == 3600);  // November
    BOOST_TEST(utc_offset(1'690'000'000) == 7200);  // July
    ::setenv("TZ", "UTC0", 1);
    ::tzset();
    BOOST_TEST(utc_offset(1'690'000'000) == 0);
    ::unsetenv("TZ");
    ::tzset();
    // NOLINTEND(concurrency-mt-unsafe)
}

BOOST_AUTO_TEST_SUITE_END()
