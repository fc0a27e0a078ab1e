#define BOOST_TEST_MODULE suprsync_storage
#include <boost/test/unit_test.hpp>
