#include "net/far/frame.hpp"

namespace suprsync::far {

namespace {

constexpr std::uint8_t goes_on_flag = 1;
constexpr std::uint8_t packed_flag = 2;

void put_number(char* at, std::uint32_t number) {
    for (unsigned i = 0; i < 4; ++i) at[i] = static_cast<char>(static_cast<unsigned char>(number >> (8 * i)));
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
    std::uint32_t number = 0;
    for (unsigned i = 0; i < 4; ++i)
        number |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    return number;
}

std::uint8_t byte_of(const frame_head& head) {
    const auto what = static_cast<std::uint8_t>(head.what);
    return head.is_answer ? what | answer_bit : what;
}

}  // namespace

std::array<char, head_bytes> encode(const frame_head& head) {
    std::array<char, head_bytes> bytes{};
    put_number(bytes.data(), head.size);
    put_number(bytes.data() + 4, head.request);
    bytes[8] = static_cast<char>(byte_of(head));
    bytes[9] = static_cast<char>((head.goes_on ? goes_on_flag : 0) | (head.packed ? packed_flag : 0));
    return bytes;
}

std::optional<frame_head> decode_head(std::string_view bytes) {
    if (bytes.size() != head_bytes) return std::nullopt;
    frame_head head;
    head.size = number_at(bytes, 0);
    head.request = number_at(bytes, 4);
    const auto what = static_cast<std::uint8_t>(bytes[8]);
    const auto flags = static_cast<std::uint8_t>(bytes[9]);
    head.is_answer = (what & answer_bit) != 0;
    const auto number = static_cast<std::uint8_t>(what & ~answer_bit);
    head.what = static_cast<kind>(number);
    head.goes_on = flags == goes_on_flag;
    head.packed = flags == packed_flag;
    const bool is_content = !head.is_answer && (head.what == kind::whole || head.what == kind::data);
    const bool known =
        number >= 1 && number <= last_kind && flags <= (is_content ? packed_flag : goes_on_flag);
    // One that goes on and brings nothing could come for ever.
    const bool bounded = head.size <= longest_frame && (head.size > 0 || !head.goes_on);
    if (!known || !bounded || bytes[10] != 0 || bytes[11] != 0) return std::nullopt;
    return head;
}

std::optional<message> message_builder::add(const frame_head& head, std::string bytes) {
    if (broken_) return std::nullopt;
    const key which{head.request, byte_of(head)};
    const auto begun = unfinished_.find(which);
    message whole{head.what, head.is_answer, head.request, {}};
    if (begun == unfinished_.end()) {
        whole.bytes = std::move(bytes);
        if (!head.goes_on) return whole;
        if (unfinished_.size() < most_unfinished)
            unfinished_.emplace(which, std::move(whole.bytes));
        else
            broken_ = true;
        return std::nullopt;
    }
    // Together they hold no more than one that is as long as any may be.
    std::size_t held = bytes.size();
    for (const auto& [_, part] : unfinished_) held += part.size();
    broken_ = held > longest_message;
    if (broken_) return std::nullopt;
    begun->second += bytes;
    if (head.goes_on) return std::nullopt;
    whole.bytes = std::move(begun->second);
    unfinished_.erase(begun);
    return whole;
}

}  // namespace suprsync::far
