// What is found at the destination is the local file itself: the base directory is that of the data.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/archive_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(batch_run_finds_the_original)

namespace {

struct same_place : archive_world {
    remote_object object_of(const std::string& path) const {
        const auto& here = disk.files.at(path).identity;
        return {true, here.device, here.inode, 0, here.size};
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_local_file_itself_is_not_verified_and_asked_for_before_it_is_sent_again,
                        same_place) {
    const auto id = add("a");
    const auto itself = [this] { return object_of("/data/a"); };
    there.on_publish = [&](const std::vector<publish_item>&, publish_report& report) {
        report.outcomes[0] = publish_outcome::already_there;
        report.objects = {itself()};
    };
    there.on_stat = [&](const stat_request&, stat_report& report) {
        report.answers[0].size = 12;
        report.answers[0].object = itself();
    };
    for (const bool again : {false, true}) {
        const auto result =
            copy(all_work(), again ? std::unordered_set<file_id>{id} : std::unordered_set<file_id>{});
        BOOST_TEST(!verified(id));
        BOOST_TEST(row(id).failed_copy_attempts == 0);
        BOOST_TEST(result.uncertain == std::vector<file_id>{id}, boost::test_tools::per_element());
        BOOST_TEST(there.count("stage") == 1U);
        archive.tell_originals();
        const auto told = condition(condition_kind::not_a_copy);
        BOOST_TEST(holds_text(told, "/data/a is user@host:/base/17000/a"));
        BOOST_TEST(holds_text(told, "remote_basedir"));
        time.advance(61);
    }
    BOOST_TEST(holds_text(last_error(id), "17000/a at the destination is the local file itself"));
    there.on_publish = {};
    there.on_stat = {};
    copy(all_work(), {id});
    BOOST_TEST(verified(id));
    archive.tell_originals();
    BOOST_TEST(condition(condition_kind::not_a_copy).empty());
}

BOOST_FIXTURE_TEST_CASE(a_staged_file_that_is_the_local_one_is_not_published, same_place) {
    const auto id = add("a"), fine = add("fine");
    there.delivers = false;
    there.on_digests = [&](const digest_request&, digest_report& report) {
        report.objects.resize(2);
        report.objects[0] = object_of("/data/a");
    };
    copy();
    BOOST_TEST(!verified(id));
    BOOST_TEST(verified(fine));
    BOOST_TEST(!there.published.contains("17000/a"));
    BOOST_TEST(row(id).failed_copy_attempts == 0);
}

// Nothing keeps rsync there from writing to the file that it reads.
BOOST_FIXTURE_TEST_CASE(without_staging_the_local_file_itself_is_not_sent, same_place) {
    there.facts.staging.clear();
    archive.destination = there.facts;
    const auto id = add("a");
    there.published["17000/a"] = "content of a";
    there.on_stat = [&](const stat_request&, stat_report& report) {
        report.answers[0].object = object_of("/data/a");
    };
    copy(all_work(), {id});
    BOOST_TEST(!verified(id));
    BOOST_TEST(there.count("stage") == 0U);
    BOOST_TEST(row(id).failed_copy_attempts == 0);
}

BOOST_AUTO_TEST_SUITE_END()
