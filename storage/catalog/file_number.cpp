#include "storage/catalog/file_number.hpp"

#include <sys/stat.h>

namespace suprsync {

file_number number_of_file(const std::filesystem::path& path) {
    struct ::stat seen{};
    if (::stat(path.c_str(), &seen) != 0) return {};
    return {seen.st_dev, seen.st_ino};
}

}  // namespace suprsync
