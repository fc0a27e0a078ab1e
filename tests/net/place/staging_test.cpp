// Staging on this machine is refused for what the place does not allow, and for nothing that passes.
#include <fcntl.h>
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <filesystem>
#include <optional>

#include "engine/files/file_facts.hpp"
#include "engine/files/open_beneath.hpp"
#include "net/place/staging.hpp"
#include "tests/support/net/spare_descriptors.hpp"
#include "tests/support/scratch_directory.hpp"

namespace fs = std::filesystem;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(staging_of_this_machine)

// With other locks than those of the other daemons of the catalog it would not know what they use.
BOOST_AUTO_TEST_CASE(want_of_descriptors_neither_refuses_staging_nor_changes_its_locks) {
    const scratch_directory scratch;
    const auto stage = [&](const std::string& name, std::optional<::rlim_t> descriptors, made_staging& made) {
        const auto path = scratch / name / "base";
        fs::create_directories(path);
        const open_descriptor base(::open(path.c_str(), as_directory));
        base_options options;
        options.base = path;
        options.archive = "data";
        const auto real = fs::canonical(path);
        std::optional<spare_descriptors> few;
        if (descriptors) few.emplace(*descriptors);
        return make_staging(base.number(), real, options, "uuid", made);
    };
    // A sanitizer that meets a class for the first time wants descriptors to look at it.
    made_staging first;
    BOOST_TEST(!stage("first", std::nullopt, first));
    BOOST_TEST_MESSAGE(fmt::format("without descriptors: {}", error_text(EMFILE)));
    const auto failed = tries_until_descriptors_suffice([&](std::size_t descriptors) {
        made_staging made;
        const auto bad = stage("second", descriptors, made);
        if (bad)
            BOOST_TEST(bad->refused == "", "with " << descriptors << " descriptors: " << bad->refused);
        else
            BOOST_TEST((made.locks == lock_kind::directory));
        return !bad;
    });
    BOOST_TEST(failed > 0U);
}

BOOST_AUTO_TEST_SUITE_END()
