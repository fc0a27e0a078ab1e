#include "tests/support/files.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <fstream>
#include <memory>
#include <random>
#include <sstream>
#include <system_error>

namespace fs = std::filesystem;

namespace suprsync::test {

std::string random_content(std::size_t size, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::string content;
    content.reserve(size + 8);
    while (content.size() < size) {
        const auto word = random();
        content.append(reinterpret_cast<const char*>(&word), sizeof word);
    }
    content.resize(size);
    return content;
}

void write_file(const fs::path& path, std::string_view content) {
    fs::create_directories(path.parent_path());
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    out.close();
    if (!out) throw std::system_error(errno, std::generic_category(), "write " + path.string());
}

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::system_error(errno, std::generic_category(), "read " + path.string());
    std::ostringstream content;
    content << in.rdbuf();
    return std::move(content).str();
}

std::string md5_of(std::string_view content) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (EVP_Digest(content.data(), content.size(), digest.data(), &size, EVP_md5(), nullptr) != 1)
        throw std::runtime_error("OpenSSL has no MD5");
    std::string text;
    for (unsigned int i = 0; i < size; ++i) {
        constexpr const char* digits = "0123456789abcdef";
        text += digits[digest[i] >> 4];
        text += digits[digest[i] & 15];
    }
    return text;
}

std::string md5_of_file(const fs::path& path) { return md5_of(read_file(path)); }

void set_mtime(const fs::path& path, double time) {
    timespec at{};
    at.tv_sec = static_cast<time_t>(std::floor(time));
    at.tv_nsec = static_cast<long>((time - std::floor(time)) * 1e9);
    const timespec both[2] = {at, at};
    if (utimensat(AT_FDCWD, path.c_str(), both, 0) != 0)
        throw std::system_error(errno, std::generic_category(), "utimensat " + path.string());
}

unsigned mode_of(const fs::path& path) {
    struct stat found = {};
    if (::lstat(path.c_str(), &found) != 0)
        throw std::system_error(errno, std::generic_category(), "lstat " + path.string());
    return found.st_mode & 07777U;
}

double now() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::map<std::string, std::string> files_below(const fs::path& directory) {
    std::map<std::string, std::string> found;
    std::error_code error;
    for (auto place = fs::recursive_directory_iterator(directory, error);
         !error && place != fs::recursive_directory_iterator(); place.increment(error)) {
        if (!place->is_regular_file(error)) continue;
        try {
            found[place->path().lexically_relative(directory).string()] = md5_of_file(place->path());
        } catch (const std::system_error&) {
            continue;
        }
    }
    return found;
}

}  // namespace suprsync::test
