// The real curl, as people and scripts use it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace suprsync::test {

inline constexpr const char* curl_program = "/usr/bin/curl";

struct curl_answer {
    int exit_status = 0;  ///< of curl: 0, 60 (the certificate is not trusted), ...
    int status = 0;       ///< of HTTP; 0: there was no answer
    std::string body;
};

/// Runs curl with these arguments, silently; `place` is a directory for what it writes.
curl_answer curl(const std::vector<std::string>& arguments, const std::filesystem::path& place);

}  // namespace suprsync::test
