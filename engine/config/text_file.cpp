#include "engine/config/text_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace suprsync {

namespace {

constexpr int longest_wait_ms = 5000;  // for a pipe

failure cannot_read(const std::string& path, int error) {
    const auto code = error == ENOENT || error == ENOTDIR ? failure_code::not_found
                      : error == EACCES                   ? failure_code::not_permitted
                                                          : failure_code::io;
    return {code, "read", path, std::strerror(error)};
}

}  // namespace

result<std::string> read_text_file(const std::string& path, std::size_t most) {
    // Not to wait for somebody who opens the other end of a pipe.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) return cannot_read(path, errno);
    const std::unique_ptr<const int, void (*)(const int*)> closed(&descriptor,
                                                                  [](const int* d) { ::close(*d); });
    std::string text;
    std::array<char, 16384> part{};
    while (text.size() <= most) {
        const auto count = ::read(descriptor, part.data(), part.size());
        if (count == 0) return text;
        if (count > 0) {
            text.append(part.data(), static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {
            pollfd readable{descriptor, POLLIN, 0};
            if (::poll(&readable, 1, longest_wait_ms) == 0) return cannot_read(path, ETIMEDOUT);
        } else if (errno != EINTR) {
            return cannot_read(path, errno);
        }
    }
    return failure{failure_code::invalid, "read", path,
                   fmt::format("expected a file of at most {} bytes, got more", most)};
}

}  // namespace suprsync
