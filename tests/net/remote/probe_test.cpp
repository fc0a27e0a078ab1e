#include "net/remote/probe.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/loop/machine_clock.hpp"
#include "tests/support/net/transport_fixture.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(probing)

namespace {

// Records as the script says them.
std::string said(std::initializer_list<const char*> records) {
    std::string text;
    for (const auto* record : records) text += std::string(record) + '\0';
    return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_field_of_the_answer_is_read) {
    probed_destination found;
    const auto boot = "k" + boot_id();
    BOOST_TEST(read_probe(said({"suprsync", "T1700000000.5", "Uso", "B/archive", "I1f 77", "m2775 so:so", "W",
                                "S/.suprsync", "D/", "w", "s", "R/.suprsync/id is none", "f", boot.c_str(),
                                "d2049", "l17999", "x17000/a b", "c"}),
                          found));
    BOOST_TEST(found.clock_difference == 1700000000.5);
    BOOST_TEST(found.account == "so");
    BOOST_TEST(found.base == "/archive");
    BOOST_TEST(found.identity.inode == 77U);
    BOOST_TEST(found.mode == "2775");
    BOOST_TEST(found.owner == "so:so");
    BOOST_REQUIRE(found.unusable_directories.size() == 2U);
    BOOST_TEST(found.ignores_case);
    BOOST_TEST((found.unusable_directories[1] == std::pair<char, std::string>('x', "17000/a b")));
    BOOST_TEST(found.staging_refused == "/.suprsync/id is none");
    BOOST_TEST(found.on_this_machine);
    BOOST_TEST(found.device == 2049U);
    BOOST_TEST(!found.tells_what_is_in_memory);
    BOOST_TEST((found.base_writable && found.staging_writable && found.staging_same_file_system));
}

// What a login shell prints would be taken for records.
BOOST_AUTO_TEST_CASE(a_banner_is_no_answer) {
    for (const std::string banner : {"Welcome to the archive\n", "W", "suprsync\n", " "}) {
        probed_destination found;
        BOOST_TEST(!read_probe(banner + said({"suprsync", "Uso", "W"}), found), banner);
        BOOST_TEST(!found.base_writable);
        BOOST_TEST(found.account.empty());
    }
    probed_destination found;
    BOOST_TEST(!read_probe("", found));
    BOOST_TEST(!read_probe("suprsync", found));
    BOOST_TEST(read_probe(said({"suprsync", "kanother-machine", "k"}), found));
    BOOST_TEST(!found.on_this_machine);
}

// Both find it out by the functions of base_directory.sh.
BOOST_AUTO_TEST_CASE(a_destination_is_found_to_be_what_preparing_finds_it_to_be) {
    destination d;
    std::filesystem::create_directory_symlink(d.base(), d.scratch / "link to base");
    d.options.archive.remote_basedir = d.scratch / "link to base";
    child_runner runner(d.context.get_executor(), nullptr);
    const auto before = d.wait(probe_destination(d.context.get_executor(), runner, d.options, catalog_uuid));
    const auto facts = d.prepare();
    const auto found = d.wait(probe_destination(d.context.get_executor(), runner, d.options, catalog_uuid));
    BOOST_TEST(found.base == d.base().string());
    BOOST_TEST(found.base == facts.base);
    BOOST_TEST((found.identity == facts.identity));
    BOOST_TEST(found.device == facts.device);
    BOOST_TEST(found.on_this_machine);
    BOOST_TEST(facts.boot == boot_id());
    BOOST_TEST(d.staging().string().starts_with(found.staging + "/"));
    BOOST_TEST(facts.staging == d.staging().string());
    BOOST_TEST(before.staging_nearest == (d.scratch / "dest").string());
    BOOST_TEST(found.staging_nearest == found.staging);
    BOOST_TEST((found.staging_same_file_system && found.staging_writable && found.base_writable));
}

BOOST_AUTO_TEST_SUITE_END()
