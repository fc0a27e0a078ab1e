// MD5 of bytes as they are read, and how a file is best read for it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace suprsync {

/// Bytes read at a time: they stay in the core's cache. The kernel's copy of them is what MD5 of a file costs
/// beyond MD5 of memory (a tenth: 6 GB/s against 0.7); pieces from 64 KiB to 1 MiB are alike, and mapping the
/// file costs more than the copy, in page faults, read ahead (MAP_POPULATE) or not.
inline constexpr std::size_t md5_piece = std::size_t{256} * 1024;

class md5_sum {
  public:
    md5_sum();
    md5_sum(md5_sum&&) noexcept;
    md5_sum& operator=(md5_sum&&) noexcept;
    ~md5_sum();
    /// False where this system has no MD5 (md5_error()); then nothing else may be called.
    bool usable() const;
    void add(const void* bytes, std::size_t count);
    /// Lower-case hexadecimal. Once.
    std::string finish();

  private:
    struct context;
    std::unique_ptr<context> context_;
};

/// Why no sum can be computed on this machine; empty where it can.
std::string md5_error();

/// This thread's own `md5_piece` bytes to read into.
unsigned char* md5_buffer();

}  // namespace suprsync
