#include "engine/rules/notify_diagnosis.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(notify_diagnosis)

BOOST_AUTO_TEST_CASE(without_entries_nothing_is_said) { BOOST_TEST(judge_notify({}).empty()); }

BOOST_AUTO_TEST_CASE(a_program_that_is_not_there_is_in_the_way_and_all_else_can_be_tried) {
    const auto said = judge_notify({{"the command mail", "mail", "/usr/bin/mail"},
                                    {"the command wall", "wall", ""},
                                    {"the webhook at h", "", ""}});
    BOOST_REQUIRE(said.size() == 3U);
    BOOST_TEST((said[0].how == health::ok));
    BOOST_TEST(said[0].check == "notify 1");
    BOOST_TEST(said[0].text ==
               "the command mail (/usr/bin/mail) is told; to try it: suprsync notify --test --to 1");
    BOOST_TEST((said[1].how == health::failed));
    BOOST_TEST(
        said[1].text ==
        "there is no program 'wall' that this account may execute: install it, or name it with its whole path (notify[1].command)");
    BOOST_TEST((said[2].how == health::ok));
    BOOST_TEST(said[2].text == "the webhook at h is told; to try it: suprsync notify --test --to 3");
    for (const auto& one : said) BOOST_TEST(one.archive == "");
}

BOOST_AUTO_TEST_SUITE_END()
