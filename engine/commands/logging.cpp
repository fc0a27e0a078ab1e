#include "engine/commands/logging.hpp"

#include <fmt/format.h>
#include <spdlog/details/os.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>

#include "engine/commands/journal.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/report/log.hpp"
#include "http/api/json_writer.hpp"

namespace suprsync {

namespace {

constexpr const char* clear_line = "\r\033[K";

class json_formatter final : public spdlog::formatter {
  public:
    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& into) override {
        spdlog::memory_buf_t time;
        time_.format(message, time);
        const auto level = spdlog::level::to_string_view(message.level);
        json_writer json;
        json.begin_object()
            .member("time", std::string_view(time.data(), time.size()))
            .member("level", std::string_view(level.data(), level.size()));
        const auto& about = log::fields();
        if (!about.archive.empty()) json.member("archive", about.archive);
        if (about.id != 0) json.member("id", about.id);
        if (!about.path.empty()) json.member("path", about.path);
        if (!about.kind.empty()) json.member("kind", about.kind);
        json.member("message", std::string_view(message.payload.data(), message.payload.size())).end_object();
        fmt::format_to(std::back_inserter(into), "{}\n", json.text());
    }
    std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<json_formatter>(); }

  private:
    spdlog::pattern_formatter time_{"%Y-%m-%dT%H:%M:%S.%eZ", spdlog::pattern_time_type::utc, ""};
};

// Of syslog(3).
int priority(spdlog::level::level_enum level) {
    switch (level) {
        case spdlog::level::critical:
            return 2;
        case spdlog::level::err:
            return 3;
        case spdlog::level::warn:
            return 4;
        case spdlog::level::info:
            return 6;
        default:
            return 7;
    }
}

std::string text_of(const spdlog::details::log_msg& message) {
    return shown_line({message.payload.data(), message.payload.size()});
}

// One event is one line: what names hold is escaped.
class text_formatter final : public spdlog::formatter {
  public:
    explicit text_formatter(bool journal) : journal_(journal) {}
    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& into) override {
        if (journal_) {
            fmt::format_to(std::back_inserter(into), "<{}>", priority(message.level));
        } else {
            head_.format(message, into);
        }
        fmt::format_to(std::back_inserter(into), "{}\n", text_of(message));
    }
    std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<text_formatter>(journal_);
    }

  private:
    bool journal_;
    spdlog::pattern_formatter head_{"%Y-%m-%d %H:%M:%S.%eZ %-8l ", spdlog::pattern_time_type::utc, ""};
};

class standard_error final : public spdlog::sinks::base_sink<std::mutex> {
  public:
    void show(const std::string& line) {
        const std::lock_guard lock(mutex_);
        progress_ = line;
        write(clear_line + progress_);
    }
    void send_to_journal() {
        const std::lock_guard lock(mutex_);
        journal_ = true;
    }

  private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        if (journal_ && journal::send(priority(message.level), text_of(message), log::fields())) return;
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        const std::string text(line.data(), line.size());
        write(progress_.empty() ? text : clear_line + text + progress_);
    }
    void flush_() override { std::fflush(stderr); }
    static void write(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stderr); }
    std::string progress_;
    bool journal_ = false;
};

std::shared_ptr<standard_error>& sink() {
    static auto the_sink = std::make_shared<standard_error>();
    return the_sink;
}

}  // namespace

void start_logging(const logging_options& options) {
    auto logger = std::make_shared<spdlog::logger>("suprsync", sink());
    const bool to_journal = !options.json && journal::is_standard_error();
    if (options.json)
        logger->set_formatter(std::make_unique<json_formatter>());
    else
        logger->set_formatter(std::make_unique<text_formatter>(to_journal));
    if (to_journal && journal::takes_records()) sink()->send_to_journal();
    logger->set_level(options.level);
    logger->flush_on(spdlog::level::trace);
    spdlog::set_default_logger(std::move(logger));
}

void show_progress(const std::string& line) {
    sink()->show(line);
    sink()->flush();
}

}  // namespace suprsync
