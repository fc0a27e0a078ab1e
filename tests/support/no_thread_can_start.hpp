// A moment in which the process can start no thread.
#pragma once

#include <pthread.h>

#include <boost/test/unit_test.hpp>
#include <cstddef>

namespace suprsync::test {

/// Threads need a stack that nobody has.
class no_thread_can_start {
  public:
    no_thread_can_start() {
        ::pthread_attr_t wanted;
        ::pthread_getattr_default_np(&before_);
        ::pthread_getattr_default_np(&wanted);
        ::pthread_attr_setstacksize(&wanted, std::size_t{1} << 47);
        BOOST_REQUIRE_EQUAL(::pthread_setattr_default_np(&wanted), 0);
        ::pthread_attr_destroy(&wanted);
    }
    no_thread_can_start(const no_thread_can_start&) = delete;
    no_thread_can_start& operator=(const no_thread_can_start&) = delete;
    ~no_thread_can_start() {
        ::pthread_setattr_default_np(&before_);
        ::pthread_attr_destroy(&before_);
    }

  private:
    ::pthread_attr_t before_{};
};

}  // namespace suprsync::test
