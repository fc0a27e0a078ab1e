// Deletion under attack: between the proof of a copy and the deletion of the original something changes here.
// Nothing is deleted of which the destination has not exactly this content.
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/verified_site.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(deletion)

BOOST_FIXTURE_TEST_CASE(a_rewritten_file_of_the_same_size_is_copied_as_it_is_now_before_it_goes,
                        verified_site) {
    const auto id = add("a", "content one");
    destination_watcher watcher(base);
    verify();
    write_file(data / "a", "content two");
    begin_deletion();
    await_removed(id);
    BOOST_TEST(read_file(base / today("a")) == "content two");
    BOOST_TEST(!fs::exists(data / "a"));
    BOOST_TEST(daemon().lines_with((data / "a").string() + " (id " + std::to_string(id) + ")") >= 1U);
    stop();
    check_clean(watcher.stop(), {{today("a"), {md5_of("content one")}}});
}

BOOST_FIXTURE_TEST_CASE(a_file_rewritten_with_an_old_date_is_not_deleted_unseen, verified_site) {
    const auto id = add("a", "content one");
    verify();
    write_file(data / "a", "content two");
    set_mtime(data / "a", now() - 5000);
    begin_deletion();
    await_witness();
    wait_until("it is deleted after being copied, or kept", [&] {
        return catalog().row(id).removed.has_value() || file(id).at("state").as_string() == "failed";
    });
    BOOST_TEST((fs::exists(data / "a") || read_file(base / today("a")) == "content two"));
}

BOOST_FIXTURE_TEST_CASE(a_file_replaced_by_another_inode_is_judged_by_its_content, verified_site) {
    const auto same = add("same", "content");
    const auto other = add("other", "content one");
    verify();
    const auto replace = [&](const std::string& name, const std::string& content) {
        write_file(data / "new", content);
        fs::rename(data / "new", data / name);
    };
    replace("same", "content");
    replace("other", "content two");
    begin_deletion();
    await_removed(same);
    await_removed(other);
    BOOST_TEST(read_file(base / today("same")) == "content");
    BOOST_TEST(read_file(base / today("other")) == "content two");
}

BOOST_FIXTURE_TEST_CASE(a_touched_file_is_judged_by_its_content, verified_site) {
    const auto id = add("a", "content");
    verify();
    set_mtime(data / "a", now());
    begin_deletion();
    await_removed(id);
    BOOST_TEST(read_file(base / today("a")) == "content");
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_gone_already_is_recorded, verified_site) {
    const auto id = add("a", "content");
    verify();
    fs::remove(data / "a");
    begin_deletion();
    await_removed(id);
    BOOST_TEST(*catalog().row(id).removed == 0);
    BOOST_TEST(catalog().row(id).verified());
}

BOOST_FIXTURE_TEST_CASE(of_a_symbolic_link_only_the_link_is_deleted, verified_site) {
    const auto id = add("a", "content");
    fs::create_directory(data / "below");
    fs::rename(data / "a", data / "below/target");
    fs::create_symlink("below/target", data / "a");
    verify();
    BOOST_TEST(fs::is_regular_file(fs::symlink_status(base / today("a"))));
    BOOST_TEST(read_file(base / today("a")) == "content");
    begin_deletion();
    await_removed(id);
    BOOST_TEST(*catalog().row(id).removed > 0);
    BOOST_TEST(!fs::exists(fs::symlink_status(data / "a")));
    BOOST_TEST(read_file(data / "below/target") == "content");
}

BOOST_FIXTURE_TEST_CASE(a_file_that_another_archive_needs_is_kept, verified_site) {
    const auto id = add("a", "content");
    auto other = make_file("a", "17000/elsewhere", "content");
    other.archive_name = "smurf";  // nobody serves it: it stays unsettled
    const auto other_id = catalog().insert(other);
    start();
    await_verified(id);
    await_verified(witness);
    stop();
    options["--sleep-time"] = "1";  // a file that waits for another registration is asked for in every pass
    begin_deletion();
    await_witness();
    BOOST_TEST(fs::exists(data / "a"));
    BOOST_TEST(!catalog().row(id).removed.has_value());
    // Once the other is settled it goes.
    stop();
    catalog().execute(
        "UPDATE supersync_v0 SET remote_md5sum = local_md5sum, copied = 1, removed = 0 WHERE id = " +
        std::to_string(other_id));
    start();
    await_removed(id);
}

