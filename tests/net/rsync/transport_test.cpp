// Files through stage, digests and publish, against real rsync and sshd.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/net/transport_fixture.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(transport_copies)

namespace {

/// All the way, and everything as it must be afterwards.
void deliver(destination& d, const std::vector<stage_item>& items) {
    const auto staged = d.stage(items);
    check_finished(staged.end);
    for (std::size_t i = 0; i < items.size(); ++i)
        BOOST_TEST(!staged.complaints[i], items[i].remote_path << ": " << staged.complaints[i].value_or(""));
    const auto sums = d.digests(items);
    check_finished(sums.end);
    for (std::size_t i = 0; i < items.size(); ++i)
        BOOST_TEST(sums.md5[i].value_or("none") == md5_of_file(items[i].local_path), items[i].remote_path);
    BOOST_TEST(files_below(d.base()).empty());
    const auto published = d.publish(items);
    check_finished(published.end);
    for (std::size_t i = 0; i < items.size(); ++i)
        BOOST_TEST((published.outcomes[i] == publish_outcome::published),
                   items[i].remote_path << ": " << published.details[i]);
    const auto there = files_below(d.base());
    BOOST_TEST(there.size() == items.size());
    for (const auto& item : items) {
        const auto found = there.find(item.remote_path);
        BOOST_REQUIRE_MESSAGE(found != there.end(), item.remote_path);
        BOOST_TEST(found->second == md5_of_file(item.local_path));
    }
    BOOST_TEST(files_below(d.staging()).empty());
    BOOST_TEST(tree_of(d.scratch / "run").size() <= 2U);  // the process's directory and a control socket
}

}  // namespace

BOOST_DATA_TEST_CASE(free_space_is_that_of_the_base_directory_and_of_no_other, data::make(every_place),
                     where) {
    destination d(where);
    BOOST_TEST(!d.wait(d.get().space()));  // it has not been looked for yet
    d.prepare();
    struct ::statvfs seen{};
    BOOST_REQUIRE(::statvfs(d.base().c_str(), &seen) == 0);
    const auto space = d.wait(d.get().space()).value();
    BOOST_TEST(space.bytes_total == std::uint64_t{seen.f_blocks} * seen.f_frsize);
    BOOST_TEST(space.inodes_total == seen.f_files);
    BOOST_TEST(space.bytes_free > 0U);
    BOOST_TEST(space.bytes_free <= space.bytes_total);
    fs::rename(d.base(), d.base().string() + "-away");
    fs::create_directory(d.base());
    const auto another = d.wait(d.get().space());
    BOOST_REQUIRE(!another);
    BOOST_TEST((another.error().code == failure_code::base_changed));
}

BOOST_DATA_TEST_CASE(files_arrive_whatever_their_names, data::make(every_place), where) {
    destination d(where);
    d.prepare();
    const auto trap = (d.scratch / "trap").string();
    std::vector<stage_item> items;
    int seed = 0;
    for (const std::string& name : std::vector<std::string>{"17000/plain.g3",
                                                            "17000/two words",
                                                            "17000/it's \"quoted\"",
                                                            "17000/$(touch " + trap.substr(1) + ")",
                                                            "17000/`id`;true",
                                                            "17000/new\nline",
                                                            "-rf",
                                                            "17000/-rf",
                                                            "-",
                                                            "17000/--delete",
                                                            "17000/ü\xc3\xb6/日本.g3",
                                                            "17000/back\\slash\\#012",
                                                            "17000/ lead",
                                                            "17000/trail ",
                                                            "17000/*?[x]",
                                                            "17000/!history",
                                                            "~root/x",
                                                            "17000/a:b",
                                                            "host:17000/x",
                                                            "17000/%s%n",
                                                            "17000/tab\tand\rreturn",
                                                            "17000/deep/er/and/er/file",
                                                            "#start",
                                                            ";start",
                                                            "17000/" + std::string(255, 'n')})
        items.push_back(d.make(name, random_content(1000, static_cast<std::uint64_t>(++seed))));
    items.push_back(d.make("17000/empty", ""));
    deliver(d, items);
    BOOST_TEST(!std::filesystem::exists(trap));
}

