// The processes of this machine that /proc shows.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace suprsync {

struct seen_process {
    pid_t id = 0;
    std::filesystem::path directory;  ///< "/proc/17"
};

/// All but this one; any of them may be gone a moment later.
std::vector<seen_process> other_processes();

/// Content of one of its files, such as "environ"; '' where it cannot be read, or the process is gone by now.
std::string read_file_of(const seen_process& process, const std::string& name);

/// Other programs that have the file open, as far as this account can see: "python3 (process 17)".
std::vector<std::string> programs_that_opened(const std::string& path);

}  // namespace suprsync
