#include "engine/rules/deletability.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <vector>

using namespace suprsync;

namespace suprsync {
static std::ostream& operator<<(std::ostream& out, deletability d) {
    constexpr const char* names[] = {"deletable", "removed",          "ignored",
                                     "kept",      "not_verified",     "superseded",
                                     "too_young", "wanted_elsewhere", "other_version"};
    return out << names[static_cast<int>(d)];
}
}  // namespace suprsync

BOOST_AUTO_TEST_SUITE(deletability_rule)

namespace {

constexpr epoch_seconds limit = 1000;

// What speaks against the deletion, in the order in which the header lists it.
std::vector<deletability> reasons_against(const file_row& row, other_rows others) {
    std::vector<deletability> reasons;
    const bool verified = !row.local_md5sum.empty() && row.remote_md5sum == row.local_md5sum;
    if (row.removed.has_value()) reasons.push_back(deletability::removed);
    if (row.ignore) reasons.push_back(deletability::ignored);
    if (!row.deletable) reasons.push_back(deletability::kept);
    if (!verified) reasons.push_back(deletability::not_verified);
    if (others.superseded) reasons.push_back(deletability::superseded);
    if (row.timestamp >= limit) reasons.push_back(deletability::too_young);
    if (others.wanted_elsewhere) reasons.push_back(deletability::wanted_elsewhere);
    return reasons;
}

}  // namespace

BOOST_AUTO_TEST_CASE(first_reason_against_deletion_of_every_combination) {
    using sum = std::optional<std::string>;
    int deletable = 0;
    for (const std::optional<epoch_seconds> removed : {std::optional<epoch_seconds>(), {0.0}, {5.0}})
        for (const bool ignore : {false, true})
            for (const bool may_go : {false, true})
                for (const std::string local : {"", "m"})
                    for (const sum& remote : {sum(), sum(""), sum("m"), sum("other")})
                        for (const epoch_seconds registered : {limit - 1, limit, limit + 1})
                            for (const bool superseded : {false, true})
                                for (const bool wanted : {false, true}) {
                                    file_row row;
                                    row.removed = removed;
                                    row.ignore = ignore;
                                    row.deletable = may_go;
                                    row.local_md5sum = local;
                                    row.remote_md5sum = remote;
                                    row.timestamp = registered;
                                    row.failed_copy_attempts = 99;  // says nothing of a verified copy
                                    const other_rows others{superseded, wanted};
                                    const auto reasons = reasons_against(row, others);
                                    BOOST_TEST(judge_deletability(row, limit, others) ==
                                               (reasons.empty() ? deletability::deletable : reasons.front()));
                                    deletable += reasons.empty() ? 1 : 0;
                                }
    BOOST_TEST(deletable == 1);
}

BOOST_AUTO_TEST_CASE(a_row_without_a_time_is_never_old_enough) {
    file_row row;
    row.local_md5sum = "m";
    row.remote_md5sum = "m";
    BOOST_TEST(judge_deletability(row, limit, {}) == deletability::deletable);
    row.undated = true;
    BOOST_TEST(judge_deletability(row, limit, {}) == deletability::too_young);
}

BOOST_AUTO_TEST_CASE(local_file_is_wanted_by_another_unsettled_row_of_its_path) {
    file_row row;
    row.id = 1;
    row.local_path = "/data/a";
    file_row other = row;
    BOOST_TEST(!wants_local_file(other, row));
    other.id = 2;
    BOOST_TEST(wants_local_file(other, row));
    other.archive_name = "another";
    other.remote_path = "17000/other";
    BOOST_TEST(wants_local_file(other, row));
    other.failed_copy_attempts = 99;
    other.removed = 0;
    BOOST_TEST(wants_local_file(other, row));
    other.ignore = true;
    BOOST_TEST(!wants_local_file(other, row));
    other.ignore = false;
    other.local_md5sum = "m";
    other.remote_md5sum = "other";
    BOOST_TEST(wants_local_file(other, row));
    other.remote_md5sum = "m";
    BOOST_TEST(!wants_local_file(other, row));
    other.remote_md5sum.reset();
    other.local_path = "/data/A";
    BOOST_TEST(!wants_local_file(other, row));
}

BOOST_AUTO_TEST_CASE(another_verified_row_that_is_not_deletable_keeps_the_local_file) {
    file_row row;
    row.id = 1;
    row.local_path = "/data/a";
    row.local_md5sum = "m";
    row.remote_md5sum = "m";
    BOOST_TEST(!keeps_local_file(row, row));
    file_row other = row;
    other.id = 2;
    other.archive_name = "another";
    BOOST_TEST(!keeps_local_file(other, row));
    other.deletable = false;
    BOOST_TEST(keeps_local_file(other, row));
    const auto not_if = [&](auto change) {
        auto changed = other;
        change(changed);
        BOOST_TEST(!keeps_local_file(changed, row));
    };
    not_if([](file_row& r) { r.deletable = true; });
    not_if([](file_row& r) { r.ignore = true; });
    not_if([](file_row& r) { r.removed = 0; });
    not_if([](file_row& r) { r.remote_md5sum.reset(); });  // it waits for its copy
    not_if([](file_row& r) { r.local_path = "/data/A"; });
    other.local_path = "/data/A";
    BOOST_TEST(keeps_file(other, row));
}

BOOST_AUTO_TEST_CASE(another_verified_row_with_other_content_has_another_version) {
    file_row row;
    row.id = 2;
    row.local_path = "/data/a";
    row.remote_path = "17000/a";
    row.local_md5sum = "now";
    row.remote_md5sum = "now";
    BOOST_TEST(!has_other_version(row, row));
    file_row other = row;
    other.id = 1;
    other.archive_name = "another";
    BOOST_TEST(!has_other_version(other, row));  // the same content
    other.local_md5sum = other.remote_md5sum.emplace("before");
    BOOST_TEST(has_other_version(other, row));
    const auto not_if = [&](auto change) {
        auto changed = other;
        change(changed);
        BOOST_TEST(!has_other_version(changed, row));
    };
    not_if([](file_row& r) { r.ignore = true; });
    not_if([](file_row& r) { r.removed = 0; });
    not_if([](file_row& r) { r.remote_md5sum.reset(); });
    not_if([](file_row& r) { r.local_path = "/data/A"; });
    not_if([](file_row& r) { r.archive_name = ""; });  // this row's own earlier version
    other.archive_name = "";
    other.remote_path = "17000/elsewhere";
    BOOST_TEST(has_other_version(other, row));
}

BOOST_AUTO_TEST_SUITE_END()
