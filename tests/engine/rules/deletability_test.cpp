#include "engine/rules/deletability.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <vector>

using namespace suprsync;

namespace suprsync {
static std::ostream& operator<<(std::ostream& out, deletability d) {
    constexpr const char* names[] = {"deletable",        "removed",      "ignored",   "kept",
                                     "not_verified",     "superseded",   "too_young", "doubtful",
                                     "wanted_elsewhere", "other_version"};
    return out << names[static_cast<int>(d)];
}
}  // namespace suprsync

BOOST_AUTO_TEST_SUITE(deletability_rule)

namespace {

constexpr epoch_seconds limit = 1000;

// What speaks against the deletion, in the order in which the header lists it.
std::vector<deletability> reasons_against(const file_row& row, const row_surroundings& known) {
    std::vector<deletability> reasons;
    const bool verified = !row.local_md5sum.empty() && row.remote_md5sum == row.local_md5sum;
    if (row.removed.has_value()) reasons.push_back(deletability::removed);
    if (row.ignore) reasons.push_back(deletability::ignored);
    if (!row.deletable) reasons.push_back(deletability::kept);
    if (!verified) reasons.push_back(deletability::not_verified);
    if (known.superseded) reasons.push_back(deletability::superseded);
    if (row.timestamp >= limit) reasons.push_back(deletability::too_young);
    if (known.doubtful) reasons.push_back(deletability::doubtful);
    if (known.wanted_elsewhere) reasons.push_back(deletability::wanted_elsewhere);
    if (known.other_version) reasons.push_back(deletability::other_version);
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
                            for (int known = 0; known < 16; ++known) {
                                file_row row;
                                row.removed = removed;
                                row.ignore = ignore;
                                row.deletable = may_go;
                                row.local_md5sum = local;
                                row.remote_md5sum = remote;
                                row.timestamp = registered;
                                row.failed_copy_attempts = 99;  // says nothing of a verified copy
                                const row_surroundings others{(known & 1) != 0, (known & 2) != 0,
                                                              (known & 4) != 0, (known & 8) != 0};
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

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(deletion_objections)

namespace {

// A row of the catalog beside the one that is judged, and what is known of it.
struct other_case {
    file_row row;
    bool same_spelling = true, doubtful = false, superseded = false, unsynced = false;
    std::string described;
};

file_row judged_row() {
    file_row row;
    row.id = 5;
    row.local_path = "/data/a";
    row.archive_name = "archive";
    row.remote_path = "17000/a";
    row.local_md5sum = "now";
    row.remote_md5sum = "now";
    row.deletable = true;
    return row;
}

// Every combination of what the rules go by.
void for_every_other(const auto& check) {
    for (const file_id id : {1, 5, 9})
        for (const bool same_spelling : {true, false})
            for (const std::string archive : {"archive", "another"})
                for (const std::string remote : {"17000/a", "17000/b"})
                    for (const std::string sum : {"now", "before"})
                        for (const bool verified : {false, true})
                            for (int flags = 0; flags < 64; ++flags) {
                                other_case other{judged_row(),     same_spelling,     (flags & 1) != 0,
                                                 (flags & 2) != 0, (flags & 32) != 0, {}};
                                auto& row = other.row;
                                row.id = id;
                                if (!same_spelling) row.local_path = "/links/a";
                                row.archive_name = archive;
                                row.remote_path = remote;
                                row.local_md5sum = sum;
                                row.remote_md5sum.reset();
                                if (verified) row.remote_md5sum = sum;
                                row.ignore = (flags & 4) != 0;
                                row.deletable = (flags & 8) == 0;
                                if (flags & 16) row.removed = 0;
                                other.described = "id " + std::to_string(id) + ", " + row.local_path + ", " +
                                                  archive + ", " + remote + ", " + sum +
                                                  (verified ? ", verified" : "") + ", flags " +
                                                  std::to_string(flags);
                                check(other);
                            }
}

other_row_facts facts_of(const other_case& other) {
    return {[&] { return other.doubtful; }, [&] { return other.superseded; }, [&] { return other.unsynced; }};
}

// In the words of the contract (spec, Deleting).
objection expected_of(const other_case& other) {
    const auto& row = other.row;
    if (row.id == 5) return {};
    const bool verified = row.remote_md5sum.has_value();
    if (!verified) return {.wanted = !row.ignore};
    const bool has_say = !row.ignore && !row.removed;
    const bool own_earlier_version =
        row.id < 5 && row.archive_name == "archive" && row.remote_path == "17000/a";
    if (has_say && other.doubtful) return {.wanted = true};
    if (!has_say || other.superseded) return {};
    const bool other_version = row.local_md5sum != "now" && !own_earlier_version;
    // The local file is of no use for a copy of other content.
    return {.wanted = !row.deletable || (other.unsynced && !other_version), .other_version = other_version};
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_other_row_of_the_path_has_the_objections_that_it_should) {
    const auto row = judged_row();
    int wanted = 0, versions = 0;
    for_every_other([&](const other_case& other) {
        const auto found = objection_of(other.row, row, facts_of(other));
        const auto expected = other.same_spelling ? expected_of(other) : objection{};
        BOOST_TEST((found == expected), other.described);
        wanted += found.wanted ? 1 : 0;
        versions += found.other_version ? 1 : 0;
    });
    BOOST_TEST(wanted > 0);
    BOOST_TEST(versions > 0);
}

// Rows that wait are found by their names, whatever their spelling.
BOOST_AUTO_TEST_CASE(of_another_spelling_only_a_verified_row_objects) {
    const auto row = judged_row();
    int objections = 0;
    for_every_other([&](const other_case& other) {
        const auto found = objection_of_other_spelling(other.row, row, facts_of(other));
        const bool judged = !other.same_spelling && other.row.remote_md5sum.has_value();
        BOOST_TEST((found == (judged ? expected_of(other) : objection{})), other.described);
        objections += found ? 1 : 0;
    });
    BOOST_TEST(objections > 0);
}

BOOST_AUTO_TEST_CASE(a_wait_for_a_copy_needs_no_sums_and_outlives_failures) {
    const auto row = judged_row();
    auto other = row;
    other.id = 9;
    const other_row_facts nothing{[] { return false; }, [] { return false; }, {}};
    BOOST_TEST(!objection_of(other, row, nothing));
    other.local_md5sum = "";
    other.remote_md5sum = "";
    other.failed_copy_attempts = 99;
    BOOST_TEST(objection_of(other, row, nothing).wanted);
    other.local_path = "/data/A";
    BOOST_TEST(!objection_of(other, row, nothing));
}

BOOST_AUTO_TEST_CASE(queries_are_made_only_where_they_decide) {
    const auto row = judged_row();
    int asked = 0;
    const auto counted = [&] { return ++asked == 0; };
    auto other = row;
    other.id = 9;
    other.remote_md5sum.reset();
    objection_of(other, row, {counted, counted, counted});
    other.ignore = true;
    objection_of(other, row, {counted, counted, counted});
    BOOST_TEST(asked == 0);
    other = row;
    other.id = 9;
    objection_of(other, row, {counted, counted, counted});
    BOOST_TEST(asked == 2);  // whether it is doubtful, or not synced
}

BOOST_AUTO_TEST_SUITE_END()
