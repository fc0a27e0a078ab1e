#define BOOST_TEST_MODULE suprsync_http
#include <boost/test/unit_test.hpp>
