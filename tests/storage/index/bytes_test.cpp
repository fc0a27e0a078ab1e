// Bytes by archive and state: learnt where a file is looked at, kept through every change of its row, and
// counted anew when everything is indexed anew.
#include <boost/test/unit_test.hpp>

#include "tests/storage/index/recount.hpp"
#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_bytes)

namespace {

registration sized(int n, std::uint64_t size, const std::string& name = archive) {
    auto r = registration_of(row_of(n, name));
    r.size = size;
    return r;
}

// unsettled, failed, ignored, verified, removed
using five = std::vector<std::int64_t>;

five bytes_of(open_database& d, const std::string& name = archive) {
    const auto c = d.counts(name).value();
    return {c.known_bytes_unsettled, c.known_bytes_failed, c.known_bytes_ignored, c.known_bytes_verified,
            c.known_bytes_removed};
}

#define BYTES(d, ...) BOOST_TEST(bytes_of(d) == (five{__VA_ARGS__}), boost::test_tools::per_element())

}  // namespace

BOOST_AUTO_TEST_CASE(follow_the_file_through_its_states) {
    ready_database d;
    const auto id = d.add({sized(1, 300)}).value().at(0).file.row.id;
    BOOST_TEST(d.view(id).bytes.value() == 300U);
    BYTES(d, 300, 0, 0, 0, 0);

    file_outcome lost;
    lost.seen = d.row(id);
    lost.fail_for_good = true;
    d.record({lost}).value();
    BYTES(d, 300, 300, 0, 0, 0);

    d.foreign().execute("UPDATE supersync_v0 SET \"ignore\" = 1");
    BYTES(d, 0, 0, 300, 0, 0);
    d.foreign().execute("UPDATE supersync_v0 SET \"ignore\" = 0, failed_copy_attempts = 0");
    BYTES(d, 300, 0, 0, 0, 0);

    // The file has grown since: what was sent counts.
    file_outcome arrived;
    arrived.seen = d.row(id);
    arrived.verified = true;
    arrived.remote_md5sum = arrived.seen.local_md5sum;
    arrived.size = 350;
    d.record({arrived}).value();
    BYTES(d, 0, 0, 0, 350, 0);
    d.foreign().execute("UPDATE supersync_v0 SET deletable = 0");
    BYTES(d, 0, 0, 0, 350, 0);
    d.foreign().execute("UPDATE supersync_v0 SET deletable = 1");

    d.record_deletions({{d.row(id), deletion_outcome::deleted, "", later, 0, {}}}).value();
    BYTES(d, 0, 0, 0, 350, 350);

    d.foreign().execute("UPDATE supersync_v0 SET archive_name = 'other', removed = NULL");
    BYTES(d, 0, 0, 0, 0, 0);  // another file for all that is known
    d.foreign().execute("DELETE FROM supersync_v0");
    BOOST_TEST(bytes_of(d, "other") == (five{0, 0, 0, 0, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(are_learnt_when_a_file_of_the_agent_is_deleted) {
    ready_database d;
    const auto id = d.foreign().insert(verified(row_of(1)));
    BYTES(d, 0, 0, 0, 0, 0);
    d.record_deletions({{d.row(id), deletion_outcome::postponed, "", later, later + 9, 300}}).value();
    BYTES(d, 0, 0, 0, 300, 0);
    d.record_deletions({{d.row(id), deletion_outcome::deleted, "", later, 0, 300}}).value();
    BYTES(d, 0, 0, 0, 300, 300);
}

BOOST_AUTO_TEST_CASE(of_a_large_registration_are_known_too) {
    ready_database d;
    std::vector<registration> files;
    for (int n = 0; n < 4500; ++n) files.push_back(sized(n, 10));
    d.add(files).value();
    BYTES(d, 45'000, 0, 0, 0, 0);
    BOOST_TEST(d.view(4500).bytes.value() == 10U);
}

// The same file again: what is known of the row stays, the new version has its own.
BOOST_AUTO_TEST_CASE(of_a_superseded_version_are_ignored) {
    ready_database d;
    auto first = sized(1, 10), second = sized(1, 20);
    first.local_md5sum = sum_of("one");
    second.local_md5sum = sum_of("two");
    d.add({first}).value();
    d.add({second}).value();
    BYTES(d, 20, 0, 10, 0, 0);
}

// Every row is counted anew when its turn comes, as it is then.
BOOST_AUTO_TEST_CASE(are_counted_anew_when_everything_is_indexed_anew) {
    open_database d;
    d.make_ready();
    std::vector<registration> files;
    for (int n = 0; n < 3000; ++n) files.push_back(sized(n, static_cast<std::uint64_t>(n)));
    d.add(files).value();
    d.foreign().execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id % 5 = 0");
    d.foreign().execute("UPDATE supersync_v0 SET remote_md5sum = local_md5sum WHERE id % 5 = 1");
    d.foreign().execute("UPDATE supersync_v0 SET removed = 5 WHERE id % 10 = 1");
    d.foreign().execute("UPDATE supersync_v0 SET failed_copy_attempts = 9 WHERE id % 5 = 2");
    const auto before = bytes_of(d);
    for (const auto& [name, bytes] : {std::pair{"verified", before[3]}, std::pair{"failed", before[1]}})
        BOOST_TEST(bytes > 0, name);
    d.close();
    d.foreign().execute("DROP TRIGGER suprsync_file_deleted");
    // Somebody lost count.
    d.foreign().execute("UPDATE suprsync_counts SET files = files + 7, bytes = bytes + 9");

    d.foreign().execute("DELETE FROM supersync_v0 WHERE id > 2900 OR id < 100");
    d.foreign().execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id > 2800 OR id < 200");
    d.open().value();
    d.add({sized(9000, 7)}).value();
    BOOST_TEST(!d.prepare_step().value().done);
    d.foreign().execute("UPDATE supersync_v0 SET \"ignore\" = 0 WHERE id > 2850 OR id < 150");
    d.close();
    d.open().value();
    d.prepare();
    d.serve().value();
    check_against_recount(d, {{archive, max_attempts}});
    BOOST_TEST(bytes_of(d) != before);
    BOOST_TEST(d.prepare_step().value().done);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
