// Whether anything may have been committed: another program's commit is told of, however it comes about, and
// where nothing was, SQLite is not asked.
#include "storage/sqlite/change_notice.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <functional>
#include <optional>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(change_notices)

namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

struct noticed_database : open_database {
    asio::io_context waiting;
    std::unique_ptr<change_notice> notice;
    std::unique_ptr<sqlite_connection> ours;

    void begin() {
        make_ready();
        close();
        ours = std::make_unique<sqlite_connection>(
            std::make_unique<SQLite::Database>(path().string(), SQLite::OPEN_READWRITE));
        // A connection that has read keeps the log in its place.
        ours->number("SELECT count(*) FROM supersync_v0");
        watch();
    }
    void watch() { notice = std::make_unique<change_notice>(waiting.get_executor(), path()); }

    /// What one wait returns, during which `meanwhile` happens.
    bool told(const std::function<void()>& meanwhile,
              std::chrono::milliseconds at_most = std::chrono::hours(1)) {
        std::optional<bool> answer;
        asio::co_spawn(waiting, notice->wait(at_most), [&](const std::exception_ptr& bug, bool written) {
            if (bug) std::rethrow_exception(bug);
            answer = written;
        });
        asio::post(waiting, meanwhile);
        waiting.restart();
        waiting.run();
        return answer.value();
    }
    fs::path log() const { return path().native() + "-wal"; }
    // The log as if it had been written so long ago; its clock ticks, and what is young says nothing.
    void written(std::chrono::seconds ago) {
        fs::last_write_time(log(), fs::file_time_type::clock::now() - ago);
    }
    commit_check complete_check() {
        const auto check = notice->check(*ours);
        notice->complete(*ours, check);
        notice->trust(check);
        return check;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(every_commit_of_another_program_is_told_of, noticed_database) {
    begin();
    BOOST_TEST(told([&] { foreign().insert(row_of(1)); }));
    BOOST_TEST(told([&] { foreign().execute("UPDATE supersync_v0 SET \"ignore\" = 1"); }));
    // Written before anybody waits.
    foreign().insert(row_of(2));
    BOOST_TEST(told([] {}));
}

BOOST_FIXTURE_TEST_CASE(another_file_that_takes_the_place_of_the_log_is_told_of, noticed_database) {
    begin();
    foreign().insert(row_of(1));
    BOOST_TEST(told([] {}));
    BOOST_TEST(told([&] {
        fs::rename(log(), log().native() + ".old");
        fs::copy(log().native() + ".old", log());
    }));
    BOOST_TEST(told([&] { fs::resize_file(log(), 0); }));
}

BOOST_FIXTURE_TEST_CASE(a_log_that_is_made_later_is_watched_from_the_next_wait_on, noticed_database) {
    watch();
    BOOST_TEST(!told([] {}));
    make_ready();
    BOOST_TEST(told([&] { foreign().insert(row_of(1)); }));
}

BOOST_FIXTURE_TEST_CASE(a_wait_ends_by_itself_where_nothing_is_written, noticed_database) {
    begin();
    BOOST_TEST(!told([] {}));
    BOOST_TEST(!told([] {}, std::chrono::milliseconds(1)));
}

BOOST_FIXTURE_TEST_CASE(a_stopped_wait_tells_nothing, noticed_database) {
    begin();
    BOOST_TEST(!told([&] {
        foreign().insert(row_of(1));
        notice->stop();
    }));
    foreign().insert(row_of(2));
    BOOST_TEST(!told([] {}));
}

BOOST_FIXTURE_TEST_CASE(a_look_tells_commits_of_others_from_our_own, noticed_database) {
    begin();
    auto check = complete_check();
    BOOST_TEST(check.by_anybody);
    BOOST_TEST(!check.by_others);  // nobody knows what was before the first one
    BOOST_TEST(!complete_check().by_anybody);
    foreign().insert(row_of(1));
    // Until a check is complete, what it saw is seen again.
    BOOST_TEST(notice->check(*ours).by_others);
    check = complete_check();
    BOOST_TEST(check.by_anybody);
    BOOST_TEST(check.by_others);
    ours->execute("UPDATE supersync_v0 SET \"ignore\" = 1");
    check = complete_check();
    BOOST_TEST(check.by_anybody);
    BOOST_TEST(!check.by_others);
    BOOST_TEST(!complete_check().by_anybody);
    notice->forget();
    BOOST_TEST(complete_check().by_anybody);
}

BOOST_FIXTURE_TEST_CASE(a_log_that_is_as_it_was_is_trusted, noticed_database) {
    begin();
    foreign().insert(row_of(1));
    written(std::chrono::seconds(10));
    BOOST_TEST(notice->may_have_changed());
    // A machine that does much else may take longer than the trust lasts between two lines of this test.
    bool trusted = false;
    for (int i = 0; i < 100 && !trusted; ++i) {
        complete_check();
        trusted = !notice->may_have_changed();
    }
    BOOST_TEST(trusted);
    foreign().insert(row_of(2));
    BOOST_TEST(notice->may_have_changed());
}

// So young a stamp may be that of the next commit, too, and one of the future says nothing.
BOOST_FIXTURE_TEST_CASE(a_log_that_was_just_written_is_not_trusted, noticed_database) {
    begin();
    foreign().insert(row_of(1));
    written(std::chrono::seconds(-100));
    complete_check();
    BOOST_TEST(notice->may_have_changed());
}

// The numbers of another database may be those that were seen in the one before.
BOOST_FIXTURE_TEST_CASE(another_database_is_looked_at_whatever_was_seen_before, noticed_database) {
    begin();
    complete_check();
    BOOST_TEST(!notice->check(*ours).by_anybody);
    notice->begin_anew();
    const auto check = notice->check(*ours);
    BOOST_TEST(check.by_anybody);
    BOOST_TEST(!check.by_others);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
