#include <openssl/evp.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include <cstdlib>

#include "engine/files/md5_sum.hpp"
#include "storage/disk/digest_task.hpp"
#include "tests/storage/disk/running_disk.hpp"

using namespace suprsync;
using namespace suprsync::test;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(local_disk_digests)

BOOST_AUTO_TEST_CASE(files_of_every_size_have_their_sums_and_identities) {
    scratch_directory place;
    running_disk d;
    strings paths;
    strings sums;
    // Around the size of one read (1 MiB) and of one turn (32 MiB).
    for (const std::size_t size :
         {0UL, 1UL, 1048575UL, 1048576UL, 1048577UL, 33554432UL, 33554433UL, 70000000UL}) {
        const auto content = random_content(size, size);
        paths.push_back((place / std::to_string(size)).string());
        sums.push_back(md5_of(content));
        write_file(paths.back(), content);
    }
    const auto seen = d.wait(d.disk->stat(paths));
    const auto made = d.wait(d.disk->digest(paths, {}));
    BOOST_REQUIRE(made.size() == paths.size());
    for (std::size_t i = 0; i < paths.size(); ++i) {
        BOOST_TEST(made[i]->md5 == sums[i], paths[i]);
        BOOST_TEST((made[i]->before == *seen[i]));
        BOOST_TEST((made[i]->after == *seen[i]));
    }
    BOOST_TEST(made[0]->md5 == "d41d8cd98f00b204e9800998ecf8427e");
    BOOST_TEST(d.wait(d.disk->digest({}, {})).empty());
}

BOOST_AUTO_TEST_CASE(what_is_read_is_told) {
    const scratch_directory place;
    running_disk d;
    strings paths;
    for (const std::size_t size : {70'000'000UL, 0UL, 1000UL}) {
        paths.push_back((place / std::to_string(size)).string());
        write_file(paths.back(), std::string(size, 'x'));
    }
    const auto progress = std::make_shared<digest_progress>();
    d.wait(d.disk->digest(paths, {}, progress));
    BOOST_TEST(progress->bytes == 70'001'000U);
    BOOST_TEST(progress->total == 70'001'000U);
    // Of open files whoever asks knows the sizes.
    auto opened = d.wait(d.disk->open(paths, {}));
    std::vector<open_file> files;
    for (auto& one : opened) files.push_back(std::move(*one));
    const auto other = std::make_shared<digest_progress>();
    other->total = 7;
    d.wait(d.disk->digest_open(std::move(files), other));
    BOOST_TEST(other->bytes == 70'001'000U);
    BOOST_TEST(other->total == 7U);
}

BOOST_AUTO_TEST_CASE(thousands_of_small_files_in_their_order) {
    scratch_directory place;
    strings paths;
    strings sums;
    for (int i = 0; i < 3000; ++i) {
        paths.push_back((place / std::to_string(i)).string());
        sums.push_back(md5_of(std::to_string(i)));
        write_file(paths.back(), std::to_string(i));
    }
    paths[1234] = (place / "missing").string();
    running_disk d(4);
    const auto first = d.begin(d.disk->digest(paths, {}));
    const auto second = d.begin(d.disk->digest({paths.rbegin(), paths.rend()}, {}));
    d.loop.run();
    BOOST_REQUIRE((first->has_value() && second->has_value()));
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < paths.size(); ++i)
        for (const auto& one : {(**first)[i], (**second)[paths.size() - 1 - i]})
            if (i == 1234 ? one.has_value() : !one || one->md5 != sums[i]) ++wrong;
    BOOST_TEST(wrong == 0U);
    BOOST_TEST(((**first)[1234].error().code == failure_code::not_found));
}

BOOST_AUTO_TEST_CASE(what_is_no_regular_file_is_not_opened) {
    scratch_directory place;
    const auto fifo = place / "fifo";
    const auto file = place / "file";
    BOOST_REQUIRE(::mkfifo(fifo.c_str(), 0644) == 0);
    write_file(file, "x");
    const int watch = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    BOOST_REQUIRE(::inotify_add_watch(watch, fifo.c_str(), IN_OPEN) >= 0);
    const auto opened = [watch] {
        alignas(inotify_event) char events[4096];
        return ::read(watch, events, sizeof events) > 0;
    };
    running_disk d;
    // Nobody writes to the FIFO: reading it would last for ever.
    for (const auto& path : {fifo.string(), place.path().string(), std::string("/dev/zero")})
        BOOST_TEST((d.digest(path).error().code == failure_code::invalid), path);
    BOOST_TEST(!opened());
    // The watch does see what it should.
    BOOST_REQUIRE(::inotify_add_watch(watch, file.c_str(), IN_OPEN) >= 0);
    BOOST_TEST(d.digest(file).has_value());
    BOOST_TEST(opened());
    ::close(watch);
}

