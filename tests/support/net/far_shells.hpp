// The shells that may be at a destination: as `sh`, which runs our programs, and as the account's login
// shell, which meets the line that starts them.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/scratch_directory.hpp"

namespace suprsync::test {

inline const std::vector<std::string> every_sh = {"dash", "bash", "busybox"};
inline const std::vector<std::string> every_login_shell = {"bash", "dash", "tcsh", "zsh", "fish"};

/// Where a shell is. One that is missing is a failure and no reason to leave a test out.
inline std::filesystem::path path_of_shell(const std::string& name) {
    for (const char* directory : {"/bin", "/usr/bin"})
        if (auto path = std::filesystem::path(directory) / name; std::filesystem::exists(path)) return path;
    throw std::runtime_error("not installed: " + name);
}

/// Puts directories first in PATH, for whatever is started as long as this lives.
class path_with {
  public:
    explicit path_with(const std::filesystem::path& directory) : before_(::getenv("PATH")) {
        ::setenv("PATH", (directory.string() + ":" + before_).c_str(), 1);
    }
    ~path_with() { ::setenv("PATH", before_.c_str(), 1); }
    path_with(const path_with&) = delete;
    path_with& operator=(const path_with&) = delete;

  private:
    std::string before_;
};

/// Sets variables for whatever is started as long as this lives.
class environment_with {
  public:
    explicit environment_with(const std::vector<std::pair<std::string, std::string>>& variables) {
        for (const auto& [name, value] : variables) {
            const char* before = ::getenv(name.c_str());
            before_.emplace_back(name, before ? std::optional<std::string>(before) : std::nullopt);
            ::setenv(name.c_str(), value.c_str(), 1);
        }
    }
    ~environment_with() {
        for (const auto& [name, value] : before_)
            value ? ::setenv(name.c_str(), value->c_str(), 1) : ::unsetenv(name.c_str());
    }
    environment_with(const environment_with&) = delete;
    environment_with& operator=(const environment_with&) = delete;

  private:
    std::vector<std::pair<std::string, std::optional<std::string>>> before_;
};

/// As long as it lives `sh` is the shell of that name.
class sh_is {
  public:
    explicit sh_is(const std::string& name) {
        std::filesystem::create_symlink(path_of_shell(name), directory_ / "sh");
    }

  private:
    scratch_directory directory_;
    path_with path_{directory_.path()};
};

}  // namespace suprsync::test
