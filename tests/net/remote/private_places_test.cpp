// Staging is ours alone: who else may do what in the directories that lead there, what an earlier version
// left open, and what stands in their place is met before anything in it is listed, removed or written.
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <utility>

#include "net/remote/probe.hpp"
#include "tests/support/net/printing.hpp"
#include "tests/support/net/transport_fixture.hpp"
#include "tests/support/only_where.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(private_places)

namespace {

/// The doctor, who is asked as well, gives a look over ssh no more than some seconds.
const std::vector<place> on_this_machine = {place::here, place::direct};

struct private_destination : destination {
    using destination::destination;
    fs::path all_catalogs() const { return scratch / "dest/.suprsync"; }
    fs::path of_catalog() const { return all_catalogs() / catalog_uuid; }

    /// Somebody's own files, which nothing of ours may touch.
    fs::path home() {
        const auto path = scratch / "home";
        write_file(path / "0/thesis", "precious");
        write_file(path / "keep", "precious too");
        if (!fs::exists(path / "0/second")) fs::create_hard_link(path / "keep", path / "0/second");
        fs::create_directories(path / "empty");
        ::chmod((path / "empty").c_str(), 0750);
        return path;
    }
    bool home_is_untouched() {
        return tree_of(scratch / "home") ==
                   std::vector<std::string>{"d 0", "d empty", "f 0/second", "f 0/thesis", "f keep"} &&
               mode_of(scratch / "home/empty") == 0750U;
    }
    /// What others could make of staging while they were let in.
    void exchange_for(const std::string& commands) {
        home();
        shell("cd '" + all_catalogs().string() + "' && mv " + catalog_uuid + " old && mkdir -p " +
              catalog_uuid + "/data/replaced && cd " + catalog_uuid + "/data && HOME='" +
              (scratch / "home").string() + "' && " + commands + " && chmod -R 777 '" +
              of_catalog().string() + "'");
    }
    /// As preparing refuses it, and as the doctor, who changes nothing, foresees it.
    std::string refused() {
        close();
        const auto before = tree_of(scratch / "dest");
        const auto foreseen = to_the_doctor();
        BOOST_TEST((tree_of(scratch / "dest") == before));
        const auto facts = prepare();
        BOOST_TEST(facts.staging.empty());
        BOOST_TEST(facts.staged.empty());
        BOOST_TEST(!foreseen.empty());
        BOOST_TEST(facts.staging_refused.starts_with(foreseen), foreseen);
        return facts.staging_refused;
    }
    std::string to_the_doctor() {
        child_runner runner(context.get_executor(), nullptr);
        auto its_own = options;
        its_own.runtime_directory = scratch / "doctor";
        fs::create_directory(its_own.runtime_directory);
        auto found = wait(probe_destination(context.get_executor(), runner, its_own, catalog_uuid));
        runner.stop();
        context.restart();
        while (runner.running() > 0) context.run_one();
        return found.staging_refused;
    }
};

}  // namespace

BOOST_DATA_TEST_CASE(nobody_else_may_enter_staging, data::make(every_place), where) {
    private_destination d(where);
    ::chmod(d.base().c_str(), 02775);
    d.prepare();
    const auto item = d.make("17000/deep/a", "x");
    BOOST_REQUIRE(d.stage({item}).end.finished());
    for (const auto& path : {d.of_catalog(), d.staging(), d.staging() / "replaced"})
        BOOST_TEST(mode_of(path) == 0700U, path);
    for (const auto& path : {d.staging() / "in", d.slot(), d.slot() / "17000/deep"})
        BOOST_TEST(mode_of(path) == 02700U, path);
    write_file(d.base() / "17000/deep/a", "theirs");
    const auto report = d.publish({item});
    BOOST_TEST(report.outcomes[0] == publish_outcome::replaced);
    BOOST_TEST((mode_of(fs::path(report.details[0]).parent_path()) & 0777U) == 0700U);
    BOOST_TEST(mode_of(d.base() / "17000/deep/a") == 0664U);
}

BOOST_DATA_TEST_CASE(whoever_may_write_beside_the_base_directory_may_stage_and_rename_nothing_of_others,
                     data::make(on_this_machine), where) {
    private_destination d(where);
    ::chmod((d.scratch / "dest").c_str(), 0775);
    d.prepare();
    BOOST_TEST(mode_of(d.all_catalogs()) == 01775U);
    // As an earlier version made it.
    ::chmod(d.all_catalogs().c_str(), 0775);
    d.close();
    BOOST_TEST(!d.prepare().staging.empty());
    BOOST_TEST(mode_of(d.all_catalogs()) == 01775U);
    d.close();
    fs::remove_all(d.all_catalogs());
    ::chmod((d.scratch / "dest").c_str(), 0755);
    d.prepare();
    BOOST_TEST(mode_of(d.all_catalogs()) == 0755U);
}

BOOST_TEST_DECORATOR(*only_root_can("make directories of somebody else"))
BOOST_DATA_TEST_CASE(a_place_where_others_may_rename_is_refused_and_one_where_they_may_not_is_used,
                     data::make(on_this_machine), where) {
    private_destination d(where);
    fs::create_directory(d.all_catalogs());
    BOOST_REQUIRE(::chown(d.all_catalogs().c_str(), 65534, 65534) == 0);
    for (const unsigned mode : {0777U, 02775U, 0757U}) {
        ::chmod(d.all_catalogs().c_str(), mode);
        const auto why = d.refused();
        BOOST_TEST(why.find("others may rename what is in it") != std::string::npos, why);
        BOOST_TEST(why.find("set remote_staging_dir") != std::string::npos, why);
        BOOST_TEST(fs::is_empty(d.all_catalogs()));
        BOOST_TEST(mode_of(d.all_catalogs()) == mode);
    }
    for (const unsigned mode : {01777U, 0755U}) {
        ::chmod(d.all_catalogs().c_str(), mode);
        d.close();
        BOOST_TEST(d.prepare().staging == d.staging().string());
        fs::remove_all(d.of_catalog());
    }
    // What is in it belongs to somebody else.
    for (const auto& theirs : {d.of_catalog(), d.staging(), d.staging() / "in", d.staging() / "replaced"}) {
        fs::create_directories(d.staging() / "in");
        fs::create_directories(d.staging() / "replaced");
        BOOST_REQUIRE(::chown(theirs.c_str(), 65534, 65534) == 0);
        BOOST_TEST(d.refused().find(theirs.string() + " is no directory of the account's own") == 0U);
        fs::remove_all(d.of_catalog());
    }
}

