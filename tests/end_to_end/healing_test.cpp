// What goes wrong with a copy between its transfer and its proof is found, and mended by comparing anew.
#include <boost/test/unit_test.hpp>
#include <memory>

#include "tests/end_to_end/site.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(healing)

namespace {

// Both kinds of destination have the same promises. Both sites are begun before either is waited for, since a
// second attempt is made ten seconds after the first.
template <class Begin, class End>
void on_both(Begin begin, End end) {
    site local, remote;
    remote.use_ssh();
    auto of_local = begin(local);
    auto of_remote = begin(remote);
    BOOST_TEST_CONTEXT("locally") { end(local, of_local); }
    BOOST_TEST_CONTEXT("over ssh") { end(remote, of_remote); }
}

// A started site's files, and what was seen of its destination.
struct started {
    std::vector<std::int64_t> ids;
    std::unique_ptr<destination_watcher> watcher;
};

// A script that does `what` to "$staged", the file of that name in staging.
std::string to_staged(const site& s, const std::string& name, const std::string& what) {
    return "staged=$(find '" + (s.destination / ".suprsync").string() + "' -name '" + name + "' -type f)\n" +
           what + "\n";
}

}  // namespace

// The end of a session removes it, or a cleaner of temporary files.
BOOST_AUTO_TEST_CASE(a_runtime_directory_removed_under_a_transfer_costs_no_attempt) {
    const auto begin = [](site& s) {
        const auto session = s.scratch / "session";
        fs::create_directory(session);
        s.environment["XDG_RUNTIME_DIR"] = session.string();
        const auto id = s.add_file("a", "17000/hk/a", "content");
        s.wrap("rsync", "case \"$*\" in *--files-from*) if first; then rm -rf '" + session.string() +
                            "'/suprsync; fi;; esac\nexec $real \"$@\"\n");
        s.start();
        return id;
    };
    on_both(begin, [](site& s, auto id) {
        s.await_verified(id);
        BOOST_TEST(s.catalog().row(id).failed_copy_attempts.value_or(0) == 0);
        s.await_no_condition("runtime_directory");
        BOOST_TEST(s.daemon().lines_with("destination_unreachable") == 0U);
        s.stop();
        s.check_delivered();
    });
}

BOOST_AUTO_TEST_CASE(a_bit_flipped_in_staging_is_mended) {
    const auto begin = [](site& s) {
        const auto content = random_content(300'000, 1);
        const auto id = s.add_file("a", "17000/hk/victim", content);
        const auto other = s.add_file("b", "17000/hk/other", "other");
        s.wrap("md5sum",
               "if first; then\n" +
                   to_staged(
                       s, "victim",
                       "printf X | dd of=\"$staged\" bs=1 seek=150000 conv=notrunc 2>/dev/null\ntouch -r '" +
                           (s.data / "a").string() + "' \"$staged\"") +
                   "fi\nexec $real \"$@\"\n");
        started result{{other, id}, std::make_unique<destination_watcher>(s.base)};
        s.start();
        return result;
    };
    on_both(begin, [](site& s, started& begun) {
        for (const auto id : begun.ids) s.await_verified(id);
        s.await_finalized(old_timecode);
        BOOST_TEST(s.daemon().lines_with("checksums differ") >= 1U);
        s.stop();
        s.check_clean(begun.watcher->stop());
        s.check_delivered();
        BOOST_TEST(s.staged_files().empty());
    });
}

BOOST_AUTO_TEST_CASE(a_truncated_copy_is_mended) {
    const auto begin = [](site& s) {
        const auto id = s.add_file("a", "17000/hk/victim", random_content(300'000, 1));
        s.wrap("md5sum", "if first; then\n" + to_staged(s, "victim", "truncate -s 1000 \"$staged\"") +
                             "fi\nexec $real \"$@\"\n");
        started result{{id}, std::make_unique<destination_watcher>(s.base)};
        s.start();
        return result;
    };
    on_both(begin, [](site& s, started& begun) {
        s.await_verified(begun.ids.front());
        s.await_finalized(old_timecode);
        s.stop();
        s.check_clean(begun.watcher->stop());
        s.check_delivered();
    });
}

BOOST_AUTO_TEST_CASE(a_staged_copy_that_disappears_is_sent_again) {
    const auto begin = [](site& s) {
        const auto id = s.add_file("a", "17000/hk/victim", random_content(300'000, 1));
        s.wrap("md5sum",
               "if first; then\n" + to_staged(s, "victim", "rm -f \"$staged\"") + "fi\nexec $real \"$@\"\n");
        s.start();
        return id;
    };
    on_both(begin, [](site& s, auto id) {
        s.await_verified(id);
        s.await_finalized(old_timecode);
        s.check_delivered();
    });
}

BOOST_AUTO_TEST_CASE(a_copy_that_never_matches_is_failed_and_never_published) {
    site s;
    s.options["--max-copy-attempts"] = "2";
    const auto id = s.add_file("a", "17000/hk/victim", random_content(30'000, 1));
    const auto good = s.add_file("b", "17000/hk/good", "good");
    s.wrap("md5sum",
           to_staged(s, "victim", "[ -z \"$staged\" ] || echo more >> \"$staged\"") + "exec $real \"$@\"\n");
    destination_watcher watcher(s.base);
    s.start();
    s.await_verified(good);
    wait_until("it is failed", [&] { return s.file(id).at("state").as_string() == "failed"; });
    BOOST_TEST(s.catalog().row(id).failed_copy_attempts.value_or(0) == 2);
    const auto row = s.catalog().row(id);
    BOOST_REQUIRE(row.remote_md5sum.has_value());  // what the destination answered, also where it differs
    BOOST_TEST(*row.remote_md5sum != row.local_md5sum);
    BOOST_TEST(s.file(id).at("last_error").as_string().find("checksums differ") != std::string::npos);
    // A person mends the cause and gives the attempts back.
    fs::remove(s.scratch / "bin" / "md5sum");
    s.catalog().execute("UPDATE supersync_v0 SET failed_copy_attempts = 0 WHERE id = " + std::to_string(id));
    s.await_verified(id);
    s.await_finalized(old_timecode);
    s.stop();
    s.check_clean(watcher.stop());
    s.check_delivered();
    BOOST_TEST(s.staged_files().empty());
}

BOOST_AUTO_TEST_CASE(a_published_copy_of_another_programs_making_is_judged_by_content) {
    // Unverified rows of which the destination has a copy: a right one counts, a wrong one of the same size
    // and date is not believed.
    const auto begin = [](site& s) {
        auto right = s.make_file("right", "17000/hk/right", "content");
        right.remote_md5sum = "0";
        auto wrong = s.make_file("wrong", "17000/hk/wrong", "content");
        wrong.remote_md5sum = "0";
        for (const auto& row : {right, wrong}) {
            write_file(s.base / row.remote_path,
                       row.remote_path == right.remote_path ? "content" : "c0ntent");
            fs::last_write_time(s.base / row.remote_path, fs::last_write_time(row.local_path));
        }
        auto ids = s.catalog().insert({right, wrong});
        s.start();
        return ids;
    };
    on_both(begin, [](site& s, const auto& ids) {
        for (const auto id : ids) s.await_verified(id);
        s.await_finalized(old_timecode);
        s.check_delivered();
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
