// What is known of one archive's staging directory: which slots batches of ours work in, which another
// process has locked and how long they are left alone, and in which slot part of a file lies. Decisions
// without I/O or time of their own.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/model/destination.hpp"
#include "engine/model/file.hpp"

namespace suprsync {

class staging_slots {
  public:
    /// How long (s) a slot that another process has locked is left alone: at first, and at most.
    static constexpr double first_pause = 5;
    static constexpr double longest_pause = 300;
    /// Times in a row that a slot is found locked before the files that lie in it go by another one.
    static constexpr int patience = 3;

    explicit staging_slots(std::size_t count) : slots_(count) {}

    // ---- batches of ours

    /// A batch with these remote paths, which no other batch has, begins to work in a slot, and ends.
    void take(int slot, std::vector<std::string> remote_paths);
    void release(int slot);

    /// Slots that batches of ours work in, and all others.
    std::vector<int> in_use() const { return those_that_are(true); }
    std::vector<int> not_in_use() const { return those_that_are(false); }

    /// Slots that a batch may take now. Those in which part of a waiting file lies come last, since a large
    /// batch would keep that file waiting for its whole time.
    std::vector<int> free(epoch_seconds now) const;

    /// Whether a batch of ours has this remote path, or one that differs by case alone: where the destination
    /// ignores case, the one must be published before the other is sent.
    bool in_flight(const std::string& remote_path) const;

    // ---- slots that another process has locked

    /// A slot was found locked again; returns how many times in a row. From `patience` times on, its files go
    /// by another slot, from their beginning.
    int found_locked(int slot, epoch_seconds now);

    /// A slot was found free; returns whether it had been locked.
    bool found_free(int slot);

    bool any_locked() const;

    /// When a slot that was found locked is to be checked again; none: no slot is.
    std::optional<epoch_seconds> next_check() const;

    // ---- parts of files

    /// The slot in which something of a remote path may lie; none: in no slot.
    std::optional<int> slot_of(const std::string& remote_path) const;

    /// Something of a file may have been left in a slot; nothing of it lies in staging any more.
    void left(const std::string& remote_path, int slot) { parts_.insert_or_assign(remote_path, slot); }
    void gone(const std::string& remote_path) { parts_.erase(remote_path); }
    bool anything_left() const { return !parts_.empty(); }

    /// Takes in what was found in staging, where `awaited` says of each whether an unsettled file waits for
    /// it. Of a file that lies in several slots the longest part is kept. Slots in use are passed over.
    /// Returns what is to be swept.
    std::vector<staged_file> adopt(const std::vector<staged_file>& found, const std::vector<bool>& awaited);

    /// What lies in staging and no batch works on.
    std::vector<staged_file> resting() const;

  private:
    struct slot_state {
        bool in_use = false;
        std::vector<std::string> remote_paths;  // of the batch that works in it
        int locked_in_a_row = 0;                // not 0: to be checked again after paused_until
        epoch_seconds paused_until = 0;
    };

    std::vector<int> those_that_are(bool in_use) const;
    slot_state& at(int slot) { return slots_.at(static_cast<std::size_t>(slot)); }

    std::vector<slot_state> slots_;
    std::unordered_set<std::string> in_flight_;   // remote paths, in lower case
    std::unordered_map<std::string, int> parts_;  // remote path -> slot
};

}  // namespace suprsync
