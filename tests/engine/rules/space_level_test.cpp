// When a file system is full, or nearly so, by its bytes and by its inodes.
#include "engine/rules/space_level.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <vector>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(space_levels)

namespace {

struct counted_level {
    std::uint64_t free, total;
    space_level level;
};

// Of one count: none is made, none is left, and both sides of 3 %.
const std::vector<counted_level> levels = {
    {0, 0, space_level::enough},          {7, 0, space_level::enough},
    {0, 1000, space_level::full},         {1, 1000, space_level::nearly_full},
    {29, 1000, space_level::nearly_full}, {30, 1000, space_level::enough},
    {1000, 1000, space_level::enough},
};

}  // namespace

BOOST_AUTO_TEST_CASE(the_worse_of_bytes_and_inodes_tells) {
    for (const auto& bytes : levels)
        for (const auto& inodes : levels) {
            const disk_space space{bytes.free, bytes.total, inodes.free, inodes.total};
            BOOST_TEST((level_of(space) == std::max(bytes.level, inodes.level)),
                       bytes.free << " of " << bytes.total << " bytes, " << inodes.free << " of "
                                  << inodes.total << " inodes");
        }
}

BOOST_AUTO_TEST_CASE(what_is_scarce_is_told_and_nothing_else) {
    for (const auto& bytes : levels)
        for (const auto& inodes : levels) {
            const auto text = scarce_in({bytes.free, bytes.total, inodes.free, inodes.total});
            BOOST_TEST((text.find(" GB free (") != std::string::npos) == (bytes.level != space_level::enough),
                       text);
            BOOST_TEST(
                (text.find(" inodes free (") != std::string::npos) == (inodes.level != space_level::enough),
                text);
            BOOST_TEST(text.empty() == (level_of({bytes.free, bytes.total, inodes.free, inodes.total}) ==
                                        space_level::enough));
        }
    BOOST_TEST(scarce_in({10'000'000'000, 1'000'000'000'000, 20, 10'000}) ==
               "10.0 GB free (1.0 %), 20 inodes free (0.2 %)");
    BOOST_TEST(scarce_in({0, 1'000'000'000'000, 10'000, 10'000}) == "0.0 GB free (0.0 %)");
}

BOOST_AUTO_TEST_SUITE_END()
