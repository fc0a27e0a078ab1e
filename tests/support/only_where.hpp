// For cases that cannot run everywhere: where they cannot, the report counts them as skipped and, with
// --log_level=test_suite, says why.
#pragma once

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <functional>
#include <string>

namespace suprsync::test {

/// BOOST_AUTO_TEST_CASE(name, *only_where(condition, "what it needs"))
inline boost::unit_test::precondition only_where(std::function<bool()> condition, std::string needed) {
    return boost::unit_test::precondition(
        [condition = std::move(condition), needed = std::move(needed)](boost::unit_test::test_unit_id) {
            boost::test_tools::assertion_result answer(condition());
            answer.message() << "it needs " << needed;
            return answer;
        });
}

/// BOOST_AUTO_TEST_CASE(name, *only_root_can("do it"))
inline boost::unit_test::precondition only_root_can(const std::string& what) {
    return only_where([] { return ::geteuid() == 0; }, "root, to " + what);
}

/// Root in a container may not, as a rule.
inline boost::unit_test::precondition only_where_file_systems_can_be_mounted() {
    return only_where([] { return std::system("unshare -m mount -t tmpfs none /mnt 2>/dev/null") == 0; },
                      "the right to mount file systems");
}

}  // namespace suprsync::test
