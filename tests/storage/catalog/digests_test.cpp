// Records of digests stand in the catalog, each under its name.
#include <boost/test/unit_test.hpp>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_digests)

namespace {

struct digest_records : ready_database {
    std::string last(const std::string& name) { return ask(catalog().last_digest(name)).value(); }
    void record(const std::string& name, const std::string& text) {
        ask(catalog().record_digest(name, text)).value();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_new_catalog_knows_of_none, digest_records) {
    BOOST_TEST(last("srv20 08:00") == "");
}

BOOST_FIXTURE_TEST_CASE(the_last_record_of_a_name_is_known_after_a_restart, digest_records) {
    record("srv20 08:00", "first");
    record("srv20 20:00 local", "of another hour");
    record("srv20 08:00", "second\nwith 'lines'\n");
    close();
    make_ready();
    BOOST_TEST(last("srv20 08:00") == "second\nwith 'lines'\n");
    BOOST_TEST(last("srv20 20:00 local") == "of another hour");
    BOOST_TEST(last("srv21 08:00") == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
