#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/process/guardian.hpp"
#include "tests/net/process/mortal.hpp"
#include "tests/support/other_programs.hpp"

#define BOOST_TEST_NO_MAIN
#define BOOST_TEST_MODULE suprsync_net
#include <boost/test/unit_test.hpp>

// The guardian, and the process that it is there for, are this program, started with one word.
int main(int count, char** words) {
    // As the daemon does: a child that reads no more is an error of the write.
    std::signal(SIGPIPE, SIG_IGN);
    const std::string_view word = count > 1 ? words[1] : "";
    if (word == suprsync::guardian::guardian_argument) {
        const char* mark = std::getenv(suprsync::guardian::mark_variable);
        return suprsync::run_guardian(mark != nullptr ? mark : "");
    }
    if (word == suprsync::test::mortal_argument && count == 3) return suprsync::test::run_mortal(words[2]);
    const auto& others = suprsync::test::other_programs();
    if (const auto other = others.find(std::string(word)); other != others.end())
        return other->second(count > 2 ? words[2] : "");
    return boost::unit_test::unit_test_main(&init_unit_test, count, words);
}
