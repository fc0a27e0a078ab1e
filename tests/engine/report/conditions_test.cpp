#include "engine/report/conditions.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

#include "engine/report/condition_catalogue.hpp"
#include "tests/engine/report/captured_log.hpp"

using namespace suprsync;
using suprsync::test::captured_log;

BOOST_AUTO_TEST_SUITE(conditions)

namespace {

struct board_and_log {
    epoch_seconds now = 1000;
    captured_log log;
    condition_board board{[this] { return now; }};
};

bool holds_part(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_empty_board_shows_nothing, board_and_log) {
    BOOST_TEST(board.list().empty());
    BOOST_TEST(!board.is_raised("files_failed", "smurf"));
    BOOST_TEST(log.take().empty());
}

BOOST_FIXTURE_TEST_CASE(a_condition_is_logged_once_when_it_begins_and_once_when_it_ends, board_and_log) {
    board.raise("destination_unreachable", "smurf", "no route; it is tried again");
    auto lines = log.take();
    BOOST_REQUIRE(lines.size() == 1U);
    BOOST_TEST(lines[0].starts_with("warning "));
    for (const char* part : {"destination_unreachable", "smurf", "no route; it is tried again"})
        BOOST_TEST(holds_part(lines[0], part), lines[0]);

    for (int i = 0; i < 5; ++i) {
        now += 10;
        board.raise("destination_unreachable", "smurf", "no route, attempt " + std::to_string(i));
    }
    BOOST_TEST(log.take().empty());

    board.clear("destination_unreachable", "smurf");
    lines = log.take();
    BOOST_REQUIRE(lines.size() == 1U);
    for (const char* part : {"destination_unreachable", "smurf", "over", "50.0 s"})
        BOOST_TEST(holds_part(lines[0], part), lines[0]);

    board.clear("destination_unreachable", "smurf");
    BOOST_TEST(log.take().empty());
}

BOOST_FIXTURE_TEST_CASE(a_condition_shows_since_when_how_often_and_its_newest_message, board_and_log) {
    board.raise("files_failed", "smurf", "one");
    now += 10;
    board.raise("files_failed", "smurf", "two");
    const auto all = board.list();
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].kind == "files_failed");
    BOOST_TEST(all[0].archive == "smurf");
    BOOST_TEST(all[0].message == "two");
    BOOST_TEST(all[0].since == 1000);
    BOOST_TEST(all[0].count == 2U);
}

BOOST_FIXTURE_TEST_CASE(conditions_of_other_kinds_and_archives_are_others, board_and_log) {
    board.raise("files_failed", "smurf", "a");
    board.raise("files_failed", "hk", "b");
    board.raise("paused", "smurf", "c");
    board.raise("files_failed", "", "d");
    BOOST_TEST(board.list().size() == 4U);
    BOOST_TEST(log.take().size() == 4U);
    board.clear("files_failed", "smurf");
    BOOST_TEST(!board.is_raised("files_failed", "smurf"));
    BOOST_TEST(board.is_raised("files_failed", "hk"));
    BOOST_TEST(board.is_raised("paused", "smurf"));
    BOOST_TEST(board.is_raised("files_failed", ""));
    BOOST_TEST(log.take().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_condition_that_returns_begins_anew, board_and_log) {
    board.raise("paused", "smurf", "a");
    board.raise("paused", "smurf", "a");
    board.clear("paused", "smurf");
    log.take();
    now += 100;
    board.raise("paused", "smurf", "b");
    BOOST_TEST(log.take().size() == 1U);
    BOOST_TEST(board.list().at(0).since == 1100);
    BOOST_TEST(board.list().at(0).count == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_message_is_text_whatever_it_holds, board_and_log) {
    board.raise("files_failed", "{}", "{} {0} %s {x:>99}");
    const auto lines = log.take();
    BOOST_REQUIRE(lines.size() == 1U);
    BOOST_TEST(holds_part(lines[0], "{} {0} %s {x:>99}"));
}

// Operators match on them: the catalogue says of each what it means and what to do, docs/messages.md is made
// of it, and docs/spec.md lists them.
BOOST_AUTO_TEST_CASE(every_kind_stands_in_the_documents) {
    const auto text_of = [](const std::string& name) {
        std::ifstream in(std::string(SUPRSYNC_SOURCE_DIR "/") + name);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    const auto messages = text_of("docs/messages.md");
    const auto spec = text_of("docs/spec.md");
    const auto header = text_of("engine/report/conditions.hpp");
    static const std::regex kind(R"re(inline constexpr const char\* \w+ = "(\w+)";)re");
    int kinds = 0;
    for (std::sregex_iterator place(header.begin(), header.end(), kind), end; place != end;
         ++place, ++kinds) {
        const auto name = "`" + (*place)[1].str() + "`";
        BOOST_TEST(messages.find("\n| " + name + " | ") != std::string::npos,
                   "docs/messages.md does not name " << name);
        BOOST_TEST(is_condition((*place)[1].str()), "the catalogue lacks " << name);
        BOOST_TEST(spec.find(name) != std::string::npos, "docs/spec.md does not name " << name);
    }
    BOOST_TEST(kinds >= 19);
    BOOST_TEST(static_cast<std::size_t>(kinds) == condition_catalogue().size());
    for (const auto& one : condition_catalogue()) {
        BOOST_TEST(one.meaning != std::string(), one.kind);
        BOOST_TEST(one.advice != std::string(), one.kind);
    }
    BOOST_TEST(!is_condition("failed"));
}

BOOST_AUTO_TEST_SUITE_END()
