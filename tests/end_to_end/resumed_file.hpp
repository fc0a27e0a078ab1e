// A large file whose transfer is interrupted: how much of it passes a link, and what is there in the end.
#pragma once

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/end_to_end/site.hpp"

namespace suprsync::test {

inline constexpr const char* large_remote_path = "17000/hk/large";

/// So many bytes have passed the proxy towards the destination.
inline void await_bytes_at_link(const site& s, std::uint64_t bytes) {
    wait_until(std::to_string(bytes) + " bytes at the link",
               [&] { return s.bytes_through_proxy() >= bytes; });
}

/// Waits until it arrived whole, and stops: in staging nothing is left, no attempt was lost, and `overhead`
/// times its size was sent at most.
inline void check_arrived(site& s, std::int64_t id, const std::string& content, double overhead,
                          destination_watcher& watcher) {
    s.await_verified(id);
    s.await_finalized(old_timecode);
    s.stop();
    BOOST_TEST(s.catalog().row(id).failed_copy_attempts.value_or(0) == 0);
    BOOST_TEST(md5_of_file(s.base / large_remote_path) == md5_of(content));
    const auto sent = static_cast<double>(s.bytes_through_proxy());
    BOOST_TEST_MESSAGE("sent " << sent / static_cast<double>(content.size()) << " times the file's size");
    BOOST_TEST(sent >= static_cast<double>(content.size()));
    BOOST_TEST(sent <= overhead * static_cast<double>(content.size()));
    BOOST_TEST(s.staged_files().empty());
    s.check_clean(watcher.stop());
}

/// The daemon is killed and started anew while its receivers at the destination are stopped, which do not die
/// before the file has arrived: they hold the lock of their slot, and what they have of it is their own.
inline void check_outlived(site& s, const std::vector<process>& receivers, std::int64_t id,
                           const std::string& content, destination_watcher& watcher) {
    BOOST_REQUIRE(!receivers.empty());
    for (const auto& receiver : receivers) ::kill(receiver.pid, SIGSTOP);
    s.kill();
    s.start();
    s.await_verified(id);
    for (const auto& receiver : receivers) ::kill(receiver.pid, SIGCONT);
    s.await_finalized(old_timecode);
    BOOST_TEST(md5_of_file(s.base / large_remote_path) == md5_of(content));
    wait_until("the old receivers are gone", [&] {
        for (const auto& receiver : receivers)
            if (::kill(receiver.pid, 0) == 0) return false;
        return true;
    });
    BOOST_TEST(md5_of_file(s.base / large_remote_path) == md5_of(content));
    s.stop();
    s.check_clean(watcher.stop());
}

}  // namespace suprsync::test
