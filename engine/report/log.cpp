#include "engine/report/log.hpp"

#include <spdlog/spdlog.h>

namespace suprsync::log {

namespace {

// The library's records have no place for fields. Its sinks are called by the thread that logs, so that they
// find here what the message is about.
thread_local about being_written;

}  // namespace

const about& fields() { return being_written; }

bool is_on(spdlog::level::level_enum level) { return spdlog::should_log(level); }

void record(spdlog::level::level_enum level, const about& what, const std::string& message) {
    being_written = what;
    spdlog::log(level, spdlog::string_view_t(message));
    being_written = {};
}

}  // namespace suprsync::log
