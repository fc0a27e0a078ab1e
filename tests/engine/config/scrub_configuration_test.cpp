// What is configured of the scrub: a section for all archives, and one of an archive that goes before it.
#include <boost/test/unit_test.hpp>

#include "engine/config/effective_configuration.hpp"
#include "tests/engine/config/written_configuration.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(scrub_configurations)

namespace {

const std::string for_all = "db_path: /x.db\nsuprsync_file_root: /f\n";

std::string archives_with(const std::string& scrub_of_first) {
    return "archives:\n  - name: a\n    remote_basedir: /a\n" + scrub_of_first +
           "  - {name: b, remote_basedir: /b}\n";
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(it_is_off_by_default_and_in_one_word, written_configuration) {
    for (const std::string scrub : {"", "scrub: off\n", "scrub: {every: off}\n", "scrub: {rate: 1MB}\n"}) {
        const auto c = good(for_all + scrub + archives_with(""));
        BOOST_TEST(!c.archives[0].scrub_every.has_value(), scrub);
        BOOST_TEST(!c.archives[1].scrub_every.has_value(), scrub);
    }
    BOOST_TEST(good(for_all + archives_with("")).archives[0].scrub_rate == "20MB");
}

BOOST_FIXTURE_TEST_CASE(an_archive_has_what_all_have_but_for_what_it_says_itself, written_configuration) {
    const std::string all = for_all + "scrub: {every: 30d, rate: 5MB/s}\n";
    auto c = good(all + archives_with(""));
    for (const auto& archive : c.archives) {
        BOOST_TEST(archive.scrub_every.value() == 30 * 86400);
        BOOST_TEST(archive.scrub_rate == "5MB");
    }
    c = good(all + archives_with("    scrub: off\n"));
    BOOST_TEST(!c.archives[0].scrub_every.has_value());
    BOOST_TEST(c.archives[1].scrub_every.has_value());
    c = good(all + archives_with("    scrub: {every: 7d}\n"));
    BOOST_TEST(c.archives[0].scrub_every.value() == 7 * 86400);
    BOOST_TEST(c.archives[0].scrub_rate == "5MB");
}

BOOST_FIXTURE_TEST_CASE(mistakes_in_it_are_told_with_their_places, written_configuration) {
    refused(for_all + "scrub: {every: 0}\n" + archives_with(""),
            "3: scrub.every: expected a time above 0, such as 30d, or off, got '0'");
    refused(
        for_all + archives_with("    scrub: {evry: 1d}\n"),
        "6: archives[0].scrub.evry: there is no such key (did you mean 'every'?); expected one of every, rate");
    refused(for_all + archives_with("    scrub: 30d\n"),
            "6: archives[0].scrub: expected a mapping of every, rate, got '30d'");
    refused(for_all + "scrub_every: 30d\n" + archives_with(""),
            "3: scrub_every: the key does not belong here: it is every in the section scrub");
    BOOST_TEST(!read(for_all + archives_with("    scrub.every: 30d\n")).has_value());
}

BOOST_FIXTURE_TEST_CASE(what_it_comes_to_is_printed_as_it_is_written, written_configuration) {
    const auto c = read(for_all + "scrub: {every: 30d}\n" + archives_with("    scrub: off\n")).value();
    const auto printed = show_effective(c);
    BOOST_TEST(printed.find("\nscrub:\n  every: 2592000s") != std::string::npos, printed);
    BOOST_TEST(printed.find("\n    scrub:\n      every: off") != std::string::npos, printed);
    const auto again = good(printed);
    BOOST_TEST(!again.archives[0].scrub_every.has_value());
    BOOST_TEST(again.archives[1].scrub_every.value() == 30 * 86400);
}

BOOST_AUTO_TEST_SUITE_END()
