#include "tests/end_to_end/ocs_hub.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <sstream>

#include "tests/support/files.hpp"
#include "tests/support/http_client.hpp"

namespace json = boost::json;

namespace suprsync::test {

void ocs_hub::start() {
    const auto before = lines_with("router on ");
    // Debian's, which has Autobahn.
    router_ = std::make_unique<daemon_process>(
        std::vector<std::string>{"/usr/bin/python3",
                                 SUPRSYNC_SOURCE_DIRECTORY "/tests/support/wamp_router.py",
                                 std::to_string(port_), "test_realm"},
        std::map<std::string, std::string>{{"SUPRSYNC_TEST", log_.parent_path().string()}}, log_);
    wait_until("the router listens", [&] { return lines_with("router on ") > before; });
    const auto line = router_->await_line("router on ");
    port_ = std::stoi(line.substr(line.rfind(' ') + 1));
}

std::size_t ocs_hub::lines_with(const std::string& text) const {
    if (!std::filesystem::exists(log_)) return 0;
    std::istringstream lines(read_file(log_));
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line);) count += line.find(text) != std::string::npos ? 1 : 0;
    return count;
}

std::vector<std::string> ocs_hub::published(const std::string& topic) const {
    std::vector<std::string> found;
    std::istringstream lines(read_file(log_));
    const std::string beginning = "published ", about = ",{},\"" + topic + "\",[";
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with(beginning) && line.find(about) != std::string::npos)
            found.push_back(line.substr(beginning.size()));
    return found;
}

std::vector<std::string> ocs_hub::await_published(const std::string& topic, std::size_t many) const {
    std::vector<std::string> found;
    wait_until("publications of " + topic, [&] {
        found = published(topic);
        return found.size() >= many;
    });
    return found;
}

json::array ocs_hub::call(const std::string& procedure, const std::string& arguments,
                          const std::string& keywords) const {
    const http_client bridge("http://127.0.0.1:" + std::to_string(port_));
    const auto answer = bridge
                            .post("/call", fmt::format(R"({{"procedure":"{}","args":{},"kwargs":{}}})",
                                                       procedure, arguments, keywords))
                            .json();
    if (!answer.at("error").is_null()) return {answer.at("error")};
    const auto& result = answer.at("args").at(0);
    return result.is_array() ? result.as_array() : json::array{result};
}

std::int64_t ocs_hub::op_code(const std::string& address) const {
    const auto answer = call(address + ".ops", R"(["status","run",null])");
    return answer.size() == 3 ? answer.at(2).at("op_code").as_int64() : 0;
}

}  // namespace suprsync::test
