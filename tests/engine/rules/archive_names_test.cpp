#include "engine/rules/archive_names.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(archive_names)

namespace {

known_archive waiting(const std::string& name, bool served, bool locked) {
    return {name, 2, 2, served, locked};
}

std::vector<std::string> names_of(const unserved_archives& archives) {
    std::vector<std::string> names;
    for (const auto& archive : archives.found()) names.push_back(archive.name);
    return names;
}

using names = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(an_archive_is_known_by_a_row_or_a_daemon) {
    BOOST_TEST(!why_unknown("tss", {}).has_value());
    const std::vector<known_archive> known{
        {"ts", 0, 0, true, false}, {"hk", 3, 0, false, false}, {"gone", 0, 0, false, false}};
    BOOST_TEST(!why_unknown("ts", known).has_value());
    BOOST_TEST(!why_unknown("hk", known).has_value());
    BOOST_TEST(why_unknown("gone", known).has_value());
    const auto why = why_unknown("tss", known).value();
    BOOST_TEST(why.find("those known are ts, hk (did you mean 'ts'?)") != std::string::npos, why);
    // Where nothing is known, there is nothing to go by.
    BOOST_TEST(!why_unknown("tss", {{"gone", 0, 0, false, false}}).has_value());
}

// Every state of an archive: who serves it, whether it has files that wait, and for how long it was seen so.
BOOST_AUTO_TEST_CASE(unserved_is_what_waits_and_nobody_works_on) {
    for (const bool served : {false, true})
        for (const bool locked : {false, true})
            for (const bool is_ours : {false, true})
                for (const std::int64_t unsettled : {0, 2})
                    for (const double age : {0.0, 599.0, 600.0}) {
                        unserved_archives seen;
                        const std::set<std::string> ours =
                            is_ours ? std::set<std::string>{"a"} : std::set<std::string>{};
                        const std::vector<known_archive> known{{"a", 2, unsettled, served, locked}};
                        seen.update(known, ours, 1000);
                        seen.update(known, ours, 1000 + age);
                        const bool expected = unsettled > 0 && !locked && !is_ours && (!served || age >= 600);
                        BOOST_TEST(seen.found().size() == (expected ? 1U : 0U));
                        BOOST_TEST(seen.files() == (expected ? 2 : 0));
                        BOOST_TEST(seen.text().empty() == !expected);
                    }
}

BOOST_AUTO_TEST_CASE(a_daemon_that_came_back_has_its_time_again) {
    unserved_archives seen;
    seen.update({waiting("a", true, false)}, {}, 0);
    seen.update({waiting("a", true, false)}, {}, 600);
    BOOST_TEST(names_of(seen) == names{"a"}, boost::test_tools::per_element());
    seen.update({waiting("a", true, true)}, {}, 601);
    BOOST_TEST(seen.found().empty());
    seen.update({waiting("a", true, false)}, {}, 602);
    seen.update({waiting("a", true, false)}, {}, 1201);
    BOOST_TEST(seen.found().empty());
    seen.update({waiting("a", true, false)}, {}, 1202);
    BOOST_TEST(seen.found().size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_condition_names_five_at_most) {
    unserved_archives seen;
    std::vector<known_archive> known;
    for (const char* name : {"a", "b", "c", "d", "e"}) known.push_back(waiting(name, false, false));
    seen.update(known, {}, 0);
    BOOST_TEST(seen.text().find("2 files for 'a', 2 files for 'b'") != std::string::npos, seen.text());
    BOOST_TEST(seen.text().find("and more") == std::string::npos);
    known.push_back(waiting("f", false, false));
    seen.update(known, {}, 0);
    BOOST_TEST(seen.text().find("'e', and more") != std::string::npos, seen.text());
    BOOST_TEST(seen.files() == 12);
}

BOOST_AUTO_TEST_SUITE_END()
