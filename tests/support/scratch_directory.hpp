// A directory of a test's own, removed when the test ends: on the memory file system where there is one, so
// that the speed of the disk is no part of a test.
#pragma once

#include <filesystem>
#include <string>

namespace suprsync::test {

class scratch_directory {
  public:
    scratch_directory();
    ~scratch_directory();
    scratch_directory(const scratch_directory&) = delete;
    scratch_directory& operator=(const scratch_directory&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

}  // namespace suprsync::test
