// A process that has few descriptors left.
#pragma once

#include <fcntl.h>
#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <cstddef>

#include "engine/files/open_beneath.hpp"
#include "engine/files/open_descriptor.hpp"

namespace suprsync::test {

/// Lets the process open so many files more.
class spare_descriptors {
  public:
    explicit spare_descriptors(::rlim_t count) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const open_descriptor next(::open("/", as_directory));
        auto limit = before_;
        limit.rlim_cur = static_cast<::rlim_t>(next.number()) + count;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    spare_descriptors(const spare_descriptors&) = delete;
    spare_descriptors& operator=(const spare_descriptors&) = delete;
    ~spare_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

  private:
    ::rlimit before_{};
};

/// Calls `works` with ever more descriptors, from none on, until it returns true; how often it did not.
template <class Works>
std::size_t tries_until_descriptors_suffice(const Works& works) {
    std::size_t failed = 0;
    while (failed < 100 && !works(failed)) ++failed;
    BOOST_REQUIRE_LT(failed, 100U);
    return failed;
}

}  // namespace suprsync::test
