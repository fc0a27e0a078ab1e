// The drop-in for the installed unit: what it lets the daemon write, and how systemd reads it.
#include "engine/rules/service_unit.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/rules/batch_pace.hpp"

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(service_unit)

namespace {

service_needs plain_needs() {
    service_needs needs;
    needs.descriptors = 65'536;
    needs.written = {{"/data/so/dbs", "the catalog"}};
    return needs;
}

std::string drop_in(const service_needs& needs) { return "\n" + unit_drop_in(needs).value(); }

bool has_line(const std::string& text, const std::string& line) {
    return text.find("\n" + line + "\n") != std::string::npos;
}

std::size_t times_in(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

}  // namespace

BOOST_AUTO_TEST_CASE(words_are_written_as_systemd_reads_them) {
    BOOST_TEST(unit_word("/data/so").value() == R"("/data/so")");
    BOOST_TEST(unit_word("/data/two words").value() == R"("/data/two words")");
    BOOST_TEST(unit_word("/100%/%i").value() == R"("/100%%/%%i")");
    BOOST_TEST(unit_word(R"(/say "so"\n)").value() == R"("/say \"so\"\\n")");
    BOOST_TEST(unit_word("/it's/$HOME;#").value() == R"("/it's/$HOME;#")");
    BOOST_TEST(unit_word("/daten/größe").value() == "\"/daten/größe\"");
    for (const auto* bad : {"/two\nlines", "/tab\t", "/\x7f", "/latin\xe9"}) {
        const auto refused = unit_word(bad);
        BOOST_REQUIRE(!refused);
        BOOST_TEST((refused.error().code == failure_code::invalid));
        auto needs = plain_needs();
        needs.written.push_back({bad, "odd"});
        BOOST_TEST(!unit_drop_in(needs));
    }
}

BOOST_AUTO_TEST_CASE(a_file_is_served_by_the_unit_of_its_name) {
    BOOST_TEST(unit_serving("/etc/suprsync/suprsync.yaml") == "suprsync.service");
    BOOST_TEST(unit_serving("/etc/suprsync/smurf-2.yaml") == "suprsync@smurf-2.service");
    for (const auto* other : {"/data/suprsync.yaml", "/etc/suprsync/sub/x.yaml", "/etc/suprsync/x.yml",
                              "/etc/suprsync/two words.yaml", "/etc/suprsync/a@b.yaml", ""})
        BOOST_TEST(unit_serving(other) == "", other);
}

// link(2) fails between two mounts, of one file system, too.
BOOST_AUTO_TEST_CASE(a_base_directory_and_its_staging_are_one_place) {
    BOOST_TEST(common_place("/srv/archive/data", "/srv/archive") == "/srv/archive");
    BOOST_TEST(common_place("/srv/archive/data", "/srv/staging/x") == "/srv");
    BOOST_TEST(common_place("/srv/archive/data", "/srv/archive/stage") == "/srv/archive");
    BOOST_TEST(common_place("/archive", "/srv/staging") == "/");
    BOOST_TEST(common_place("/srv/ab/data", "/srv/a/stage") == "/srv");
}

// A service keeps what its unit names below a mount point, whatever is unmounted there.
BOOST_AUTO_TEST_CASE(what_may_be_unmounted_is_named_whole) {
    BOOST_TEST(place_with_its_mount("/data/smurf", "/data") == "/data");
    BOOST_TEST(place_with_its_mount("/data", "/data") == "/data");
    BOOST_TEST(place_with_its_mount("/srv/archive/x", "/srv/archive") == "/srv/archive");
    BOOST_TEST(place_with_its_mount("/var/lib/data/x", "/var/lib/data") == "/var/lib/data");
    for (const auto* mount : {"", "/", "/srv", "/var", "/database"})
        BOOST_TEST(place_with_its_mount("/srv/data/x", mount) == "/srv/data/x", mount);
    for (const auto* mount : {"/home", "/home/cryo"})
        BOOST_TEST(place_with_its_mount("/home/cryo/dbs", mount) == "/home/cryo/dbs", mount);
    BOOST_TEST(place_with_its_mount("/run/user/7/x", "/run/user/7") == "/run/user/7/x");
}

// systemd lets the stricter of two rules for one directory win.
BOOST_AUTO_TEST_CASE(homes_that_are_written_as_a_whole_are_not_made_read_only) {
    for (const auto* whole : {"/home", "/root", "/run/user"}) {
        auto needs = plain_needs();
        needs.written.push_back({whole, "local files"});
        const auto text = drop_in(needs);
        BOOST_TEST(has_line(text, "ProtectHome=no"), text);
        BOOST_TEST(has_line(text, "ProtectSystem=strict"), text);
    }
    auto needs = plain_needs();
    needs.written.push_back({"/home/cryo", "local files"});
    BOOST_TEST(has_line(drop_in(needs), "ProtectHome=read-only"));
}

// systemd gives the state directory and all in it to the account of the service.
BOOST_AUTO_TEST_CASE(the_home_of_the_account_suprsync_is_not_given_to_another) {
    auto needs = plain_needs();
    BOOST_TEST(times_in(drop_in(needs), "StateDirectory=") == 0U);
    needs.user = "suprsync";
    BOOST_TEST(times_in(drop_in(needs), "StateDirectory=") == 0U);
    needs.user = "cryo";
    BOOST_TEST(has_line(drop_in(needs), "StateDirectory="));
    needs.written.push_back({"/var/lib/suprsync", "the catalog"});
    BOOST_TEST(times_in(drop_in(needs), "StateDirectory=") == 0U);
    needs.user = "we%ird";
    BOOST_TEST(has_line(drop_in(needs), "User=we%%ird"));
}

BOOST_AUTO_TEST_CASE(all_is_read_only_but_what_is_written) {
    auto needs = plain_needs();
    needs.user = "cryo";
    needs.group = "smurf";
    needs.environment = "SUPRSYNC_CONFIG=/data/100%/s.yaml";
    needs.written = {
        {"/data/so/dbs", "the catalog"}, {"/srv/archive", "archive hk"}, {"/data/so", "local files"}};
    const auto text = drop_in(needs);
    for (const auto* line :
         {"User=cryo", "Group=smurf", R"(Environment="SUPRSYNC_CONFIG=/data/100%%/s.yaml")",
          "ProtectSystem=strict", "ProtectHome=read-only", "PrivateTmp=yes", R"(ReadWritePaths="-/data/so")",
          R"(ReadWritePaths="-/srv/archive")", "# local files; the catalog", "LimitCORE=0",
          "LimitNOFILE=65536", "MemoryHigh=2048M"})
        BOOST_TEST(has_line(text, line), line << " in " << text);
    BOOST_TEST(times_in(text, "ReadWritePaths=") == 2U);  // one lies in the other
}

BOOST_AUTO_TEST_CASE(without_an_account_that_of_the_unit_stays) {
    const auto text = drop_in(plain_needs());
    BOOST_TEST(times_in(text, "User=") == 0U);
    BOOST_TEST(times_in(text, "Group=") == 0U);
    BOOST_TEST(times_in(text, "Environment=") == 0U);
}

BOOST_AUTO_TEST_CASE(temporary_directories_stay_where_something_lies_in_them) {
    auto needs = plain_needs();
    needs.read = {"/var/tmp/key"};
    BOOST_TEST(has_line(drop_in(needs), "PrivateTmp=no"));
    needs = plain_needs();
    needs.written.push_back({"/tmp/destination", "archive hk"});
    BOOST_TEST(has_line(drop_in(needs), "PrivateTmp=no"));
    needs = plain_needs();
    needs.read = {"/tmpfiles/key"};
    BOOST_TEST(has_line(drop_in(needs), "PrivateTmp=yes"));
}

BOOST_AUTO_TEST_CASE(where_files_may_be_deleted_anywhere_only_the_system_is_read_only) {
    auto needs = plain_needs();
    needs.deletes_anywhere = true;
    auto text = drop_in(needs);
    BOOST_TEST(has_line(text, "ProtectSystem=full"), text);
    BOOST_TEST(has_line(text, "ProtectHome=no"), text);
    BOOST_TEST(text.find("local_roots") != std::string::npos, text);
    needs = plain_needs();
    needs.written.push_back({"/", "archive hk"});
    text = drop_in(needs);
    BOOST_TEST(has_line(text, "ProtectSystem=full"), text);
    BOOST_TEST(times_in(text, "ReadWritePaths=") == 0U);
}

BOOST_AUTO_TEST_CASE(a_small_machine_keeps_half_of_its_memory) {
    auto needs = plain_needs();
    needs.memory = std::uint64_t{1} << 30;
    BOOST_TEST(has_line(drop_in(needs), "MemoryHigh=512M"));
    needs.memory = std::uint64_t{64} << 30;
    BOOST_TEST(has_line(drop_in(needs), "MemoryHigh=2048M"));
}

BOOST_AUTO_TEST_CASE(descriptors_are_for_all_batches_in_flight) {
    daemon_configuration c;
    BOOST_TEST(descriptors_of(c) == 65'536U);
    c.archives.resize(8);
    for (auto& a : c.archives) a.concurrency = 4;
    BOOST_TEST(descriptors_of(c) == 2 * 8 * 4 * 2'500 + 1'024U);
    for (auto& a : c.archives) a.concurrency.reset();
    BOOST_TEST(descriptors_of(c) == 2 * 8 * batch_pace::most_files_in_flight + 1'024U);
    for (auto& a : c.archives) a.files_per_batch = 100;
    BOOST_TEST(descriptors_of(c) == std::max<std::uint64_t>(65'536, 2 * 8 * 16 * 100 + 1'024));
    c.archives[0].files_per_batch = 1'000'000'000;
    c.archives.resize(20);
    for (auto& a : c.archives) a.files_per_batch.reset();
    BOOST_TEST(descriptors_of(c) == 524'288U);
}

BOOST_AUTO_TEST_SUITE_END()
