#include "net/process/descriptor_limit.hpp"

#include <sys/resource.h>

#include <optional>

namespace suprsync {

namespace {

std::optional<::rlimit> limit_before;

}  // namespace

std::size_t raise_descriptor_limit() {
    ::rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    auto raised = limit;
    raised.rlim_cur = raised.rlim_max;
    if (limit.rlim_cur == limit.rlim_max || ::setrlimit(RLIMIT_NOFILE, &raised) != 0) return limit.rlim_cur;
    limit_before = limit;
    return raised.rlim_cur;
}

// Between the child's start and this it may see ours. In the parent, around the start, the limit would be
// another for our other threads, too.
void restore_descriptor_limit(pid_t child) {
    if (limit_before) ::prlimit(child, RLIMIT_NOFILE, &*limit_before, nullptr);
}

}  // namespace suprsync
