// The file system under the catalog: SQLite's own, on files in memory, with a layer between that knows what
// was not synced yet. It loses that at a power cut, in any order and torn within a page, fails a chosen call,
// is full, or ends everything in the middle of a transaction. SQLite's clock and its random numbers come from
// here, too.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "storage/catalog/file_number.hpp"
#include "tests/simulation/random.hpp"
#include "tests/simulation/simulated_clock.hpp"

namespace suprsync::simulation {

class faulty_files {
  public:
    /// The only one: SQLite's default from the first call on.
    static faulty_files& instance();

    /// Another day: without faults, nothing is known of any file.
    void begin(random chance, const machine_time& time);

    /// The n-th write, truncation or sync from now on (1: the next one) fails; a write may have been done in
    /// part.
    void fail_call(std::uint64_t n) { fails_in_ = n; }
    void set_full(bool full) { full_ = full; }
    /// The n-th such call from now on is not done: the process is dead from then on, or, with `power_cut`,
    /// the machine.
    void die_at_call(std::uint64_t n, bool power_cut) { dies_in_ = n, cuts_power_ = power_cut; }
    void no_faults();

    /// The process, or the machine, is dead now: what is written from now on goes nowhere.
    void die(bool power_cut);
    bool dead() const { return dead_; }
    /// Another file has the path from now on, on the disk; those who have the old one open go on with that.
    void replaced(const std::string& path);
    /// Of the file at a path that SQLite uses; the kernel is asked when it may have become another.
    file_number number_of(const std::string& path);
    /// Called once when it dies by itself, within the call.
    std::function<void()> on_death;
    /// Puts the files into the state in which the death left them. Nobody may have any of them open.
    void live_again();

    std::uint64_t calls() const { return calls_; }    ///< that write, since the day began
    std::uint64_t failed() const { return failed_; }  ///< of these
    std::uint64_t lost() const { return lost_; }      ///< writes that power cuts undid

    // For the functions that SQLite calls.
    struct write {
        std::int64_t offset = 0;
        std::string before;  // what was there, as far as the file went
        std::string after;   // of a truncation: nothing
        std::int64_t size_before = 0, size_after = 0;
    };
    enum class verdict { go_on, fail, fail_half_way, is_full, is_dead };
    verdict enter(bool may_be_full);
    /// Which file that path is: another one when it was replaced.
    std::uint64_t opened(const std::string& path) {
        numbers_.clear();
        return known_[path];
    }
    bool has_its_name(const std::string& path, std::uint64_t which) const {
        const auto found = known_.find(path);
        return found != known_.end() && found->second == which;
    }
    void note(const std::string& path, write w);
    void synced(const std::string& path) { unsynced_.erase(path); }
    void removed(const std::string& path) {
        numbers_.clear();
        unsynced_.erase(path);
    }
    random& chance() { return random_; }
    epoch_seconds now() const { return time_ == nullptr ? 0 : time_->wall(); }

  private:
    std::string survives(const std::string& path, std::string content, bool power_cut);

    random random_{0};
    const machine_time* time_ = nullptr;
    std::map<std::string, std::vector<write>> unsynced_;  // by path, in their order
    std::map<std::string, std::uint64_t> known_;  // paths that were opened, and how often they were replaced
    std::map<std::string, file_number> numbers_;  // that the kernel told
    std::map<std::string, std::string> left_;     // what the death left, by path
    std::uint64_t fails_in_ = 0, dies_in_ = 0;
    bool full_ = false, cuts_power_ = false, dead_ = false;
    std::uint64_t calls_ = 0, failed_ = 0, lost_ = 0;
};

}  // namespace suprsync::simulation
