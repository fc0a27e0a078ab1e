// A file system that does not answer any more, as long as this lives: FUSE, which nobody serves. Only root
// can mount it (only_where.hpp).
#pragma once

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <string>
#include <utility>

namespace suprsync::test {

class dead_mount {
  public:
    explicit dead_mount(std::filesystem::path at) : at_(std::move(at)) {
        const auto options = "fd=" + std::to_string(server_) + ",rootmode=40000,user_id=0,group_id=0";
        BOOST_REQUIRE(::mount("dead", at_.c_str(), "fuse", 0, options.c_str()) == 0);
    }
    // What hangs ends with the connection.
    ~dead_mount() {
        ::umount2(at_.c_str(), MNT_FORCE | MNT_DETACH);
        ::close(server_);
    }
    dead_mount(const dead_mount&) = delete;
    dead_mount& operator=(const dead_mount&) = delete;

  private:
    const std::filesystem::path at_;
    const int server_ = ::open("/dev/fuse", O_RDWR | O_CLOEXEC);
};

}  // namespace suprsync::test
