// Frames: what goes over the channel between the daemon and `suprsync far-side` at the destination, either
// way. A frame is twelve bytes of head and at most 1 MiB behind it; a message is one frame, or several in a
// row. All is bounded before memory is taken. No I/O here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace suprsync::far {

/// Both sides say it before their first frame: a login shell that prints something is noticed by it.
inline constexpr std::string_view greeting = {"\0suprsync far side\n", 19};

/// Sides of different major versions do not talk to each other; a newer minor one only adds.
inline constexpr std::uint16_t major_version = 2;
inline constexpr std::uint16_t minor_version = 0;

inline constexpr std::size_t head_bytes = 12;
inline constexpr std::size_t longest_frame = 1 << 20;    ///< behind its head
inline constexpr std::size_t longest_message = 8 << 20;  ///< of several frames together
inline constexpr std::size_t most_items = 65'536;        ///< files that a message may speak of
inline constexpr std::size_t longest_path = 4096;        ///< PATH_MAX
inline constexpr std::size_t most_unfinished = 4;        ///< messages of which frames are still to come

/// What a message is: a question, or with `answer_bit` what is said to it.
enum class kind : std::uint8_t {
    hello = 1,
    prepare = 2,
    begin = 3,   ///< a batch: holds its slot
    whole = 4,   ///< small files of a batch, complete; answered by how much arrived
    open = 5,    ///< a large file of a batch
    data = 6,    ///< a range of it; answered by how much arrived
    finish = 7,  ///< it is whole
    end = 8,     ///< of the batch
    digests = 9,
    publish = 10,
    deliver = 11,
    stat = 12,
    sweep = 13,
    space = 14,
    cancel = 15,  ///< the question of this number is to end soon, with what it has
    ping = 16,
    sums = 17,  ///< of what lies there of a large file, to be compared
};
inline constexpr std::uint8_t last_kind = 17;
inline constexpr std::uint8_t answer_bit = 128;

struct frame_head {
    std::uint32_t size = 0;  ///< bytes behind the head
    kind what = kind::ping;
    bool is_answer = false;
    bool goes_on = false;       ///< the message's next frame follows
    std::uint32_t request = 0;  ///< which question, or the answer to which; numbers of whoever asks
    bool packed = false;        ///< by net/far/packing.hpp: a whole message with content of files
    bool operator==(const frame_head&) const = default;
};

std::array<char, head_bytes> encode(const frame_head& head);

/// None where it is no such head: what follows then cannot be understood.
std::optional<frame_head> decode_head(std::string_view bytes);

/// Calls `frame(head, bytes)` for each frame of the message; false, and for no further one, where that is.
/// What is packed is one frame.
template <class Frame>
bool for_each_frame(kind what, bool is_answer, std::uint32_t request, std::string_view message, bool packed,
                    Frame frame) {
    do {
        const auto part = message.substr(0, longest_frame);
        message.remove_prefix(part.size());
        const auto head = encode(
            {static_cast<std::uint32_t>(part.size()), what, is_answer, !message.empty(), request, packed});
        if (!frame(std::string_view(head.data(), head.size()), part)) return false;
    } while (!message.empty());
    return true;
}

struct message {
    kind what = kind::ping;
    bool is_answer = false;
    std::uint32_t request = 0;
    std::string bytes;
};

/// Puts messages together of frames as they arrive; frames of several messages may come by turns.
class message_builder {
  public:
    /// The message that this frame completes, if it does. `broken` is set, and stays, where limits are not
    /// kept.
    std::optional<message> add(const frame_head& head, std::string bytes);
    bool broken() const { return broken_; }

  private:
    using key = std::pair<std::uint32_t, std::uint8_t>;
    std::map<key, std::string> unfinished_;
    bool broken_ = false;
};

}  // namespace suprsync::far