// One file under several names: deleted only when nobody needs it any more, under whatever name.
BOOST_FIXTURE_TEST_CASE(a_file_that_another_archive_needs_under_another_name_is_kept, verified_site) {
    fs::create_directory_symlink(data, scratch / "directory link");
    fs::create_directories(data / "below");
    fs::create_directories(data / "links");
    fs::create_symlink(data / "e", data / "links/e");
    // What is verified, and how the other archive spells it.
    const std::map<std::string, std::string> names = {
        {"a", data.string() + "//a"},         {"b", data.string() + "/./b"},
        {"c", data.string() + "/below/../c"}, {"d", (scratch / "directory link/d").string()},
        {"e", (data / "links/e").string()},
    };
    std::map<std::string, std::int64_t> verified, other;
    for (const auto& [name, spelling] : names) {
        verified[name] = add(name, "content of " + name);
        auto row = make_file(name, "17000/" + name, "content of " + name);
        row.archive_name = "smurf";  // nobody serves it: it stays unsettled
        row.local_path = spelling;
        other[name] = catalog().insert(row);
    }
    // And the other way round.
    auto odd = make_file("f", today("f"), "content of f");
    odd.local_path = data.string() + "/.//f";
    verified["f"] = catalog().insert(odd);
    auto plain = make_file("f", "17000/f", "content of f");
    plain.archive_name = "smurf";
    other["f"] = catalog().insert(plain);

    start();
    await_verified(witness);
    for (const auto& [name, id] : verified) await_verified(id);
    stop();
    begin_deletion();
    await_witness();
    for (const auto& [name, id] : verified) {
        BOOST_TEST(read_file(data / name) == "content of " + name);
        BOOST_TEST(!catalog().row(id).removed.has_value(), name);
        BOOST_TEST(file(id).at("last_error").is_null());
    }
    BOOST_TEST(condition("deletion_failed").is_null());
    BOOST_TEST(daemon().lines_with("is not deleted: ") == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_directory_that_is_not_writable_is_a_condition_and_the_rest_goes_on, verified_site) {
    const auto id = add("closed/a", "content");
    catalog().execute("PRAGMA wal_checkpoint");
    run_without_root();
    verify();
    fs::permissions(data / "closed", fs::perms(0555));
    begin_deletion();
    await_condition("deletion_failed");
    await_witness();
    BOOST_TEST(fs::exists(data / "closed/a"));
    BOOST_TEST(!catalog().row(id).removed.has_value());
    BOOST_TEST(condition("deletion_failed").at("message").as_string().find("closed/a") != std::string::npos);
    const auto fresh = add("fresh", "fresh");
    await_removed(fresh);
    fs::permissions(data / "closed", fs::perms(0755));
}

BOOST_FIXTURE_TEST_CASE(a_file_outside_its_local_roots_is_never_deleted, verified_site) {
    write_file(scratch / "outside" / "a", "content");
    auto row = make_file("b", today("outside"), "content");
    row.local_path = (scratch / "outside" / "a").string();
    const auto id = catalog().insert(row);
    verify();
    begin_deletion();
    await_witness();
    BOOST_TEST(fs::exists(scratch / "outside" / "a"));
    BOOST_TEST(!catalog().row(id).removed.has_value());
}

BOOST_FIXTURE_TEST_CASE(what_another_program_verified_is_hashed_before_it_goes, verified_site) {
    // Rows as the Python agent leaves them: verified, with no record of ours of which file it was.
    auto right = make_file("right", today("right"), "content");
    right.remote_md5sum = right.local_md5sum;
    right.copied = now();
    auto wrong = make_file("wrong", today("wrong"), "content one");
    wrong.remote_md5sum = wrong.local_md5sum;
    wrong.copied = now();
    write_file(base / right.remote_path, "content");
    write_file(base / wrong.remote_path, "content one");
    write_file(wrong.local_path, "content two");
    const auto right_id = catalog().insert(right);
    const auto wrong_id = catalog().insert(wrong);
    begin_deletion();
    await_removed(right_id);
    await_removed(wrong_id);
    BOOST_TEST(read_file(base / wrong.remote_path) == "content two");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
