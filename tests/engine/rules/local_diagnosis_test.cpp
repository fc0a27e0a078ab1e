// What the doctor makes of what was found on this side: programs, the catalog, local directories.
#include <boost/test/unit_test.hpp>

#include "engine/rules/diagnosis.hpp"
#include "tests/engine/rules/diagnosed.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(local_diagnosis)

BOOST_AUTO_TEST_CASE(missing_programs_here_name_their_package) {
    const auto all = judge_programs({{"rsync", "rsync 3", "rsync"}, {"ssh", "", "openssh-client"}});
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all[0].how == health::ok);
    BOOST_TEST(all[1].how == health::failed);
    BOOST_TEST((all[1].text.find("openssh-client") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(whether_md5_can_be_computed_is_told) {
    BOOST_TEST(judge_md5("").how == health::ok);
    const auto none = judge_md5("OpenSSL offers none");
    BOOST_TEST(none.how == health::failed);
    BOOST_TEST((none.text.find("OpenSSL offers none") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(faults_of_the_catalog_are_judged) {
    probed_catalog c;
    c.path = "/x.db";
    c.exists = c.writable = true;
    const auto how = [](const probed_catalog& catalog) {
        const auto all = judge_catalog(catalog);
        BOOST_REQUIRE(all.size() == 1U);
        return all[0];
    };
    BOOST_TEST(how(c).how == health::ok);
    auto other = c;
    other.exists = false;
    BOOST_TEST(how(other).how == health::ok);
    BOOST_TEST((how(other).text.find("made at the start") != std::string::npos));
    other.writable = false;
    BOOST_TEST(how(other).how == health::failed);
    other = c;
    other.error = failure{failure_code::not_a_catalog, "open", "/x.db", "no database"};
    BOOST_TEST(how(other).how == health::failed);
    other = c;
    other.damage = "row 3 missing from index";
    BOOST_TEST(how(other).how == health::failed);
    BOOST_TEST((how(other).text.find("row 3 missing") != std::string::npos));
    other = c;
    other.not_probed = "it is locked";
    BOOST_TEST(how(other).how == health::warning);
    other = c;
    other.probed_to_the_end = false;
    BOOST_TEST(how(other).how == health::ok);
    BOOST_TEST((how(other).text.find("quick_check") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(files_that_wait_without_a_sum_are_counted) {
    probed_catalog c;
    c.path = "/x.db";
    c.exists = c.writable = true;
    c.archives["not known"];
    c.archives["none"].unsummed = 0;
    c.archives["one"].unsummed = 1;
    c.archives["some"].unsummed = 1200;
    const auto all = judge_catalog(c);
    BOOST_REQUIRE(all.size() == 4U);
    for (const auto& f : all) BOOST_TEST(f.how == health::ok);
    BOOST_TEST(all[1].archive == "none");
    BOOST_TEST((all[1].text.find("no file waits without") != std::string::npos));
    BOOST_TEST((all[2].text.find("of 1 file that waits") != std::string::npos));
    BOOST_TEST((all[3].text.find("of 1200 files that wait:") != std::string::npos));
    c.damage = "row 3 missing from index";
    BOOST_TEST(judge_catalog(c).size() == 1U);
}

BOOST_AUTO_TEST_CASE(faults_of_local_directories_are_judged) {
    probed_place p;
    p.path = p.nearest = "/data";
    p.exists = p.is_directory = p.readable = p.writable = true;
    auto keeps = smurf();
    auto deletes = smurf();
    deletes.delete_local_after = 60;
    const auto how = [](const archive_configuration& a, const probed_place& place) {
        return judge_local_directory(a, "local root", place).how;
    };
    BOOST_TEST(how(keeps, p) == health::ok);
    BOOST_TEST(how(deletes, p) == health::ok);
    auto other = p;
    other.answers = false;
    BOOST_TEST(how(keeps, other) == health::failed);
    BOOST_TEST(judge_finalization_root("a", other).how == health::failed);
    other = p;
    other.writable = false;
    BOOST_TEST(how(keeps, other) == health::ok);
    BOOST_TEST(how(deletes, other) == health::failed);
    other = p;
    other.sticky = true;
    BOOST_TEST(how(keeps, other) == health::ok);
    BOOST_TEST(how(deletes, other) == health::warning);
    other = p;
    other.readable = false;
    BOOST_TEST(how(keeps, other) == health::failed);
    other = p;
    other.is_directory = false;
    BOOST_TEST(how(keeps, other) == health::failed);
    other = p;
    other.exists = false;
    BOOST_TEST(how(keeps, other) == health::warning);
}

BOOST_AUTO_TEST_CASE(faults_of_the_finalization_root_are_judged) {
    probed_place p;
    p.path = p.nearest = "/root";
    p.exists = p.is_directory = p.writable = true;
    BOOST_TEST(judge_finalization_root("a", p).how == health::ok);
    p.exists = p.is_directory = false;
    BOOST_TEST(judge_finalization_root("a", p).how == health::ok);
    p.writable = false;
    BOOST_TEST(judge_finalization_root("a", p).how == health::failed);
    p.exists = p.writable = true;
    BOOST_TEST(judge_finalization_root("a", p).how == health::failed);
    p.is_directory = true;
    for (const auto& full : {disk_space{0, 10, 1, 1}, disk_space{10, 10, 0, 1}}) {
        p.space = full;
        BOOST_TEST(judge_finalization_root("a", p).how == health::failed);
    }
    p.space = disk_space{1, 10, 1, 100};
    BOOST_TEST(judge_finalization_root("a", p).how == health::ok);
}

BOOST_AUTO_TEST_SUITE_END()
