// A sync that cannot be made tells nothing of what was written.
#include <fcntl.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <optional>

#include "engine/files/file_facts.hpp"
#include "engine/files/open_beneath.hpp"
#include "engine/files/open_descriptor.hpp"
#include "net/place/staging.hpp"
#include "net/place/syncing.hpp"
#include "tests/support/files.hpp"
#include "tests/support/net/spare_descriptors.hpp"
#include "tests/support/scratch_directory.hpp"

namespace fs = std::filesystem;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(sync_on_this_machine)

BOOST_AUTO_TEST_CASE(want_of_descriptors_is_no_failed_sync) {
    const scratch_directory scratch;
    const auto path = fs::canonical(scratch.path()) / "base";
    write_file(path / "17000/hk/a", "a");
    const open_descriptor base(::open(path.c_str(), as_directory));
    base_options options;
    options.base = path;
    options.archive = "data";
    made_staging made;
    BOOST_REQUIRE(!make_staging(base.number(), path, options, "uuid", made));
    base_state state;
    state.base = path;
    state.staging = made.path;
    stat_request request;
    request.remote_paths = {"17000/hk/a"};
    request.synced_below = "17000";
    const call_names call{"look at files at", path};
    // A sanitizer that meets a class for the first time wants descriptors to look at it.
    work_watch watch;
    BOOST_TEST(!sync_there(base.number(), state, request, watch, call).error);
    BOOST_TEST_MESSAGE(error_text(EMFILE));
    const auto failed = tries_until_descriptors_suffice([&](std::size_t descriptors) {
        std::optional<sync_outcome> outcome;
        {
            const spare_descriptors few(descriptors);
            outcome = sync_there(base.number(), state, request, watch, call);
        }
        BOOST_TEST(!outcome->failed, "with " << descriptors << " descriptors: "
                                             << (outcome->error ? outcome->error->text() : ""));
        return !outcome->error;
    });
    BOOST_TEST(failed > 0U);
    // Nothing is on record there.
    BOOST_TEST(!sync_there(base.number(), state, request, watch, call).error);
}

BOOST_AUTO_TEST_SUITE_END()
