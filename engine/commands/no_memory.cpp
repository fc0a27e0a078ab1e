#include "engine/commands/no_memory.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <string_view>

#include "engine/commands/exit_code.hpp"

namespace suprsync {

namespace {

// An exception would end the program, too, in most threads and wherever one must not leave a function, but
// without a reason; and where Asio (1.81) meets it in cancellation_slot::emplace(), what it holds is freed
// twice. An end at any moment is what all that is written is made for.
[[noreturn]] void end_without_memory() {
    constexpr std::string_view said = "suprsync: error: no memory is left: it ends at once\n";
    if (::write(STDERR_FILENO, said.data(), said.size()) < 0) ::_exit(exit_code::failed);
    ::_exit(exit_code::failed);
}

}  // namespace

void end_where_no_memory_is_left() { std::set_new_handler(end_without_memory); }

}  // namespace suprsync

// Asio takes what its operations need from here, past operator new.
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    void* got = nullptr;
    if (::posix_memalign(&got, std::max(alignment, sizeof(void*)), size) != 0) suprsync::end_without_memory();
    return got;
}
