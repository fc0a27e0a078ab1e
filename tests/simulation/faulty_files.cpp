#include "tests/simulation/faulty_files.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

namespace suprsync::simulation {

namespace {

constexpr std::size_t sector = 512;  // what a disk writes whole

std::optional<std::string> read_whole(const std::string& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) return std::nullopt;
    std::string content(static_cast<std::size_t>(file.tellg()), '\0');
    file.seekg(0);
    file.read(content.data(), static_cast<std::streamsize>(content.size()));
    return content;
}

void undo(std::string& content, const faulty_files::write& w) {
    const auto at = static_cast<std::size_t>(w.offset);
    if (content.size() < at + w.before.size()) content.resize(at + w.before.size());
    content.replace(at, w.before.size(), w.before);
    content.resize(static_cast<std::size_t>(w.size_before));
}

void redo(std::string& content, const faulty_files::write& w, std::size_t from, std::size_t to) {
    const auto at = static_cast<std::size_t>(w.offset);
    if (w.after.empty()) {
        content.resize(static_cast<std::size_t>(w.size_after));
        return;
    }
    if (content.size() < at + to) content.resize(at + to);
    content.replace(at + from, to - from, w.after, from, to - from);
}

}  // namespace

void faulty_files::begin(random chance, const machine_time& time) {
    *this = faulty_files();
    random_ = chance;
    time_ = &time;
}

void faulty_files::no_faults() {
    fails_in_ = dies_in_ = 0;
    full_ = false;
}

faulty_files::verdict faulty_files::enter(bool may_be_full) {
    if (dead_) return verdict::is_dead;
    ++calls_;
    if (dies_in_ > 0 && --dies_in_ == 0) {
        die(cuts_power_);
        if (on_death) on_death();
        return verdict::is_dead;
    }
    if (fails_in_ > 0 && --fails_in_ == 0) {
        ++failed_;
        return random_.chance(0.5) ? verdict::fail : verdict::fail_half_way;
    }
    if (full_ && may_be_full) {
        ++failed_;
        return verdict::is_full;
    }
    return verdict::go_on;
}

file_number faulty_files::number_of(const std::string& path) {
    const auto [number, is_new] = numbers_.try_emplace(path);
    if (is_new) number->second = number_of_file(path);
    return number->second;
}

void faulty_files::replaced(const std::string& path) {
    numbers_.clear();
    for (const auto* beside : {"", "-wal"}) {
        ++known_[path + beside];
        unsynced_.erase(path + beside);
    }
}

void faulty_files::note(const std::string& path, write w) { unsynced_[path].push_back(std::move(w)); }

// What is synced stays. Of what was written since, each write is there, or not, or in part, whatever came
// before it.
std::string faulty_files::survives(const std::string& path, std::string content, bool power_cut) {
    const auto found = unsynced_.find(path);
    if (!power_cut || found == unsynced_.end()) return content;
    const auto& writes = found->second;
    std::for_each(writes.rbegin(), writes.rend(), [&](const write& w) { undo(content, w); });
    for (const auto& w : writes) {
        const auto fate = random_.real();
        if (fate < 0.4) {
            redo(content, w, 0, w.after.size());
        } else if (fate < 0.6 && w.after.size() > sector) {
            const auto sectors = w.after.size() / sector;
            const auto from = random_.below(sectors), count = 1 + random_.below(sectors - from);
            redo(content, w, from * sector, (from + count) * sector);
            ++lost_;
        } else {
            ++lost_;
        }
    }
    return content;
}

void faulty_files::die(bool power_cut) {
    if (dead_) return;
    dead_ = true;
    left_.clear();
    for (const auto& [path, opened] : known_)
        if (auto content = read_whole(path)) left_[path] = survives(path, std::move(*content), power_cut);
}

void faulty_files::live_again() {
    for (const auto& [path, opened] : known_) std::filesystem::remove(path);
    for (const auto& [path, content] : left_) {
        std::ofstream file(path, std::ios::binary | std::ios::trunc);
        file << content;
        // The index of the log is in memory alone.
        if (path.ends_with("-wal")) std::filesystem::remove(path.substr(0, path.size() - 4) + "-shm");
    }
    unsynced_.clear();
    numbers_.clear();
    left_.clear();
    no_faults();
    dead_ = false;
}

}  // namespace suprsync::simulation
