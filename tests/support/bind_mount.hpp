// A directory that shows another one, as long as this lives; only root can (only_where.hpp).
#pragma once

#include <sys/mount.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <utility>

namespace suprsync::test {

class bind_mount {
  public:
    bind_mount(const std::filesystem::path& what, std::filesystem::path at) : at_(std::move(at)) {
        BOOST_REQUIRE(::mount(what.c_str(), at_.c_str(), nullptr, MS_BIND, nullptr) == 0);
    }
    ~bind_mount() { end(); }
    bind_mount(const bind_mount&) = delete;
    bind_mount& operator=(const bind_mount&) = delete;

    void end() {
        if (!at_.empty()) ::umount2(at_.c_str(), MNT_DETACH);
        at_.clear();
    }

  private:
    std::filesystem::path at_;
};

}  // namespace suprsync::test
