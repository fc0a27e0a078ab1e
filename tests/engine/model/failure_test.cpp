#include "engine/model/failure.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(failures)

BOOST_AUTO_TEST_CASE(every_code_has_a_name_of_its_own) {
    std::set<std::string> names;
    const int last = static_cast<int>(failure_code::in_use);
    for (int code = 0; code <= last; ++code)
        names.insert(std::string(name_of(static_cast<failure_code>(code))));
    BOOST_TEST(names.size() == static_cast<std::size_t>(last) + 1);
    BOOST_TEST(!names.contains("unknown"));
    BOOST_TEST(name_of(failure_code::no_space) == "no_space");
}

BOOST_AUTO_TEST_CASE(a_failure_reads_as_a_sentence) {
    BOOST_TEST((failure{failure_code::io, "copy", "/a", "disk error"}.text()) ==
               "cannot copy /a: disk error");
    BOOST_TEST((failure{failure_code::io, "copy", "", "disk error"}.text()) == "cannot copy: disk error");
    BOOST_TEST((failure{failure_code::io, "copy", "/a", ""}.text()) == "cannot copy /a");
}

BOOST_AUTO_TEST_CASE(the_value_of_a_failed_result_is_an_exception_that_keeps_the_failure) {
    const result<int> failed = failure{failure_code::no_space, "stage", "b", "full"};
    try {
        (void)failed.value();
        BOOST_FAIL("value() of a failure returned");
    } catch (const failure_error& e) {
        BOOST_TEST((e.why() == failed.error()));
        BOOST_TEST(std::string(e.what()) == "cannot stage b: full");
    }
}

BOOST_AUTO_TEST_SUITE_END()
