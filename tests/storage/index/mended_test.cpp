// Somebody drops side tables, indexes or triggers while the catalog is open: that is noticed, and mended
// without a restart.
#include <boost/test/unit_test.hpp>

#include "storage/index/side_tables.hpp"
#include "tests/storage/index/recount.hpp"
#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(mended_side_tables)

namespace {

struct worked_database : ready_database {
    worked_database() {
        serve("other").value();
        for (int n = 0; n < 20; ++n) foreign().insert(row_of(n, n % 3 ? archive : "other"));
        foreign().insert(verified(row_of(30, archive, 17001)));
        foreign().insert(failed(row_of(31)));
        all_changes();
    }
    strings names(const std::string& type) {
        strings found;
        const auto of_type =
            " FROM sqlite_master WHERE sql IS NOT NULL AND name LIKE 'suprsync%' AND type = '" + type + "'";
        const auto count = foreign().number("SELECT count(*)" + of_type);
        for (std::int64_t i = 0; i < count; ++i)
            found.push_back(foreign().text("SELECT name" + of_type + " ORDER BY name LIMIT 1 OFFSET " +
                                           std::to_string(i)));
        return found;
    }
    void mend() {
        const auto noticed = take_changes();
        BOOST_REQUIRE(noticed.has_error());
        BOOST_TEST((noticed.error().code == failure_code::replaced), noticed.error().text());
        ask(catalog().reopen()).value();
        prepare();
        serve().value();
        serve("other").value();
    }
    void check() {
        check_against_recount(*this, {{archive, max_attempts}, {"other", max_attempts}});
        const auto id = foreign().insert(row_of(100));
        bool found = false;
        for (const auto& item : work().items) found = found || item.row.id == id;
        BOOST_TEST(found);
    }
};

void drop_each(const std::string& type) {
    const auto all = worked_database().names(type);
    BOOST_REQUIRE(all.size() >= 6U);
    for (const auto& name : all) BOOST_TEST_CONTEXT(type << " " << name) {
            worked_database d;
            d.foreign().execute("DROP " + type + " " + name);
            d.mend();
            d.check();
        }
}

}  // namespace

BOOST_AUTO_TEST_CASE(any_table_may_go) { drop_each("table"); }
BOOST_AUTO_TEST_CASE(any_trigger_may_go) { drop_each("trigger"); }
BOOST_AUTO_TEST_CASE(any_index_may_go) { drop_each("index"); }

BOOST_AUTO_TEST_CASE(all_may_go_with_rows_coming_unseen) {
    worked_database d;
    for (const auto* type : {"trigger", "table"})
        for (const auto& name : d.names(type)) d.foreign().execute(std::string("DROP ") + type + " " + name);
    d.foreign().insert(row_of(50));
    d.mend();
    d.check();
}

BOOST_AUTO_TEST_CASE(what_was_mended_only_half_is_mended_at_the_next_start) {
    worked_database d;
    d.close();
    d.foreign().execute("DROP TABLE suprsync_files");
    d.foreign().execute(std::string("INSERT INTO suprsync_meta VALUES ('") + rebuild_key + "', '" +
                        being_mended + "')");
    d.make_ready();
    d.serve("other").value();
    d.check();
}

BOOST_AUTO_TEST_CASE(tables_and_indexes_of_others_are_no_matter) {
    worked_database d;
    d.foreign().execute("CREATE TABLE notes_of_others (x); CREATE INDEX theirs ON supersync_v0 (timestamp)");
    BOOST_TEST(d.take_changes().has_value());
    d.check();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
