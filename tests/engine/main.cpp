#define BOOST_TEST_MODULE suprsync_engine
#include <boost/test/unit_test.hpp>
