// Whether a file may be deleted at this moment, other rows for the same file or place considered (spec,
// Deleting).
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

#include "tests/storage/catalog/one_verified.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_may_delete)

BOOST_AUTO_TEST_CASE(may_delete_looks_at_this_moment) {
    one_verified d;
    const auto may = [&]() -> bool { return d.may_delete({d.seen}).value().at(0); };
    BOOST_TEST(may());
    BOOST_TEST(!d.may_delete({d.seen}, d.seen.timestamp).value().at(0));
    BOOST_TEST(d.may_delete({d.seen}, d.seen.timestamp + 1).value().at(0));
    const auto refused_after = [&](const std::string& change, const std::string& back) {
        d.update(change);
        BOOST_TEST(!may(), change);
        d.update(back);
        d.all_changes();
        d.foreign().execute("DELETE FROM suprsync_unproved");  // the copy was read anew
        BOOST_TEST(may(), back);
    };
    const auto sum = "'" + d.seen.local_md5sum + "'";
    refused_after("deletable = 0", "deletable = 1");
    refused_after("deletable = NULL", "deletable = 1");
    refused_after("\"ignore\" = 1", "\"ignore\" = NULL");
    refused_after("removed = 0", "removed = NULL");
    refused_after("remote_md5sum = 'x'", "remote_md5sum = " + sum);
    refused_after("remote_md5sum = NULL", "remote_md5sum = " + sum);
    refused_after("local_md5sum = 'x', remote_md5sum = 'x'",
                  "local_md5sum = " + sum + ", remote_md5sum = " + sum);
    refused_after("local_path = '/x'", "local_path = '" + d.seen.local_path + "'");
    refused_after("remote_path = '/x'", "remote_path = '" + d.seen.remote_path + "'");
    refused_after("timestamp = 1e12", "timestamp = " + std::to_string(d.seen.timestamp));
    d.foreign().execute("DELETE FROM supersync_v0");
    BOOST_TEST(!may());
    BOOST_TEST(d.may_delete({}).value().empty());
}

BOOST_AUTO_TEST_CASE(wanted_by_another_unsettled_row_of_any_archive) {
    one_verified d;
    auto other = row_of(2, "another archive");
    other.local_path = d.seen.local_path;
    const auto id = d.foreign().insert(other);
    const auto wanted = [&]() -> bool { return d.load_deletable().value().at(0).wanted_elsewhere; };
    BOOST_TEST(wanted());
    BOOST_TEST(!d.may_delete({d.seen}).value().at(0));
    const auto after = [&](const std::string& change) -> bool {
        d.foreign().execute("UPDATE supersync_v0 SET " + change + " WHERE id = " + std::to_string(id));
        BOOST_TEST(d.may_delete({d.seen}).value().at(0) != wanted(), change);
        return wanted();
    };
    BOOST_TEST(after("failed_copy_attempts = 99"));  // failed is not settled
    BOOST_TEST(!after("\"ignore\" = 1"));
    BOOST_TEST(after("\"ignore\" = 0"));
    const auto settled = fmt::format("local_md5sum = '{0}', remote_md5sum = '{0}'", d.seen.local_md5sum);
    BOOST_TEST(!after(settled));
    BOOST_TEST(after("remote_md5sum = 'x'"));
    BOOST_TEST(!after("local_path = '/data/1x'"));
}

BOOST_AUTO_TEST_CASE(kept_by_another_verified_row_of_any_archive) {
    one_verified d;
    auto other = row_of(2, "another archive");
    other.local_path = d.seen.local_path;
    other.local_md5sum = d.seen.local_md5sum;
    other.remote_md5sum = d.seen.local_md5sum;
    other.deletable = false;
    const auto id = d.foreign().insert(other);
    const auto kept = [&]() -> bool { return d.load_deletable().value().at(0).wanted_elsewhere; };
    BOOST_TEST(kept());
    BOOST_TEST(!d.may_delete({d.seen}).value().at(0));
    const auto after = [&](const std::string& change) -> bool {
        d.foreign().execute("UPDATE supersync_v0 SET " + change + " WHERE id = " + std::to_string(id));
        d.all_changes();
        d.foreign().execute("DELETE FROM suprsync_unproved");  // its copy was read anew
        BOOST_TEST(d.may_delete({d.seen}).value().at(0) != kept(), change);
        return kept();
    };
    BOOST_TEST(!after("deletable = 1"));
    BOOST_TEST(after("deletable = NULL"));
    BOOST_TEST(!after("removed = 5"));
    BOOST_TEST(after("removed = NULL"));
    BOOST_TEST(!after("\"ignore\" = 1"));
    BOOST_TEST(after("\"ignore\" = 0"));
    // A later registration of it for the same place decides over it.
    other.deletable = true;
    d.foreign().insert(other);
    BOOST_TEST(!kept());
    BOOST_TEST(d.may_delete({d.seen}).value().at(0));
}

BOOST_AUTO_TEST_CASE(a_verified_row_with_other_content_comes_with_the_file) {
    one_verified d;
    auto other = verified(row_of(2, "another archive"));
    other.local_path = d.seen.local_path;
    const auto id = d.foreign().insert(other);
    const auto item = d.load_deletable().value().at(0);
    BOOST_REQUIRE(item.other_versions.size() == 1U);
    BOOST_TEST(item.other_versions[0].id == id);
    BOOST_TEST(!item.wanted_elsewhere);
    BOOST_TEST(!d.may_delete({d.seen}).value().at(0));
    // A later registration of it for the same place decides over it.
    other.local_md5sum = d.seen.local_md5sum;
    other.remote_md5sum = d.seen.local_md5sum;
    d.foreign().insert(other);
    BOOST_TEST(d.load_deletable().value().at(0).other_versions.empty());
    BOOST_TEST(d.may_delete({d.seen}).value().at(0));
}

BOOST_AUTO_TEST_CASE(superseded_by_a_later_row_for_the_same_place) {
    one_verified d;
    auto other = row_of(2);
    other.local_path = d.seen.local_path;
    other.remote_path = d.seen.remote_path;
    other.remote_md5sum = other.local_md5sum;
    other.deletable = false;
    const auto id = d.foreign().insert(other);
    const auto superseded = [&]() -> bool { return d.load_deletable().value().at(0).superseded; };
    BOOST_TEST(superseded());
    const auto after = [&](const std::string& change) -> bool {
        d.foreign().execute("UPDATE supersync_v0 SET " + change + " WHERE id = " + std::to_string(id));
        BOOST_TEST(d.may_delete({d.seen}).value().at(0) != superseded(), change);
        return superseded();
    };
    BOOST_TEST(after("removed = 5"));
    BOOST_TEST(!after("\"ignore\" = 1"));
    BOOST_TEST(after("\"ignore\" = 0"));
    BOOST_TEST(!after("local_path = '/data/other'"));
    BOOST_TEST(after("local_path = '" + d.seen.local_path + "'"));
    BOOST_TEST(!after("remote_path = '17000/other', deletable = 1"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
