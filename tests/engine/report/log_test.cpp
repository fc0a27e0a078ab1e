// What a message is about goes with it to whoever writes it.
#include "engine/report/log.hpp"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <boost/test/unit_test.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(log_records)

namespace {

class field_sink final : public spdlog::sinks::base_sink<std::mutex> {
  public:
    std::vector<std::string> lines;

  private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        const auto& about = log::fields();
        lines.push_back(fmt::format("{} {}|{}|{}|{}|{}", spdlog::level::to_string_view(message.level),
                                    message.payload, about.archive, about.id, about.path, about.kind));
    }
    void flush_() override {}
};

struct fields_logged {
    fields_logged() { spdlog::set_default_logger(std::make_shared<spdlog::logger>("fields", sink)); }
    ~fields_logged() { spdlog::set_default_logger(before); }
    std::shared_ptr<field_sink> sink = std::make_shared<field_sink>();
    std::shared_ptr<spdlog::logger> before = spdlog::default_logger();
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_message_has_its_fields_and_the_next_has_not, fields_logged) {
    log::info({"smurf", 7, "/data/{}", "verified"}, "verified {}", "/data/{}");
    spdlog::info("between");
    log::write(spdlog::level::warn, {.archive = "hk"}, "no {}", "more");
    log::record(spdlog::level::err, {.kind = "disk_nearly_full"}, "as it is: {}");
    log::debug({.archive = "hk"}, "below the level");
    const std::vector<std::string> expected{"info [smurf] verified /data/{}|smurf|7|/data/{}|verified",
                                            "info between||0||", "warning [hk] no more|hk|0||",
                                            "error as it is: {}||0||disk_nearly_full"};
    BOOST_TEST(sink->lines == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
