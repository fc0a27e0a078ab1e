#include "http/server/body_budget.hpp"

#include <malloc.h>

#include <algorithm>

namespace suprsync {

namespace {

// Every connection has room for so much, whatever others hold: a program that registers a file gets in.
constexpr std::size_t always = 65536;
// What is worth to be given back to the system, which costs milliseconds.
constexpr std::size_t much = std::size_t{1024} * 1024;

}  // namespace

bool body_budget::share::grow_to(std::size_t bytes) {
    const auto wanted = bytes > always ? bytes : 0;
    if (wanted <= taken_) return true;
    if (wanted - taken_ > of_.most_ - of_.taken_) return false;
    of_.taken_ += wanted - taken_;
    taken_ = wanted;
    of_.highest_ = std::max(of_.highest_, of_.taken_);
    return true;
}

void body_budget::share::give_back() {
    of_.taken_ -= taken_;
    taken_ = 0;
    if (of_.taken_ > 0 || of_.highest_ < much) return;
    // The allocator keeps what was freed: after one rush the daemon would be large for ever.
    ::malloc_trim(0);
    of_.highest_ = 0;
}

}  // namespace suprsync
