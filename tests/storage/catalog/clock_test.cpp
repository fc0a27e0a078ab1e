// The record of what this machine's clock was set to when it was last believed.
#include <boost/test/unit_test.hpp>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_clock)

namespace {

struct clock_record : ready_database {
    std::optional<trusted_clock> recorded() { return ask(catalog().last_trusted_clock()).value(); }
    void record(const trusted_clock& clock) { ask(catalog().trust_clock(clock)).value(); }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_new_catalog_knows_of_no_clock, clock_record) {
    BOOST_TEST(!recorded().has_value());
}

BOOST_FIXTURE_TEST_CASE(the_clock_that_was_believed_last_is_known_after_a_restart, clock_record) {
    const trusted_clock seen{"6f1c-1", 1'700'000'000.125, false};
    const trusted_clock accepted{"6f1c-2", -5, true};
    record(seen);
    BOOST_TEST((recorded() == seen));
    record(accepted);
    close();
    make_ready();
    BOOST_TEST((recorded() == accepted));
}

BOOST_FIXTURE_TEST_CASE(what_a_person_accepted_is_not_overwritten_by_what_is_seen_of_the_same_time,
                        clock_record) {
    const trusted_clock accepted{"b", 1'700'000'000, true};
    record(accepted);
    BOOST_TEST((ask(catalog().trust_clock({"b", accepted.set_to + 60, false})).value() == accepted));
    BOOST_TEST((recorded() == accepted));
    for (const trusted_clock& other :
         {trusted_clock{"b", accepted.set_to + 61, false}, trusted_clock{"c", accepted.set_to, false},
          trusted_clock{"b", accepted.set_to + 5, true}}) {
        record(accepted);
        BOOST_TEST((ask(catalog().trust_clock(other)).value() == other));
        BOOST_TEST((recorded() == other));
    }
}

BOOST_FIXTURE_TEST_CASE(a_record_that_is_none_is_no_clock, clock_record) {
    for (const auto* text : {"", "b", "b 5", "b x accepted", "b inf"}) {
        foreign().execute("INSERT OR REPLACE INTO suprsync_meta VALUES ('clock', '" + std::string(text) +
                          "')");
        BOOST_TEST(!recorded().has_value(), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
