// What a catalog of the Python agent holds, read before it is taken over, and nothing of it changed.
#include "storage/catalog/agent_probe.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/files.hpp"
#include "tests/support/foreign_writer.hpp"
#include "tests/support/scratch_directory.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(agent_catalogs)

namespace {

struct agents_catalog {
    scratch_directory scratch;
    std::string path = (scratch / "suprsync.db").string();
    foreign_writer others{path};
    archive_configuration smurf;

    agents_catalog() {
        others.create_tables();
        smurf.name = "smurf";
        smurf.remote_basedir = "/base";
    }
    catalog_row row(const std::string& remote_path, const std::string& archive = "smurf") const {
        catalog_row r;
        r.local_path = "/data/" + remote_path;
        r.local_md5sum = std::string(32, 'a');
        r.archive_name = archive;
        r.remote_path = remote_path;
        r.timestamp = 1.7e9;
        r.failed_copy_attempts = 0;
        r.deletable = true;
        r.ignore = false;
        return r;
    }
    agent_catalog read() const { return probe_agent_catalog(path, {smurf}); }
    agent_rows rows() const { return read().archives.at("smurf"); }
};

using ids = std::vector<file_id>;

}  // namespace

BOOST_FIXTURE_TEST_CASE(rows_are_sorted_by_what_becomes_of_them, agents_catalog) {
    auto verified = row("17000/verified");
    verified.remote_md5sum = verified.local_md5sum;
    auto kept = row("17000/kept");
    kept.remote_md5sum = kept.local_md5sum;
    kept.deletable.reset();
    auto failed = row("17000/failed");
    failed.failed_copy_attempts = 5;
    auto unsummed = row("17000/unsummed");
    unsummed.local_md5sum.clear();
    auto unasked = row("17000/unasked");
    unasked.ignore.reset();
    auto ignored = row("17000/ignored");
    ignored.ignore = true;
    others.insert(
        {verified, kept, failed, unsummed, unasked, ignored, row("17000//odd/./name"), row("../out")});
    const auto found = rows();
    BOOST_TEST(found.rows == 8);
    BOOST_TEST(found.verified == 2);
    BOOST_TEST(found.waiting == 3);
    BOOST_TEST(found.kept.first == ids{2}, boost::test_tools::per_element());
    BOOST_TEST(found.failed.first == ids{3}, boost::test_tools::per_element());
    BOOST_TEST(found.unsummed.first == ids{4}, boost::test_tools::per_element());
    BOOST_TEST(found.null_flags.first == ids{5}, boost::test_tools::per_element());
    BOOST_TEST(found.normalised.first == ids{7}, boost::test_tools::per_element());
    BOOST_TEST(found.refused.first == ids{8}, boost::test_tools::per_element());
    BOOST_TEST(found.conflicting.count == 0);
}

BOOST_FIXTURE_TEST_CASE(a_path_that_another_local_file_owns_is_found_also_where_that_one_is_settled,
                        agents_catalog) {
    auto owner = row("17000/a");
    owner.remote_md5sum = owner.local_md5sum;
    auto claimant = row("17000/./a");
    claimant.local_path = "/data/another";
    others.insert({owner, claimant, row("17000/a", "timestreams")});
    const auto found = read();
    BOOST_TEST(found.archives.at("smurf").conflicting.first == ids{2}, boost::test_tools::per_element());
    BOOST_TEST(found.archives.at("timestreams").waiting == 1);
}

BOOST_FIXTURE_TEST_CASE(of_many_rows_all_are_counted_and_three_are_named, agents_catalog) {
    std::vector<catalog_row> many;
    for (int i = 0; i < 20'001; ++i) many.push_back(row("17000/" + std::to_string(i)));
    for (auto& one : many) one.failed_copy_attempts = 7;
    others.insert(many);
    const auto found = rows();
    BOOST_TEST(found.failed.count == 20'001);
    BOOST_TEST(found.failed.first == (ids{1, 2, 3}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(nothing_of_it_is_changed, agents_catalog) {
    others.insert(row("17000/a"));
    const auto before = read_file(path);
    BOOST_TEST(!read().write_ahead);
    BOOST_TEST(read_file(path) == before);
    BOOST_TEST(files_below(scratch.path()).size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(without_a_catalog_that_is_said, agents_catalog) {
    path = (scratch / "none.db").string();
    BOOST_TEST(read().not_read.find("the daemon makes a new one") != std::string::npos);
    BOOST_TEST(files_below(scratch.path()).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
