#include "tests/support/curl.hpp"

#include "tests/support/daemon.hpp"
#include "tests/support/files.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

curl_answer curl(const std::vector<std::string>& arguments, const fs::path& place) {
    const auto body = place / "curl-body";
    const auto status = place / "curl-status";
    fs::remove(body);
    fs::remove(status);
    std::vector<std::string> command = {curl_program, "--silent",    "--max-time",  "60",
                                        "--output",   body.string(), "--write-out", "%{http_code}"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    daemon_process process(command, {}, status);
    curl_answer answer;
    answer.exit_status = process.wait().value;
    answer.status = std::stoi(read_file(status));
    if (fs::exists(body)) answer.body = read_file(body);
    return answer;
}

}  // namespace suprsync::test
