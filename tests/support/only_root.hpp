// For cases that only root can run: an ordinary user's report counts them as skipped and, with
// --log_level=test_suite, says why.
#pragma once

#include <unistd.h>

#include <boost/test/unit_test.hpp>

namespace suprsync::test {

/// BOOST_AUTO_TEST_CASE(name, *only_root_can("do it"))
inline boost::unit_test::precondition only_root_can(const char* what) {
    return boost::unit_test::precondition([what](boost::unit_test::test_unit_id) {
        boost::test_tools::assertion_result answer(::geteuid() == 0);
        answer.message() << "only root can " << what;
        return answer;
    });
}

}  // namespace suprsync::test
