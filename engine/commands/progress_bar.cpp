#include "engine/commands/progress_bar.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "engine/loop/this_machine.hpp"
#include "engine/model/human.hpp"

namespace suprsync {

namespace {

constexpr std::uint64_t bar_width = 20;
constexpr double between_drawings = 0.2;  // s

}  // namespace

std::string bar_text(std::uint64_t done, std::uint64_t total) {
    const auto part = total == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(total);
    const auto filled = std::min(bar_width, static_cast<std::uint64_t>(part * bar_width));
    return fmt::format("[{}{}]", std::string(filled, '#'), std::string(bar_width - filled, ' '));
}

std::string progress_text(const std::string& what, std::uint64_t files, std::uint64_t total,
                          std::uint64_t bytes, double seconds) {
    const auto count = human::count(static_cast<std::int64_t>(files));
    const auto size = human::bytes(static_cast<double>(bytes));
    auto text = total == 0 ? fmt::format("{} {} files, {}", what, count, size)
                           : fmt::format("{} {} {} of {} files, {}", what, bar_text(files, total), count,
                                         human::count(static_cast<std::int64_t>(total)), size);
    if (seconds < 1 || files == 0) return text;
    text += fmt::format(", {}/s", human::bytes(static_cast<double>(bytes) / seconds));
    if (files < total)
        text += fmt::format(", {} left", human::span(seconds * static_cast<double>(total - files) /
                                                     static_cast<double>(files)));
    return text;
}

progress_bar::progress_bar(std::string what, std::uint64_t total)
    : what_(std::move(what)), total_(total), begun_(wall_clock()) {}

progress_bar::~progress_bar() { clear(); }

void progress_bar::show(std::uint64_t files, std::uint64_t bytes) {
    const auto now = wall_clock();
    if (!visible() || now - shown_ < between_drawings) return;
    shown_ = now;
    std::cerr << "\r\x1b[K"
              << progress_text(what_, files, total_ == 0 ? 0 : std::max(total_, files), bytes, now - begun_)
              << std::flush;
}

void progress_bar::clear() {
    if (shown_ > 0) std::cerr << "\r\x1b[K" << std::flush;
    shown_ = 0;
}

bool progress_bar::visible() { return ::isatty(STDERR_FILENO) == 1; }

}  // namespace suprsync
