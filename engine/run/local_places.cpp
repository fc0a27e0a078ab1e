#include "engine/run/local_places.hpp"

#include <fmt/format.h>

#include <cmath>

#include "engine/model/text.hpp"
#include "engine/rules/backoff.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::size_t most_directories = 100'000;  // remembered, so that memory stays flat
constexpr std::size_t most_told = 3;
constexpr double forgotten_after = 300;  // s without anybody who met it: longer than two delays

}  // namespace

void local_places::over(const std::string& directory, bool reading) {
    const auto place = problems_.find(directory);
    if (place != problems_.end() && place->second.reading == reading) problems_.erase(place);
}

void local_places::found(const std::string& local_path, std::uint64_t device) {
    auto directory = directory_of(local_path);
    over(directory, false);
    if (devices_.size() >= most_directories) devices_.clear();
    devices_[std::move(directory)] = device;
}

void local_places::read(const std::string& local_path) {
    if (!problems_.empty()) over(directory_of(local_path), true);
}

double local_places::met_problem(const std::string& local_path, const failure& why, epoch_seconds now,
                                 bool reading) {
    auto directory = directory_of(local_path);
    // Memory stays flat; what is not noted is met again.
    if (problems_.size() >= most_directories && !problems_.contains(directory)) return place_retry_delay(0);
    auto& met = problems_.try_emplace(std::move(directory), problem{why, now, now, reading}).first->second;
    met.why = why;
    met.met_at = now;
    met.reading = reading;
    news_ = true;
    return place_retry_delay(now - met.since);
}

std::optional<std::uint64_t> local_places::device_of(const std::string& local_path) const {
    const auto place = devices_.find(directory_of(local_path));
    if (place == devices_.end()) return std::nullopt;
    return place->second;
}

std::map<std::uint64_t, std::string> local_places::file_systems() const {
    std::map<std::uint64_t, std::string> all;
    for (const auto& [directory, device] : devices_) {
        auto& shortest = all.try_emplace(device, directory).first->second;
        if (directory.size() < shortest.size()) shortest = directory;
    }
    return all;
}

std::optional<std::string> local_places::news(epoch_seconds now) {
    std::erase_if(problems_,
                  [&](const auto& t) { return std::abs(now - t.second.met_at) > forgotten_after; });
    if (!std::exchange(news_, false) || problems_.empty()) return std::nullopt;
    std::string text;
    std::size_t told = 0;
    for (const auto& [directory, met] : problems_) {
        if (told++ == most_told) break;
        text += (text.empty() ? "" : "; ") + met.why.text();
    }
    if (problems_.size() > most_told)
        text += fmt::format("; and {} more directories", problems_.size() - most_told);
    return text +
           "; the files there wait and lose no attempt, and are copied when they can be read again: mount the file system or mend what the message names; files that are gone for good are let go by suprsync ignore";
}

asio::awaitable<void> find_unmounted(local_disk& disk, std::vector<absent_file> files) {
    if (files.empty()) co_return;
    std::vector<std::string> paths;
    for (const auto& file : files) paths.push_back(file.path);
    const auto devices = co_await disk.devices(std::move(paths));
    for (std::size_t i = 0; i < files.size(); ++i)
        if (devices[i] != files[i].device)
            *files[i].seen =
                failure{failure_code::place, "look at", files[i].path,
                        fmt::format("{} lies on another file system than it did: is the right one mounted?",
                                    directory_of(files[i].path))};
}

}  // namespace suprsync
