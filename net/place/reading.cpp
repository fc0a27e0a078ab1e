#include "net/place/reading.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>
#include <vector>

#include "engine/files/md5_sum.hpp"
#include "net/place/file_systems.hpp"

namespace suprsync {

namespace {

/// Whether any of it is in the page cache; none where the kernel does not tell.
std::optional<bool> is_in_memory(int file, std::size_t size) {
    constexpr std::size_t window = std::size_t{1} << 30;
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    std::vector<unsigned char> pages((std::min(window, size) + page - 1) / page);
    for (std::size_t at = 0; at < size; at += window) {
        const auto length = std::min(window, size - at);
        void* const shown = ::mmap(nullptr, length, PROT_READ, MAP_SHARED, file, static_cast<::off_t>(at));
        if (shown == MAP_FAILED) return std::nullopt;
        const bool told = ::mincore(shown, length, pages.data()) == 0;
        ::munmap(shown, length);
        if (!told) return std::nullopt;
        const auto end = pages.begin() + static_cast<std::ptrdiff_t>((length + page - 1) / page);
        if (std::any_of(pages.begin(), end, [](unsigned char one) { return (one & 1) != 0; })) return true;
    }
    return false;
}

// What is dropped is what is found in memory.
read_source drop_from_memory(int file) {
    struct ::stat seen{};
    if (::fstat(file, &seen) != 0) return read_source::unknown;
    const auto size = static_cast<std::size_t>(seen.st_size);
    auto in_memory = is_in_memory(file, size);
    if (in_memory == true) {
        ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
        in_memory = is_in_memory(file, size);
    }
    if (!in_memory) return read_source::unknown;
    if (*in_memory) return read_source::cache;
    return file_system_of(file).has_own_memory ? read_source::own_memory : read_source::disk;
}

// So much is read at once, and then rested for a second.
void rest_after(std::uint64_t& read, std::uint64_t rate, work_watch& watch) {
    constexpr std::chrono::milliseconds moment{100};
    if (rate == 0 || read < rate) return;
    for (auto left = 1000 * (read / rate); left > 0 && !watch.stop;
         left -= std::min<std::uint64_t>(left, 100)) {
        std::this_thread::sleep_for(moment);
        watch.alive();
    }
    read %= rate;
}

}  // namespace

open_descriptor open_to_read(int directory, const std::string& path, int flags) {
    return open_descriptor(
        ::openat(directory, path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags));
}

read_sum sum_of_open(int file, bool from_disk, work_watch& watch, std::uint64_t rate) {
    read_sum found;
    if (from_disk) found.source = drop_from_memory(file);
    md5_sum sum;
    if (!sum.usable()) {
        found.error = ENOSYS;
        return found;
    }
    ::off_t at = 0;
    std::uint64_t unrested = 0;
    while (true) {
        if (watch.stop) {
            found.error = ECANCELED;
            return found;
        }
        const auto n = ::pread(file, md5_buffer(), md5_piece, at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            found.error = errno;
            return found;
        }
        watch.alive();
        unrested += static_cast<std::uint64_t>(n);
        rest_after(unrested, rate, watch);
        sum.add(md5_buffer(), static_cast<std::size_t>(n));
        at += n;
        if (static_cast<std::size_t>(n) == md5_piece) continue;
        struct ::stat seen{};
        // Less than asked for, and as much as there is: this was the end, without another read to say so.
        if (n == 0 || (::fstat(file, &seen) == 0 && seen.st_size == at)) break;
    }
    found.md5 = sum.finish();
    return found;
}

}  // namespace suprsync
