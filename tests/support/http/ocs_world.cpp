#include "tests/support/http/ocs_world.hpp"

#include <malloc.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

extern "C" std::size_t __sanitizer_get_current_allocated_bytes() __attribute__((weak));

namespace asio = boost::asio;
namespace json = boost::json;

namespace suprsync::testing {

std::int64_t bytes_in_use() {
    return static_cast<std::int64_t>(__sanitizer_get_current_allocated_bytes
                                         ? __sanitizer_get_current_allocated_bytes()
                                         : ::mallinfo2().uordblks);
}

ocs_world::ocs_world() {
    for (const std::string archive : {"smurf", "timestreams"}) serve(archive);
}

ocs_world::~ocs_world() {
    client.stop();
    hub.deaf = false;
    time.advance(5);
    hub.cut();
    test::settle(loop);
}

void ocs_world::serve(const std::string& archive) {
    auto& report = service.reports.emplace_back();
    report.configuration.name = archive;
    report.activity.activity = "idle";
    service.sessions[archive].archive_stats = {1'700'000'000, 3, 1, "/a", "/b"};
    service.paused[archive] = false;
}

archive_activity& ocs_world::activity(const std::string& archive) {
    for (auto& report : service.reports)
        if (report.configuration.name == archive) return report.activity;
    throw std::out_of_range(archive);
}

ocs_configuration ocs_world::two_agents() {
    return {parse_hub_address("ws://hub:8001/ws").value(),
            "test_realm",
            "observatory",
            {{"smurf", "smurf-sync"}, {"timestreams", "timestream-sync"}}};
}

void ocs_world::begin(ocs_configuration wanted) {
    client.set(std::move(wanted));
    asio::co_spawn(loop, client.run(), [this](const std::exception_ptr& bug) {
        if (bug) std::rethrow_exception(bug);
        ended = true;
    });
    test::settle(loop);
}

std::string ocs_world::condition(const std::string& kind, const std::string& archive) {
    for (const auto& raised : service.board.list())
        if (raised.kind == kind && raised.archive == archive) return raised.message;
    return "";
}

std::vector<std::string> ocs_world::published() {
    std::vector<std::string> topics;
    for (const auto& text : hub.take("[16,")) {
        std::string topic(json::parse(text).at(3).as_string());
        topic.erase(0, topic.find('.') + 1);
        const auto feeds = topic.find(".feeds.");
        topics.push_back(topic.replace(feeds, 7, " "));
    }
    return topics;
}

std::vector<std::string> ocs_world::answers() {
    std::vector<std::string> said;
    for (const auto& text : hub.take("[70,")) said.push_back(json::serialize(json::parse(text).at(3).at(0)));
    return said;
}

}  // namespace suprsync::testing
