#include "engine/config/text_file.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace suprsync {

namespace {

failure cannot_read(const std::string& path, int error) {
    const auto code = error == ENOENT || error == ENOTDIR ? failure_code::not_found
                      : error == EACCES                   ? failure_code::not_permitted
                                                          : failure_code::io;
    return {code, "read", path, std::strerror(error)};
}

}  // namespace

result<std::string> read_text_file(const std::string& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), std::fclose);
    if (!file) return cannot_read(path, errno);
    std::string text;
    std::array<char, 16384> part{};
    while (const auto count = std::fread(part.data(), 1, part.size(), file.get()))
        text.append(part.data(), count);
    if (std::ferror(file.get())) return cannot_read(path, errno);
    return text;
}

}  // namespace suprsync
