// What a file system does with links is tried with a file that never stays, and by one who is not misled by
// others.
#include <fcntl.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <filesystem>
#include <thread>
#include <vector>

#include "engine/files/open_beneath.hpp"
#include "engine/files/open_descriptor.hpp"
#include "net/place/tried_links.hpp"
#include "tests/support/files.hpp"
#include "tests/support/scratch_directory.hpp"

namespace fs = std::filesystem;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(trial_of_links)

BOOST_AUTO_TEST_CASE(what_somebody_left_who_was_killed_a_moment_ago_is_taken_away) {
    const scratch_directory scratch;
    const open_descriptor directory(::open(scratch.path().c_str(), as_directory));
    write_file(scratch / ".probe.1", "");
    fs::create_hard_link(scratch / ".probe.1", scratch / ".probe.1.2");
    const auto found = try_links(directory.number());
    BOOST_TEST(found.error == 0);
    BOOST_TEST(found.counted);
    BOOST_TEST(!found.ignores_case);
    BOOST_TEST(found.locks_directory);
    BOOST_TEST(found.locks_file);
    BOOST_TEST(fs::is_empty(scratch.path()));
}

BOOST_AUTO_TEST_CASE(of_several_at_the_same_time_none_finds_what_is_not_so) {
    const scratch_directory scratch;
    const open_descriptor directory(::open(scratch.path().c_str(), as_directory));
    constexpr std::size_t tries = 500;
    std::vector<tried_links> found(3 * tries);
    {
        std::vector<std::jthread> others;
        for (std::size_t i = 0; i < 3; ++i)
            others.emplace_back([&, i] {
                for (std::size_t n = 0; n < tries; ++n) found[i * tries + n] = try_links(directory.number());
            });
    }
    std::size_t undisturbed = 0;
    for (const auto& one : found) {
        if (one.error == EAGAIN) continue;
        BOOST_REQUIRE_EQUAL(one.error, 0);
        BOOST_REQUIRE(one.counted);
        ++undisturbed;
    }
    BOOST_TEST(undisturbed > 0);
    BOOST_TEST(fs::is_empty(scratch.path()));
}

BOOST_AUTO_TEST_SUITE_END()
