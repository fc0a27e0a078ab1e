// What files hold, and its sum. Sums need be no MD5 here, but must look like one and tell contents apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace suprsync::simulation {

/// 32 hexadecimal digits.
std::string sum_of(std::string_view content);

/// Unlike that of any other number, of about so many bytes.
std::string content_of(std::uint64_t number, std::size_t bytes);

/// As it is after a write that was cut short or went wrong: shorter, or of the same size with other bytes.
std::string torn(const std::string& content, std::uint64_t how);

}  // namespace suprsync::simulation
