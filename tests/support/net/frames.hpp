// A message as the bytes that go over a channel.
#pragma once

#include <string>
#include <string_view>

#include "net/far/frame.hpp"

namespace suprsync::test {

/// All of its frames, each with its head.
inline std::string frames_of(far::kind what, bool is_answer, std::uint32_t request, std::string_view message,
                             bool packed = false) {
    std::string frames;
    far::for_each_frame(what, is_answer, request, message, packed,
                        [&](std::string_view head, std::string_view part) {
                            frames.append(head).append(part);
                            return true;
                        });
    return frames;
}

}  // namespace suprsync::test
