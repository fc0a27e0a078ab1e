#include "net/far/packing.hpp"

#include <fmt/format.h>
#include <zstd.h>

#include "net/far/frame.hpp"

namespace suprsync::far {

namespace {

/// As much as a processor does faster than links carry it.
constexpr int level = 1;

}  // namespace

std::optional<std::string> pack(std::string_view message) {
    if (message.empty() || message.size() > longest_frame) return std::nullopt;
    // What is not smaller does not fit.
    std::string packed(message.size() - 1, '\0');
    const auto size = ::ZSTD_compress(packed.data(), packed.size(), message.data(), message.size(), level);
    if (::ZSTD_isError(size) != 0) return std::nullopt;
    packed.resize(size);
    return packed;
}

std::optional<std::string> unpack(std::string_view packed, std::string& why) {
    const auto promised = ::ZSTD_getFrameContentSize(packed.data(), packed.size());
    if (promised == ZSTD_CONTENTSIZE_ERROR) {
        why = "what a packed frame holds was not packed by zstd";
    } else if (promised == ZSTD_CONTENTSIZE_UNKNOWN) {
        why = "a packed frame does not say how much it holds";
    } else if (promised > longest_frame) {
        why = fmt::format("a packed frame says that it holds {} bytes, and none may hold more than {}",
                          promised, longest_frame);
    } else {
        std::string message(promised, '\0');
        const auto size = ::ZSTD_decompress(message.data(), message.size(), packed.data(), packed.size());
        if (size == message.size()) return message;
        why = fmt::format("a packed frame cannot be unpacked: {}", ::ZSTD_getErrorName(size));
    }
    return std::nullopt;
}

}  // namespace suprsync::far
