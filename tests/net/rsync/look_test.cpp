// A destination that is only looked at, beside a daemon that works there: nothing is made, listed or ended.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/net/transport_fixture.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(looks_at_a_destination)

namespace {

result<destination_facts> look(destination& d, std::optional<base_identity> expected = std::nullopt) {
    prepare_request request;
    request.catalog_uuid = catalog_uuid;
    request.expected = expected;
    request.only_look = true;
    return d.wait(d.get().prepare(std::move(request)));
}

}  // namespace

BOOST_DATA_TEST_CASE(nothing_is_made_and_copies_can_be_asked_for, data::make(both_places)) {
    destination d(sample, sample == place::ssh ? &shared_sshd() : nullptr);
    write_file(d.base() / "17000/a", "content");
    const auto facts = look(d);
    BOOST_REQUIRE(facts.has_value());
    BOOST_TEST(!facts->identity.file_system.empty());
    BOOST_TEST(facts->staging.empty());
    BOOST_TEST(!fs::exists(d.scratch / "dest" / ".suprsync"));
    const auto report = d.stat({"17000/a", "17000/b"}, true);
    check_finished(report.end);
    BOOST_TEST(report.answers.at(0).size.value() == 7U);
    BOOST_TEST(report.answers.at(0).md5.value() == md5_of_file(d.base() / "17000/a"));
    BOOST_TEST(report.answers.at(1).answered);
    BOOST_TEST(!report.answers.at(1).size.has_value());
    BOOST_TEST(!fs::exists(d.scratch / "dest" / ".suprsync"));
}

BOOST_AUTO_TEST_CASE(what_is_staged_there_stays_as_it_is) {
    prepared_destination daemon;
    daemon.stage({daemon.make("17000/a", "staged")});
    const auto before = files_below(daemon.scratch / "dest");
    BOOST_TEST(before.size() == 1U);
    daemon.close();
    const auto facts = look(daemon);
    BOOST_TEST(facts.value().staged.empty());
    BOOST_TEST((files_below(daemon.scratch / "dest") == before));
}

BOOST_AUTO_TEST_CASE(another_base_directory_than_recorded_is_refused) {
    destination d;
    fs::create_directories(d.base());
    BOOST_TEST((look(d, base_identity{"5f", 1}).error().code == failure_code::base_changed));
    fs::remove(d.base());
    BOOST_TEST((look(d).error().code == failure_code::base_missing));
    BOOST_TEST(!fs::exists(d.base()));
}

BOOST_AUTO_TEST_SUITE_END()
