// The two ends of what `suprsync far-side` is spoken to over: whole messages, written and read by threads
// that may wait. Both sides use it; descriptors are sockets or pipes.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "net/far/frame.hpp"

namespace suprsync::far {

class message_writer {
  public:
    explicit message_writer(int descriptor) : descriptor_(descriptor) {}

    /// From any thread; frames of messages that are written at once may come by turns. False where the other
    /// side is gone. `packed`: by pack().
    bool write(kind what, bool is_answer, std::uint32_t request, std::string_view message,
               bool packed = false);
    bool write_raw(std::string_view bytes);

  private:
    bool write_all(std::string_view head, std::string_view bytes);
    std::mutex mutex_;
    int descriptor_;
};

class message_reader {
  public:
    explicit message_reader(int descriptor) : descriptor_(descriptor) {}

    /// The next message, unpacked; none at the end, or where what comes are no frames (`why()` says which).
    std::optional<message> read();
    /// So many bytes, less at the end of all.
    std::string read_raw(std::size_t count);
    const std::string& why() const { return why_; }
    /// How long it waits for the next byte; for ever where not set.
    void set_patience(std::chrono::milliseconds patience) { patience_ = patience; }

  private:
    bool await();
    int descriptor_;
    std::optional<std::chrono::milliseconds> patience_;
    message_builder builder_;
    std::string why_;
};

}  // namespace suprsync::far