BOOST_AUTO_TEST_CASE(a_change_while_it_is_read_shows_in_the_identities) {
    scratch_directory place;
    const auto path = place / "file";
    const auto before = random_content(3'000'000, 1);
    const std::atomic<bool> stop = false;
    read_watch watch;
    write_file(path, before);
    set_mtime(path, 1000);
    {
        digest_task task(path.string(), std::make_shared<const root_directories>(strings{}));
        std::size_t budget = 1'000'000;
        BOOST_TEST(!task.advance(budget, stop, watch));
        BOOST_TEST(budget == 0U);
        fs::resize_file(path, 2'000'000);
        budget = 10'000'000;
        const auto made = task.advance(budget, stop, watch).value().value();
        BOOST_TEST(budget == 9'000'000U);
        BOOST_TEST((made.before != made.after));
        BOOST_TEST(made.before.size == 3'000'000U);
        BOOST_TEST(made.after.size == 2'000'000U);
        BOOST_TEST(made.md5 == md5_of(std::string_view(before).substr(0, 2'000'000)));
    }
    {
        // Replaced by another: what was read is the old one, whole, and its identity says so.
        write_file(path, before);
        digest_task task(path.string(), std::make_shared<const root_directories>(strings{}));
        std::size_t budget = 1;
        BOOST_TEST(!task.advance(budget, stop, watch));
        write_file(place / "other", random_content(3'000'000, 2));
        fs::rename(place / "other", path);
        budget = 10'000'000;
        const auto made = task.advance(budget, stop, watch).value().value();
        BOOST_TEST((made.before == made.after));
        BOOST_TEST(made.md5 == md5_of(before));
        running_disk d;
        BOOST_TEST((made.after != d.stat(path).value()));
    }
}

BOOST_AUTO_TEST_CASE(stopping_ends_what_is_read_and_what_waits) {
    scratch_directory place;
    const auto huge = fs::canonical(place.path()) / "huge";
    make_huge(huge);
    write_file(place / "small", "x");
    running_disk d(1);
    const auto reading = d.begin(d.disk->digest({huge.string(), (place / "small").string()}, {}));
    const auto waiting = d.begin(d.disk->digest({huge.string()}, {}));
    while (!is_open_here(huge)) d.loop.poll();
    d.disk->stop();
    d.loop.run();
    BOOST_REQUIRE((reading->has_value() && waiting->has_value()));
    for (const auto& one : {(**reading)[0], (**waiting)[0]})
        BOOST_TEST((one.error().code == failure_code::stopped));
    BOOST_TEST((d.digest(place / "small").error().code == failure_code::stopped));
    BOOST_TEST(!is_open_here(huge));
    // Everything else still works.
    BOOST_TEST(d.stat(place / "small").value().size == 1U);
    BOOST_TEST(told(d.wait(d.disk->write_whole((place / "new").string(), "x"))) == "done");
}

BOOST_AUTO_TEST_CASE(nobody_waits_for_somebody_elses_large_file) {
    scratch_directory place;
    const auto huge = fs::canonical(place.path()) / "huge";
    make_huge(huge);
    strings small;
    for (int i = 0; i < 2000; ++i) {
        small.push_back((place / std::to_string(i)).string());
        write_file(small.back(), "x");
    }
    running_disk d(1);
    const auto first = d.begin(d.disk->digest({huge.string()}, {}));
    const auto second = d.begin(d.disk->digest({huge.string()}, {}));
    while (!is_open_here(huge)) d.loop.poll();
    const auto made = d.wait(d.disk->digest(small, {}));
    BOOST_TEST((std::all_of(made.begin(), made.end(), [](const auto& one) { return one.has_value(); })));
    BOOST_TEST(d.stat(small[0]).value().size == 1U);
    BOOST_TEST((!first->has_value() && !second->has_value()));
    d.disk->stop();
    d.loop.run();
}

BOOST_AUTO_TEST_CASE(destroying_the_disk_ends_digests) {
    scratch_directory place;
    const auto huge = fs::canonical(place.path()) / "huge";
    make_huge(huge);
    running_disk d;
    const auto reading = d.begin(d.disk->digest({huge.string()}, {}));
    while (!is_open_here(huge)) d.loop.poll();
    d.disk.reset();
    d.loop.run();
    BOOST_REQUIRE(reading->has_value());
    BOOST_TEST(((**reading)[0].error().code == failure_code::stopped));
}

// As in FIPS mode, and where only the provider without any digests is activated. What a process may fetch is
// settled when it begins: this test runs again, in processes of its own.
BOOST_AUTO_TEST_CASE(sums_are_made_where_the_system_offers_no_md5) {
    constexpr const char* restricted = "SUPRSYNC_TEST_RESTRICTED";
    if (::getenv(restricted) != nullptr) {
        BOOST_REQUIRE(EVP_MD_fetch(nullptr, "MD5", nullptr) == nullptr);
        const fs::path file = ::getenv(restricted);
        BOOST_TEST(md5_error() == "");
        BOOST_TEST(running_disk().digest(file).value().md5 == "900150983cd24fb0d6963f7d28e17f72");
        return;
    }
    scratch_directory place;
    write_file(place / "file", "abc");
    ::setenv("OPENSSL_CONF", (place / "openssl.cnf").c_str(), 1);
    ::setenv(restricted, (place / "file").c_str(), 1);
    const auto ourselves = fs::read_symlink("/proc/self/exe").string();
    for (const std::string section :
         {"alg_section = evp\n[evp]\ndefault_properties = fips=yes\n",
          "providers = some\n[some]\nbase = base_section\n[base_section]\nactivate = 1\n"}) {
        write_file(place / "openssl.cnf", "openssl_conf = all\n[all]\n" + section);
        const int status = std::system(
            ("'" + ourselves + "' --run_test='*/sums_are_made_where_the_system_offers_no_md5' >&2").c_str());
        BOOST_TEST(status == 0, section);
    }
    ::unsetenv(restricted);
    ::unsetenv("OPENSSL_CONF");
}

BOOST_AUTO_TEST_SUITE_END()
