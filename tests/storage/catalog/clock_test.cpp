// The record of what this machine's clock was set to when it was last believed.
#include <boost/test/unit_test.hpp>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

namespace {

struct clock_record : ready_database {
    std::optional<trusted_clock> recorded() { return ask(catalog().last_trusted_clock()).value(); }
    void record(const trusted_clock& clock) { ask(catalog().trust_clock(clock)).value(); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(catalog_clock)

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

BOOST_FIXTURE_TEST_CASE(a_record_that_is_none_is_no_clock, clock_record) {
    for (const auto* text : {"", "b", "b 5", "b x accepted", "b inf"}) {
        foreign().execute("INSERT OR REPLACE INTO suprsync_meta VALUES ('clock', '" + std::string(text) +
                          "')");
        BOOST_TEST(!recorded().has_value(), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
