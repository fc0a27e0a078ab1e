// A machine with a base directory: its names and files, what of them is on its disk, and what is wrong with
// it. It outlives the daemon and every connection. What was not synced when its power goes is gone, in part,
// in any order.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/model/destination.hpp"
#include "tests/simulation/local_files.hpp"

namespace suprsync::simulation {

struct far_file {
    std::uint64_t inode = 0;
    std::string memory;               ///< what readers get
    std::optional<std::string> disk;  ///< what is on the disk
    bool dirty = true;                ///< memory is to be written to the disk
    std::int64_t changed_ns = 0;
    local_file_ptr original;  ///< it is no copy: it is this file of the other machine, on the same storage
};
using far_file_ptr = std::shared_ptr<far_file>;

/// What concerns some files only: those whose number ends with a digit.
struct some_files {
    std::optional<char> digit;
    bool has(const std::string& path) const {
        const auto end = path.rfind('.');
        return digit && end != std::string::npos && end > 0 && path[end - 1] == *digit;
    }
};

class far_host {
  public:
    far_host(const machine_time& time, random chance) : time_(time), random_(chance) {}

    /// Path below the base directory ("17000/a"), and in staging ("<uuid>/<archive>/<slot>/17000/a").
    std::map<std::string, far_file_ptr> published, staged;
    std::map<std::string, far_file_ptr> kept;  ///< what had to yield, by its place in `replaced/`
    std::set<std::string> directories;         ///< of timecodes, below the base directory

    // What is wrong, until the simulation says otherwise.
    bool cut = false;      ///< nobody gets there
    bool stalled = false;  ///< connections stand, and nothing moves
    double slowness = 1;   ///< how many times as long everything takes
    bool full = false;
    bool read_only = false;
    bool unmounted = false;  ///< another, empty directory stands where the base directory was
    bool ignores_case = false;
    double clock_wrong_by = 0;                       ///< s
    std::map<int, std::chrono::nanoseconds> locked;  ///< slots that a process there holds, until when
    void lock(int slot, double seconds) { locked[slot] = time_.elapsed + nanoseconds_of(seconds); }
    bool is_locked(int slot) const {
        const auto found = locked.find(slot);
        return found != locked.end() && time_.elapsed < found->second;
    }
    bool disk_fails = false;       ///< the next write-back of anything loses it
    bool memory_is_held = false;   ///< what is clean does not go from memory, whoever asks for it
    bool mangles = false;          ///< the next files that arrive are not what was sent
    bool lies_about_size = false;  ///< stat tells the size that was wanted
    bool sync_hangs = false;       ///< it takes longer than anybody waits for it
    bool no_program = false;       ///< that is needed there
    std::string closed;            ///< of this archive nothing may be made in a directory
    some_files obstructed;         ///< a directory stands at the place where they are to go
    some_files unreadable;
    some_files unwritable;
    /// What reading past the page cache gives: a file system may have a memory of its own, or nothing may be
    /// there that tells.
    read_source reads_from = read_source::disk;
    /// Connections that stand when it changes are lost.
    std::uint64_t cuts = 0;

    base_identity identity() const {
        return unmounted ? base_identity{"root", 3} : base_identity{"disk", 100 + bases_};
    }
    /// Another directory takes the place of the base directory, with all that was in it.
    void replace_base() { ++bases_; }
    bool was_replaced() const { return bases_ > 0; }
    std::string boot() const { return "far-start-" + std::to_string(starts_); }
    epoch_seconds clock() const { return time_.truth() + clock_wrong_by; }
    std::int64_t now_ns() const { return static_cast<std::int64_t>(clock() * 1e9); }

    /// Whether two paths are one there.
    bool same_name(const std::string& one, const std::string& other) const;
    /// The name by which a final path is found, where case is ignored; '' where nothing is.
    std::string listed_as(const std::string& path) const;
    far_file_ptr make(std::string content);
    /// Gives a file a name, or takes it away (null).
    void put(std::map<std::string, far_file_ptr>& where, const std::string& path, far_file_ptr file);

    /// As fsync() of the directories of one tree does.
    void sync_names(const std::map<std::string, far_file_ptr>& where);
    /// False where something could not be written that was to be: told once.
    bool sync();
    /// The kernel writes what it has by itself; what fails then is told by the next sync.
    void write_back();
    /// Whence a file's content comes for one who wants it `from_disk`, or does not care.
    read_source read(far_file& file, bool from_disk);
    void lose_power();

    /// What a reader would find at a final path if the power went now; none: nothing, or no copy.
    std::optional<std::string> on_disk(const std::string& path) const;
    /// The same of anything that bears a name there.
    bool holds_on_disk(const std::string& content) const;

    // The note of a failed sync, in staging (spec, Deleting).
    std::set<std::string> failed_sync_notes;  ///< by catalog

    /// When somebody else last changed what is at a final path, by path.
    std::map<std::string, std::chrono::nanoseconds> meddled;
    void meddle(const std::string& path) { meddled[path] = time_.elapsed; }
    std::chrono::nanoseconds elapsed() const { return time_.elapsed; }
    /// When the daemon asked for what is published now.
    std::chrono::nanoseconds publish_asked{0};
    /// Called when a name appears below the base directory.
    std::function<void(const std::string& path, const far_file&)> on_published;

  private:
    void write_out(far_file& file);
    /// What is clean goes from memory; false where it is held there.
    bool drop(far_file& file);

    const machine_time& time_;
    random random_;
    std::uint64_t last_inode_ = 1'000'000;
    std::uint64_t starts_ = 1, bases_ = 0;
    bool error_to_tell_ = false;
    struct change {
        std::map<std::string, far_file_ptr>* where = nullptr;
        std::string path;
        far_file_ptr before;
    };
    std::vector<change> unsynced_;     // names
    std::vector<far_file_ptr> dirty_;  // files
};

}  // namespace suprsync::simulation
