#define BOOST_TEST_MODULE suprsync_end_to_end
#include <boost/test/unit_test.hpp>
