#include "net/far/channel.hpp"

#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "net/far/packing.hpp"

namespace suprsync::far {

bool message_writer::write_all(std::string_view head, std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    while (!head.empty() || !bytes.empty()) {
        const iovec parts[2] = {{const_cast<char*>(head.data()), head.size()},
                                {const_cast<char*>(bytes.data()), bytes.size()}};
        const auto written = ::writev(descriptor_, parts, 2);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        const auto of_head = std::min(head.size(), static_cast<std::size_t>(written));
        head.remove_prefix(of_head);
        bytes.remove_prefix(static_cast<std::size_t>(written) - of_head);
    }
    return true;
}

bool message_writer::write_raw(std::string_view bytes) { return write_all({}, bytes); }

bool message_writer::write(kind what, bool is_answer, std::uint32_t request, std::string_view message,
                           bool packed) {
    return for_each_frame(
        what, is_answer, request, message, packed,
        [this](std::string_view head, std::string_view part) { return write_all(head, part); });
}

bool message_reader::await() {
    pollfd there = {descriptor_, POLLIN, 0};
    const int limit = patience_ ? static_cast<int>(patience_->count()) : -1;
    int ready = 0;
    do ready = ::poll(&there, 1, limit);
    while (ready < 0 && errno == EINTR);
    if (ready == 0) why_ = "nothing was heard of the other side any more";
    return ready > 0;
}

std::string message_reader::read_raw(std::size_t count) {
    std::string bytes(count, '\0');
    std::size_t had = 0;
    while (had < count) {
        if (patience_ && !await()) break;
        const auto got = ::read(descriptor_, bytes.data() + had, count - had);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        had += static_cast<std::size_t>(got);
    }
    bytes.resize(had);
    return bytes;
}

std::optional<message> message_reader::read() {
    while (true) {
        const auto head_read = read_raw(head_bytes);
        if (head_read.empty()) return std::nullopt;
        const auto head = decode_head(head_read);
        if (!head) {
            if (why_.empty())
                why_ = head_read.size() < head_bytes ? "it was cut off in the middle of a frame"
                                                     : "what came is no frame";
            return std::nullopt;
        }
        auto bytes = read_raw(head->size);
        if (bytes.size() < head->size) {
            if (why_.empty()) why_ = "it was cut off in the middle of a frame";
            return std::nullopt;
        }
        if (head->packed) {
            auto unpacked = unpack(bytes, why_);
            if (!unpacked) return std::nullopt;
            bytes = std::move(*unpacked);
        }
        auto whole = builder_.add(*head, std::move(bytes));
        if (builder_.broken()) {
            why_ = "a message is longer than any may be";
            return std::nullopt;
        }
        if (whole) return whole;
    }
}

}  // namespace suprsync::far
