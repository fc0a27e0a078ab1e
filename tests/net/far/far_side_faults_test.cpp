// The far side and the way to it break at every frame, either side first: nothing but whole files appears,
// what was on record there is not sent again, and the next attempt finishes.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/net/cut_far_side.hpp"
#include "tests/support/net/transport_fixture.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(far_side_faults)

namespace {

constexpr int frames_of_a_batch = 24;

std::string text_of(std::size_t bytes, char seed) {
    std::string text(bytes, seed);
    for (std::size_t i = 0; i < bytes; i += 101) text[i] = static_cast<char>('a' + i % 23);
    return text;
}

std::vector<stage_item> some_files(destination& d) {
    return {d.make("17000/small.g3", "small"), d.make("17000/empty.g3", ""),
            d.make("17001/large.g3", text_of(2'500'000, 'l'))};
}

std::vector<publish_item> as_published(const std::vector<stage_item>& items) {
    std::vector<publish_item> ready;
    for (const auto& item : items) {
        publish_item p;
        p.id = static_cast<file_id>(ready.size() + 1);
        p.remote_path = item.remote_path;
        p.md5 = md5_of_file(item.local_path);
        p.size = item.size;
        ready.push_back(std::move(p));
    }
    return ready;
}

void only_whole_files(const destination& d, const std::vector<stage_item>& items) {
    for (const auto& [path, sum] : files_below(d.base())) {
        bool known = false;
        for (const auto& item : items)
            known = known || (item.remote_path == path && md5_of_file(item.local_path) == sum);
        BOOST_TEST(known, path);
    }
}

void everything_arrives(destination& d, const std::vector<stage_item>& items) {
    d.prepare();
    std::vector<stage_item> rest;
    const auto there = files_below(d.base());
    for (const auto& item : items)
        if (!there.contains(item.remote_path)) rest.push_back(item);
    if (!rest.empty()) {
        check_finished(d.stage(rest).end);
        const auto delivered = d.wait(d.get().deliver(0, as_published(rest), 3'000'000));
        check_finished(delivered.end);
        for (const auto outcome : delivered.outcomes) BOOST_TEST((outcome == publish_outcome::published));
    }
    only_whole_files(d, items);
    BOOST_TEST(files_below(d.base()).size() == items.size());
    BOOST_TEST(files_below(d.staging()).empty());
}

void breaks_at(far_side_end end) {
    destination d(place::far);
    d.options.archive.cmd_timeout = 20;
    const auto good = d.options.archive.remote_suprsync;
    const auto items = some_files(d);
    d.options.archive.remote_suprsync = make_cut_far_side(d.scratch.path(), end);
    prepare_request request;
    request.catalog_uuid = catalog_uuid;
    if (d.wait(d.get().prepare(request))) {
        const auto staged = d.stage(items);
        if (staged.end.finished()) {
            const auto delivered = d.wait(d.get().deliver(0, as_published(items), 3'000'000));
            if (delivered.end.error) BOOST_TEST((delivered.end.error->code == failure_code::connection));
        } else {
            BOOST_TEST((staged.end.error->code == failure_code::connection), staged.end.error->text());
        }
    }
    // One that ends while it is greeted is none.
    d.handed_over.clear();
    only_whole_files(d, items);
    d.options.archive.remote_suprsync = good;
    d.restarted();
    everything_arrives(d, items);
}

}  // namespace

BOOST_DATA_TEST_CASE(a_kill_of_the_far_side_at_any_question_loses_nothing, data::xrange(1, frames_of_a_batch),
                     frames) {
    breaks_at({false, true, frames});
}

BOOST_DATA_TEST_CASE(a_kill_of_the_far_side_at_any_answer_loses_nothing,
                     data::xrange(1, frames_of_a_batch / 2), frames) {
    breaks_at({true, true, frames});
}

BOOST_DATA_TEST_CASE(a_kill_of_the_daemon_at_any_question_loses_nothing, data::xrange(1, frames_of_a_batch),
                     frames) {
    breaks_at({false, false, frames});
}

BOOST_AUTO_TEST_CASE(what_was_kept_of_a_large_file_is_not_sent_again) {
    destination d(place::far);
    const auto good = d.options.archive.remote_suprsync;
    const std::vector<stage_item> items = {d.make("17001/large.g3", text_of(80 << 20, 'l'))};
    // 512 KiB a frame: killed when some 70 MiB have come, of which 3 may wait to be written and what came
    // last is not kept yet.
    d.options.archive.remote_suprsync = make_cut_far_side(d.scratch.path(), {false, true, 145});
    d.prepare();
    const auto cut = d.stage(items);
    BOOST_REQUIRE(!cut.end.finished());
    BOOST_TEST((cut.end.error->code == failure_code::connection));
    BOOST_TEST(files_below(d.base()).empty());
    d.options.archive.remote_suprsync = good;
    d.restarted();
    d.prepare();
    const auto rest = d.stage(items);
    check_finished(rest.end);
    BOOST_TEST(rest.bytes <= std::uint64_t{49} << 20);
    BOOST_TEST(rest.bytes > 0U);
    const auto sums = d.digests(items);
    BOOST_TEST(sums.md5[0].value_or("none") == md5_of_file(items[0].local_path));
}

BOOST_AUTO_TEST_CASE(a_lane_that_was_lost_while_nothing_was_asked_is_made_anew) {
    destination d(place::far);
    const auto items = some_files(d);
    d.prepare();
    shared_sshd().kill_connections();
    const auto staged = d.stage(items);
    if (!staged.end.finished()) check_finished(d.stage(items).end);
    everything_arrives(d, items);
}

BOOST_AUTO_TEST_SUITE_END()
