#include "engine/files/read_at.hpp"

#include <unistd.h>

#include <cerrno>

namespace suprsync {

::ssize_t read_at(int file, void* bytes, std::size_t count, std::uint64_t offset) {
    std::size_t done = 0;
    while (done < count) {
        const auto n = ::pread(file, static_cast<char*>(bytes) + done, count - done,
                               static_cast<::off_t>(offset + done));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -1;
        if (n == 0) break;
        done += static_cast<std::size_t>(n);
    }
    return static_cast<::ssize_t>(done);
}

}  // namespace suprsync