BOOST_DATA_TEST_CASE(the_runtime_directory_may_vanish_between_two_batches, data::make(both_places), where) {
    destination d(where);
    d.prepare();
    deliver(d, {d.make("17000/a", "first")});
    fs::remove_all(d.scratch / "run");
    const auto item = d.make("17000/b", "second");
    check_finished(d.stage({item}).end);
    check_finished(d.publish({item}).end);
    BOOST_TEST(files_below(d.base()).size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_runtime_directory_that_cannot_be_made_is_told_as_ours) {
    destination d(place::here);
    d.options.runtime_directory = (d.scratch / "run/ours").string();
    d.prepare();
    fs::remove_all(d.scratch / "run");
    write_file(d.scratch / "run", "a file");
    const auto report = d.stage({d.make("17000/a", "first")});
    BOOST_REQUIRE(report.end.error.has_value());
    BOOST_TEST((report.end.error->code == failure_code::runtime_directory), report.end.error->text());
    BOOST_TEST(!report.complaints[0]);
    fs::remove(d.scratch / "run");
    check_finished(d.stage({d.make("17000/a", "first")}).end);
}

BOOST_AUTO_TEST_CASE(six_thousand_files_in_one_batch_over_ssh) {
    destination d(place::ssh);
    d.prepare();
    std::vector<stage_item> items;
    for (int i = 0; i < 6000; ++i)
        items.push_back(d.make("17000/smurf/" + std::to_string(i % 60) + "/a rather long name of file $(" +
                                   std::to_string(i) + ").g3",
                               "content " + std::to_string(i)));
    deliver(d, items);
}

BOOST_DATA_TEST_CASE(each_file_has_its_own_complaint_and_the_others_arrive, data::make(every_place), where) {
    destination d(where);
    d.prepare();
    const auto good = d.make("17000/good", "good");
    const stage_item missing{d.local("no such file"), "17000/missing", 5};
    const auto parent = d.make("17000/clash", "a file");
    const auto child = d.make("17000/clash/below", "and a file below its name");
    const auto long_name = d.make("17000/" + std::string(256, 'n'), "no file system takes the name");
    fs::create_directory(d.local("directory"));
    write_file(d.local("directory") / "inside", "registered by nobody");
    const stage_item directory{d.local("directory"), "17000/directory", 0};
    const std::vector<stage_item> items = {good, missing, parent, child, long_name, directory};
    const auto report = d.stage(items);
    check_finished(report.end);
    BOOST_TEST(report.end.exit_class == "23");
    BOOST_TEST(!report.complaints[0]);
    BOOST_TEST(report.complaints[1].value_or("") ==
               "link_stat \"" + missing.local_path + "\" failed: No such file or directory (2)");
    BOOST_TEST(!report.complaints[2]);
    BOOST_TEST(report.complaints[3].value_or("").find("exclude each other") != std::string::npos);
    BOOST_TEST(report.complaints[4].value_or("").find("File name too long") != std::string::npos);
    const auto sums = d.digests(items);
    check_finished(sums.end);
    BOOST_TEST(sums.md5[0].value_or("") == md5_of("good"));
    BOOST_TEST(!sums.md5[1]);
    BOOST_TEST(sums.complaints[1].value_or("") == "No such file or directory");
    BOOST_TEST(sums.md5[2].value_or("") == md5_of("a file"));
    BOOST_TEST(!sums.md5[3]);
    BOOST_TEST(sums.complaints[3].value_or("") == "Not a directory");
    // rsync makes the directory, and nothing in it.
    BOOST_TEST(sums.complaints[5].value_or("") ==
               (is_without_rsync(where) ? "No such file or directory" : "it is no regular file"));
    BOOST_TEST(!fs::exists(d.slot() / "17000/directory/inside"));
}

BOOST_AUTO_TEST_CASE(settings_with_quotes_and_spaces_are_only_settings) {
    for (auto where : both_places) {
        destination d(where);
        const auto odd = d.scratch / "it's a \"base\" $(touch x) \\ \n!";
        fs::create_directories(odd / "base");
        d.options.archive.remote_basedir = odd / "base";
        d.options.archive.name = "an 'archive' $HOME";
        d.options.runtime_directory = d.scratch / "r ' \"n";
        const auto facts = d.prepare();
        BOOST_TEST(facts.staging_refused.empty(), facts.staging_refused);
        BOOST_TEST(facts.base == (odd / "base").string());
        const auto item = d.make("17000/a", "x");
        check_finished(d.stage({item}).end);
        BOOST_TEST((d.publish({item}).outcomes[0] == publish_outcome::published));
        BOOST_TEST(read_file(odd / "base/17000/a") == "x");
    }
}

BOOST_DATA_TEST_CASE(without_chmod_modes_are_left_to_the_account, data::make(each_kind), where) {
    destination d(where);
    d.options.archive.chmod.clear();
    d.prepare();
    const auto item = d.make("17000/a", "x");
    ::chmod(item.local_path.c_str(), 0600);
    check_finished(d.stage({item}).end);
    check_finished(d.publish({item}).end);
    struct stat found = {};
    ::stat((d.base() / "17000/a").c_str(), &found);
    BOOST_TEST((found.st_mode & 0777U) == 0600U);
}

BOOST_DATA_TEST_CASE(nothing_starts_once_the_transport_has_stopped, data::make(every_place), where) {
    destination d(where);
    d.prepare();
    d.get().stop();
    const auto item = d.make("17000/a", "x");
    for (const auto& end :
         {d.stage({item}).end, d.digests({item}).end, d.publish({item}).end, d.stat({"a"}).end}) {
        BOOST_REQUIRE(end.error.has_value());
        BOOST_TEST((end.error->code == failure_code::stopped), end.error->text());
    }
}

BOOST_AUTO_TEST_CASE(leftovers_of_earlier_processes_are_swept) {
    destination d;
    fs::create_directories(d.scratch / "run/run-abcdef/t0");
    write_file(d.scratch / "run/1.x", "of somebody else");
    d.prepare();
    BOOST_TEST(!fs::exists(d.scratch / "run/run-abcdef"));
    BOOST_TEST(fs::exists(d.scratch / "run/1.x"));
    struct stat found = {};
    ::stat((d.scratch / "run").c_str(), &found);
    for (const auto& entry : fs::directory_iterator(d.scratch / "run")) {
        if (!entry.is_directory()) continue;
        ::stat(entry.path().c_str(), &found);
        BOOST_TEST((found.st_mode & 0777U) == 0700U);
    }
    d.close();
    BOOST_TEST(files_below(d.scratch / "run").size() == 1U);
}

BOOST_DATA_TEST_CASE(what_is_sent_is_what_was_opened, data::make(every_place), where) {
    prepared_destination d(where);
    auto item = d.make("17000/a", "the file that was judged");
    const int opened = ::open(item.local_path.c_str(), O_RDONLY | O_CLOEXEC);
    item.read_at = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(opened);
    bool held = true;
    item.held = std::shared_ptr<const void>(&held, [&](const void*) { held = false; });
    fs::rename(d.make("17000/b", "another file").local_path, item.local_path);
    check_finished(d.stage({item}).end);
    BOOST_TEST(read_file(d.slot() / "17000/a") == "the file that was judged");
    item.held.reset();
    // Nobody of rsync's is left; who was killed may need a moment to be gone.
    while (held) d.digests({item});
    ::close(opened);
}

BOOST_AUTO_TEST_SUITE_END()
