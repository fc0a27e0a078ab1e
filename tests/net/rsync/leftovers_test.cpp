// Without staging: what a killed receiver left is removed before the next transfer, and nothing else.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <set>

#include "tests/support/net/far_shells.hpp"
#include "tests/support/net/transport_fixture.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/waiting.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(leftovers)

namespace {

struct without_staging : destination {
    explicit without_staging(const std::string& shell = "dash") : sh(shell) {
        options.archive.remote_staging_dir = (base() / "refused").string();
        BOOST_TEST(!prepare().staging_refused.empty());
    }
    /// As a receiver leaves it: written, and then nothing.
    void leave(const std::string& path, const std::string& content = "par") {
        fs::create_directories((base() / path).parent_path());
        const int file = ::open((base() / path).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        BOOST_REQUIRE(::write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
        ::close(file);
    }
    std::vector<std::string> left() const {
        auto names = tree_of(base());
        std::erase_if(names, [](const auto& name) { return name.find("/.") == std::string::npos; });
        return names;
    }

    sh_is sh;
};

}  // namespace

BOOST_DATA_TEST_CASE(leftovers_of_the_files_that_are_sent_are_removed, data::make(every_sh), sh) {
    without_staging d(sh);
    const std::vector<std::string> ours = {"17000/.a.Ab12Cd", "17000/.a.zzzzzz", "17000/.it's $x\n.Ab12Cd",
                                           "17000/.hidden.Ab12Cd", ".top.Ab12Cd"};
    for (const auto& path : ours) d.leave(path);
    const auto report = d.stage({d.make("17000/a", "whole"), d.make("17000/it's $x\n", "whole"),
                                 d.make("17000/.hidden", "whole"), d.make("top", "whole")});
    check_finished(report.end);
    BOOST_TEST(std::set(report.removed_leftovers.begin(), report.removed_leftovers.end()) ==
                   std::set(ours.begin(), ours.end()),
               boost::test_tools::per_element());
    for (const auto& path : ours) BOOST_TEST(!fs::exists(d.base() / path), path);
    BOOST_TEST(read_file(d.base() / "17000/a") == "whole");
}

BOOST_DATA_TEST_CASE(whatever_may_be_something_else_stays, data::make(every_sh), sh) {
    without_staging d(sh);
    for (const char* name : {".b.Ab12Cd", ".a.Ab12C", ".a.Ab12Cde", ".a.Ab12C~", "a.Ab12Cd", ".a.x.Ab12Cd"})
        d.leave(std::string("17000/") + name);
    d.leave("17001/.a.Ab12Cd");                   // no file is sent to that directory
    d.leave("17000/.a.larger", "much too much");  // than the file that is sent
    d.leave("17000/.a.public");
    fs::permissions(d.base() / "17000/.a.public", fs::perms::group_read, fs::perm_options::add);
    // A complete file that is registered under such a name: it has got the time of its origin.
    d.leave("17000/.a.whole1");
    fs::last_write_time(d.base() / "17000/.a.whole1", fs::file_time_type::clock::now());
    d.leave("17000/.a.linked");
    fs::create_hard_link(d.base() / "17000/.a.linked", d.base() / "17000/link");
    d.leave("17000/.a.opened");
    const int in_use = ::open((d.base() / "17000/.a.opened").c_str(), O_RDONLY | O_CLOEXEC);
    fs::create_directory(d.base() / "17000/.a.direct");
    fs::create_symlink("link", d.base() / "17000/.a.symbol");
    const auto before = d.left();
    auto report = d.stage({d.make("17000/a", "whole")});
    check_finished(report.end);
    BOOST_TEST(report.removed_leftovers.empty());
    BOOST_TEST(d.left() == before, boost::test_tools::per_element());
    ::close(in_use);
    // Looked for again where anything like it was seen.
    report = d.stage({d.make("17000/a", "whole")});
    BOOST_TEST(report.removed_leftovers == std::vector<std::string>{"17000/.a.opened"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_a_killed_rsync_leaves_is_such_a_file) {
    without_staging d;
    d.close();
    d.options.archive.bwlimit = "200";
    d.prepare();
    const auto item = d.make("17000/large", std::string(2'000'000, 'x'));
    stage_request request;
    request.items = {item};
    bool ended = false;
    boost::asio::co_spawn(d.context, d.get().stage(std::move(request)),
                          [&](const std::exception_ptr&, const stage_report& report) {
                              ended = true;
                              BOOST_TEST(!report.end.finished());
                          });
    d.context.restart();
    const auto written = [&] {
        for (const auto& [path, content] : files_below(d.base()))
            if (!content.empty()) return true;
        return false;
    };
    wait_until("something arrived", [&] {
        d.context.poll();
        return written();
    });
    for (const auto& receiver : processes_about(d.base(), "rsync --server")) ::kill(receiver.pid, SIGKILL);
    while (!ended) d.context.run_one();
    BOOST_REQUIRE(d.left().size() == 1U);
    d.close();
    d.options.archive.bwlimit.reset();
    d.prepare();
    const auto report = d.stage({item});
    check_finished(report.end);
    BOOST_TEST(report.removed_leftovers.size() == 1U);
    BOOST_TEST(d.left().empty());
}

BOOST_AUTO_TEST_SUITE_END()
