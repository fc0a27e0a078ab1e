// What the kernel is not asked in a simulated day, as the answer is known.
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

/// The loop looks for descriptors that are ready after each round of handlers; of those that it has in a
/// simulated day none ever is, unless it waits for one.
extern "C" int epoll_wait(int set, epoll_event* events, int most, int timeout) {
    if (timeout == 0) return 0;
    return static_cast<int>(::syscall(SYS_epoll_wait, set, events, most, timeout));
}
