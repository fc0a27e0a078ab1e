// Whether the programs are built with sanitizers: those take several times as long, and keep freed memory.
#pragma once

namespace suprsync::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool instrumented = true;
#elif defined(__has_feature)
inline constexpr bool instrumented = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool instrumented = false;
#endif

}  // namespace suprsync::test
