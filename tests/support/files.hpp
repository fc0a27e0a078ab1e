// Files as tests make and judge them: content by seed, MD5 by OpenSSL (not by the code under test).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace suprsync::test {

/// `size` bytes that do not compress and differ for every seed.
std::string random_content(std::size_t size, std::uint64_t seed);

/// Writes the file, its directories made as needed. Throws std::runtime_error.
void write_file(const std::filesystem::path& path, std::string_view content);

/// Whole content. Throws std::runtime_error where it cannot be read.
std::string read_file(const std::filesystem::path& path);

/// MD5, lower-case hexadecimal.
std::string md5_of(std::string_view content);
std::string md5_of_file(const std::filesystem::path& path);

/// Sets access and modification time, seconds since the epoch.
void set_mtime(const std::filesystem::path& path, double time);

/// The twelve bits of mode of what stands there, a symbolic link included. Throws std::system_error.
unsigned mode_of(const std::filesystem::path& path);

/// Now, seconds since the epoch.
double now();

/// Every regular file below a directory, relative path to MD5; a directory that is missing holds none. Files
/// that go away meanwhile are left out.
std::map<std::string, std::string> files_below(const std::filesystem::path& directory);

}  // namespace suprsync::test
