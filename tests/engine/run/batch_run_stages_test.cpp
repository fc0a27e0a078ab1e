// What a batch tells of itself while it runs.
#include <boost/test/unit_test.hpp>

#include "engine/run/early_sums.hpp"
#include "tests/engine/run/archive_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(batch_run_stages)

namespace {

// The stage of each file, at the moment when somebody works on it.
struct stages_world : archive_world {
    std::vector<std::string> seen;

    stages_world() {
        there.tells_progress = false;
        there.on_stage = [this](const stage_request&, stage_report&) { note("stage"); };
        there.on_digests = [this](const digest_request&, digest_report&) { note("digests"); };
        there.on_publish = [this](const std::vector<publish_item>&, publish_report&) { note("publish"); };
        there.on_stat = [this](const stat_request&, stat_report&) { note("stat"); };
        disk.before = [this](const std::string& verb, const std::string&) {
            if (verb == "digest" || verb == "digest_open") note("hash");
        };
    }
    ~stages_world() { end(); }

    void note(const std::string& during) {
        for (const auto& one : environment.transfers.list(true))
            for (const auto id : one.ids)
                seen.push_back(during + ": " +
                               std::string(name_of(environment.transfers.stage_of(id).value())));
    }
};

using lines = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_CASE(it_copies_verifies_and_publishes, stages_world) {
    add("a");
    copy();
    BOOST_TEST(seen == (lines{"stage: copying", "digests: verifying", "publish: publishing"}),
               boost::test_tools::per_element());
    BOOST_TEST(environment.transfers.list().empty());
}

BOOST_FIXTURE_TEST_CASE(in_one_command_it_verifies, stages_world) {
    there.delivers = true;
    add("a");
    copy();
    BOOST_TEST(seen == (lines{"stage: copying", "publish: verifying"}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(what_may_be_there_is_verified_first, stages_world) {
    const auto id = add("a");
    copy(all_work(), {id});
    BOOST_REQUIRE(!seen.empty());
    BOOST_TEST(seen.front() == "stat: verifying");
}

// Both go on at a time; while bytes go, that is what is told.
BOOST_FIXTURE_TEST_CASE(a_sum_that_takes_longer_than_the_copy_is_hashing, stages_world) {
    const auto id = add("a");
    change(id, "local_md5sum = ''");
    there.hold();
    start([](stages_world& w) -> boost::asio::awaitable<void> {
        batch_run run(w.archive, w.all_work(), {});
        co_await run.run();
    }(*this));
    BOOST_TEST(name_of(environment.transfers.stage_of(id).value()) == "copying");
    there.release();
    settle(loop);
    BOOST_TEST(verified(id));
    BOOST_TEST(environment.transfers.list().empty());
}

BOOST_FIXTURE_TEST_CASE(its_bytes_are_told_as_they_go, stages_world) {
    add("a", "0123456789");
    add("b", "01234");
    there.tells_progress = true;
    std::vector<std::uint64_t> done;
    there.on_stage = [&](const stage_request& request, stage_report&) {
        const auto told = environment.transfers.list().at(0);
        BOOST_TEST(told.bytes == 15U);
        BOOST_TEST(told.files == 2);
        BOOST_TEST(told.archive == "smurf");
        done.push_back(told.bytes_done);
        request.progress(12, 1);
        done.push_back(environment.transfers.list().at(0).bytes_done);
    };
    there.on_digests = [&](const digest_request&, digest_report&) {
        done.push_back(environment.transfers.list().at(0).bytes_done);
    };
    copy();
    BOOST_TEST((done == std::vector<std::uint64_t>{15, 15, 15}));
}

BOOST_FIXTURE_TEST_CASE(each_file_is_told_as_it_is_sent, stages_world) {
    const auto last = add("z"), first = add("a"), deeper = add("d/a");
    std::vector<std::string> told;
    const auto note_each = [&] {
        std::string all;
        for (const auto id : {first, last, deeper})
            all += std::string(name_of(environment.transfers.stage_of(id).value())) + " ";
        told.push_back(all);
    };
    there.on_stage = [&](const stage_request& request, stage_report&) {
        request.progress(1, 1);
        note_each();
        request.progress(2, 2);
        note_each();
    };
    copy();
    BOOST_TEST(told == (lines{"sent copying copying ", "sent sent copying "}),
               boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(of_a_file_that_lies_there_in_part_nobody_knows_when_it_is_sent, stages_world) {
    add("a");
    add("b");
    auto work = all_work();
    work.files.front().staged_in = 0;
    there.tells_progress = true;
    there.on_stage = [&](const stage_request&, stage_report&) {
        BOOST_TEST(environment.transfers.list(true).at(0).sent_ids.empty());
        BOOST_TEST(environment.transfers.list().at(0).files_sent == 2);
    };
    copy(std::move(work));
}

BOOST_FIXTURE_TEST_CASE(bytes_are_told_as_sums_are_computed, stages_world) {
    const auto id = add("a", "0123456789");
    change(id, "local_md5sum = ''");
    std::vector<std::uint64_t> told;
    disk.before = [&](const std::string& verb, const std::string&) {
        if (verb == "digest") told.push_back(environment.transfers.list().at(0).bytes_to_hash);
    };
    copy();
    BOOST_TEST((told == std::vector<std::uint64_t>{10}));
    BOOST_TEST(verified(id));
}

BOOST_FIXTURE_TEST_CASE(a_sum_before_its_copy_is_hashing, stages_world) {
    const auto id = add("a");
    change(id, "local_md5sum = ''");
    archive.paused = true;
    early_sums sums(archive);
    start(sums.run());
    BOOST_TEST(seen == lines{"hash: hashing"}, boost::test_tools::per_element());
    BOOST_TEST(!environment.transfers.stage_of(id).has_value());
    end();
}

BOOST_FIXTURE_TEST_CASE(verified_files_tell_how_long_they_took, stages_world) {
    BOOST_TEST(!archive.delays.quantile(time.steady_now(), 0.5).has_value());
    add("a");
    time.advance(100);
    copy();
    const auto took = archive.delays.quantile(time.steady_now(), 0.5).value();
    BOOST_TEST(took > 90);
    BOOST_TEST(took < 120);
}

BOOST_AUTO_TEST_SUITE_END()
