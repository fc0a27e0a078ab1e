// The frame that every script runs in at the destination: its settings, its status, and nothing left running
// when whoever asked goes away.
#include <sys/stat.h>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/net/remote/scripted_destination.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/waiting.hpp"

namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(script_frame)

BOOST_DATA_TEST_CASE(when_whoever_asked_goes_away_all_of_it_is_ended, data::make(every_sh), sh) {
    // Out of the runner's own process group, as at the far end of an ssh.
    scripted_destination d(sh);
    const auto mark = (d.scratch / "a name in its environment").string();
    // The input ends when main has begun, not before.
    const auto begun = (d.scratch / "begun").string();
    BOOST_REQUIRE(::mkfifo(begun.c_str(), 0600) == 0);
    const auto text =
        scripts::compose(assignment("begun", begun),
                         "main() { head -c 5; echo begun; echo >\"$begun\"; sleep 1000 & sleep 1000; }\n");
    child_request child;
    child.arguments = {"sh", "-c",
                       "{ cat; read -r line <\"$1\"; } | setsid -w timeout 1000 sh -c 'eval \"$(head -c " +
                           std::to_string(text.size()) + ")\"'",
                       "sh", begun};
    child.environment = {"MARK=" + mark};
    child.input = text + "5 :\nlist\n";
    child.keep_input_open = false;
    child.limit = generous;
    const auto done = d.wait(d.runner_.run(std::move(child)));
    BOOST_REQUIRE(done.has_value());
    BOOST_TEST((done->cause == ended_by::itself));
    BOOST_TEST(!done->succeeded());
    BOOST_TEST(done->output == "list\nbegun\n");
    wait_until("all of it is gone", [&] { return processes_about(mark).empty(); });
}

BOOST_DATA_TEST_CASE(the_frame_hands_on_the_status_and_leaves_no_watcher, data::make(every_sh), sh) {
    scripted_destination d(sh);
    const auto mark = (d.scratch / "a name in its environment").string();
    ::setenv("SUPRSYNC_TEST_MARK", mark.c_str(), 1);
    for (int status : {0, 5, 123}) {
        const auto answer =
            d.run("main() { cat; return " + std::to_string(status) + "; }\n", "a list\nof two lines");
        BOOST_TEST(answer.end.exit_class == std::to_string(status));
        BOOST_TEST(answer.output == "a list\nof two lines");
    }
    BOOST_TEST(d.run("main() { exit 87; }\n", "unread").end.exit_class == "87");
    ::unsetenv("SUPRSYNC_TEST_MARK");
    BOOST_TEST(processes_about(mark).empty());
}

BOOST_DATA_TEST_CASE(a_call_has_settings_of_its_own, data::make(every_sh), sh) {
    scripted_destination d(sh);
    script_request request;
    request.script = "prestart() { before=$word; }\nmain() { cat; echo \"$before\"; echo \"$word\"; }\n";
    request.settings = assignment("word", "setting");
    request.limit = generous;
    request.list = "list ";
    request.call = "word=call";
    BOOST_TEST(d.wait(d.shell_.run(request)).output == "list setting\ncall\n");
}

BOOST_AUTO_TEST_SUITE_END()
