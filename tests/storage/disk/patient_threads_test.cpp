// What becomes of the others when a call to a file system does not come back.
#include "storage/disk/patient_threads.hpp"

#include <future>
#include <thread>

#include "storage/disk/closing_thread.hpp"
#include "tests/storage/disk/running_disk.hpp"

using namespace suprsync;
using namespace suprsync::test;
namespace asio = boost::asio;

BOOST_AUTO_TEST_SUITE(calls_that_hang)

namespace {

// Calls for paths in /hung do not come back before the gate is opened.
struct hung_world {
    asio::io_context loop;
    std::promise<void> gate;
    std::shared_future<void> opened = gate.get_future().share();
    bool open = false;
    std::optional<patient_threads> threads{std::in_place, loop.get_executor(), 1U,
                                           std::chrono::milliseconds(100)};

    ~hung_world() { open_gate(); }
    void open_gate() {
        if (!std::exchange(open, true)) gate.set_value();
    }
    strings ask(strings paths) {
        strings said;
        const auto answers = run_to_end(
            loop, threads->each<int>("look at", std::move(paths), [gate = opened](const std::string& path) {
                if (path.starts_with("/hung/")) gate.wait();
                return result<int>(1);
            }));
        for (const auto& answer : answers)
            said.push_back(answer ? "there" : std::string(name_of(answer.error().code)));
        return said;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_path_that_hangs_waits_alone, hung_world) {
    BOOST_TEST(ask({"/a", "/hung/a", "/b"}) == (strings{"there", "place", "there"}),
               boost::test_tools::per_element());
    BOOST_TEST(ask({"/hung/b", "/c"}) == (strings{"place", "there"}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_path_that_answers_again_is_asked_again, hung_world) {
    BOOST_TEST(ask({"/hung/a"}) == strings{"place"}, boost::test_tools::per_element());
    open_gate();
    while (ask({"/hung/a"}) != strings{"there"}) std::this_thread::yield();
}

BOOST_FIXTURE_TEST_CASE(an_end_does_not_wait_for_what_hangs, hung_world) {
    ask({"/hung/a"});
    threads.reset();
    BOOST_TEST(!open);
}

BOOST_FIXTURE_TEST_CASE(more_callers_than_threads_wait_for_their_turn, hung_world) {
    auto ask_one = [this](std::string path) -> asio::awaitable<bool> {
        auto answer = co_await threads->one<int>("look at", path, [gate = opened](const std::string& p) {
            if (p.starts_with("/hung/")) gate.wait();
            return result<int>(1);
        });
        co_return answer.has_value();
    };
    int there = 0;
    for (int i = 0; i < 20; ++i)
        asio::co_spawn(loop, ask_one(i == 0 ? "/hung/a" : "/a"),
                       [&](std::exception_ptr, bool answered) { there += answered ? 1 : 0; });
    loop.run();
    BOOST_TEST(there == 19);
}

BOOST_FIXTURE_TEST_CASE(many_paths_are_answered_in_their_order, hung_world) {
    const auto said = ask(strings(5000, "/a"));
    BOOST_TEST(static_cast<std::size_t>(std::count(said.begin(), said.end(), "there")) == 5000U);
    BOOST_TEST(ask({}).empty());
}

BOOST_AUTO_TEST_CASE(where_two_paths_of_a_file_system_hang_others_there_are_not_asked) {
    hanging_paths hanging;
    BOOST_TEST(!hanging.holds_up("/dev/shm/a/x"));
    hanging.begins("/dev/shm/a/x");
    BOOST_TEST(hanging.holds_up("/dev/shm/a/x"));
    BOOST_TEST(!hanging.holds_up("/dev/shm/b/x"));
    hanging.begins("/dev/shm/b/y");
    BOOST_TEST(hanging.holds_up("/dev/shm/c/z"));
    BOOST_TEST(!hanging.holds_up("/nowhere/x"));
    hanging.ends("/dev/shm/a/x");
    BOOST_TEST(!hanging.holds_up("/dev/shm/c/z"));
    // The root's file system is never held up as a whole.
    hanging.begins("/nowhere/a/x");
    hanging.begins("/nowhere/a/y");
    BOOST_TEST(hanging.holds_up("/nowhere/a/z"));
    BOOST_TEST(!hanging.holds_up("/nowhere/b/x"));
}

BOOST_AUTO_TEST_SUITE_END()