BOOST_DATA_TEST_CASE(what_an_earlier_version_left_open_is_taken_over, data::make(on_this_machine), where) {
    private_destination d(where);
    BOOST_TEST(d.to_the_doctor().empty());
    write_file(d.slot(3) / "17000/a", "12345");
    write_file(d.staging() / "replaced/7-1/17000/b", "theirs");
    shell("cd '" + d.scratch.path().string() + "/dest' && chmod -R g+rwX,o+rX .suprsync");
    write_file(d.slot(3).string() + ".lock", "");
    BOOST_TEST(d.to_the_doctor().empty());
    BOOST_TEST(mode_of(d.of_catalog()) == 0775U);
    const auto facts = d.prepare();
    BOOST_TEST(facts.staging == d.staging().string(), facts.staging_refused);
    BOOST_TEST(d.to_the_doctor().empty());
    BOOST_REQUIRE(facts.staged.size() == 1U);
    BOOST_TEST(facts.staged[0].remote_path == "17000/a");
    for (const auto& path : {d.of_catalog(), d.staging(), d.staging() / "in", d.slot(3), d.slot(3) / "17000",
                             d.staging() / "replaced", d.staging() / "replaced/7-1"})
        BOOST_TEST(mode_of(path) == 0700U, path);
}

BOOST_DATA_TEST_CASE(what_is_no_directory_of_ours_is_refused_and_left_as_it_is, data::make(on_this_machine),
                     where) {
    private_destination d(where);
    d.prepare();
    const auto home = d.home().string();
    const std::pair<fs::path, std::string> table[] = {
        {d.staging() / "in", "touch"},     {d.staging() / "replaced", "ln -s '" + home + "'"},
        {d.staging(), "mkfifo"},           {d.of_catalog(), "ln -s '" + home + "'"},
        {d.of_catalog(), "ln -s nowhere"}, {d.all_catalogs(), "touch"}};
    for (const auto& [place, command] : table) {
        fs::create_directories(d.staging());
        fs::remove_all(place);
        shell(command + " '" + place.string() + "'");
        const auto why = d.refused();
        BOOST_TEST(why.find(place.string()) == 0U, why);
        BOOST_TEST(!fs::is_directory(fs::symlink_status(place)));
        BOOST_TEST(d.home_is_untouched());
        fs::remove(place);
    }
    BOOST_TEST(!d.prepare().staging.empty());
}

// As root the directories of somebody else would be ours as well: links tell them here.
BOOST_DATA_TEST_CASE(
    what_others_put_into_what_was_open_is_refused_and_nothing_there_is_touched,
    data::make(on_this_machine) *
        data::make({"mkdir in && ln -s \"$HOME\" in/0", "mkdir -p in/0 && ln -s \"$HOME\" in/0/17000",
                    "ln -s \"$HOME\" in", "mkdir in && ln -s \"$HOME\" replaced/7-1",
                    "cd .. && rmdir data/replaced data && mkdir old && ln -s \"$HOME\" data"}),
    where, commands) {
    private_destination d(where);
    d.prepare();
    d.exchange_for(commands);
    // And so it is at each later look.
    for (int look = 0; look < 3; ++look) BOOST_TEST(!d.refused().empty());
    BOOST_TEST(d.home_is_untouched());
}

BOOST_DATA_TEST_CASE(staging_that_is_exchanged_while_it_is_used_is_not_entered,
                     data::make(on_this_machine) *
                         data::make({"mkdir in && ln -s \"$HOME\" in/0",
                                     "mkdir -p in/0 && cp -R \"$HOME\"/0 in", "ln -s \"$HOME\" in"}),
                     where, commands) {
    private_destination d(where);
    d.prepare();
    const auto item = d.make("thesis", "x");
    BOOST_REQUIRE(d.stage({item}).end.finished());
    d.exchange_for(commands);
    const auto before = tree_of(d.of_catalog());
    std::vector<process_end> ends;
    ends.push_back(d.stage({item}).end);
    ends.push_back(d.stage({item}, stage_mode::resume, 5).end);
    ends.push_back(d.digests({item}).end);
    ends.push_back(d.publish({item}).end);
    ends.push_back(
        d.wait(d.get().deliver(0, {{1, item.remote_path, md5_of_file(item.local_path), {}}}, 1)).end);
    for (const auto& end : ends) {
        BOOST_REQUIRE(end.error.has_value());
        // Which of the two rsync tells, its connection's end or the status there, is chance.
        BOOST_TEST((end.error->code == failure_code::io || end.error->code == failure_code::connection));
        BOOST_TEST(end.error->detail.find("no private directory of the account") != std::string::npos,
                   end.error->detail);
    }
    d.wait(d.get().sweep({{0, "thesis", 1}}));
    BOOST_TEST(d.home_is_untouched());
    BOOST_TEST((tree_of(d.of_catalog()) == before));
    BOOST_TEST(tree_of(d.base()).empty());
}

BOOST_AUTO_TEST_SUITE_END()
