// A staging slot that is locked: by flock(2) on its directory, or on `in/<slot>.lock` where the file system
// cannot lock directories, as net/remote/lock_slot.sh does it. Whoever has it lets in no daemon of another
// kind.
#pragma once

#include <string>
#include <utility>

#include "engine/files/open_descriptor.hpp"

namespace suprsync {

/// One use may have several writers, of ranges of a file, who hold the lock together; who computes sums or
/// links holds it alone.
enum class slot_use { alone, together };

class slot_hold {
  public:
    slot_hold(int number, open_descriptor in, open_descriptor directory, open_descriptor lock)
        : number_(number), in_(std::move(in)), directory_(std::move(directory)), lock_(std::move(lock)) {}
    slot_hold(slot_hold&&) noexcept = default;
    slot_hold& operator=(slot_hold&&) noexcept = default;
    ~slot_hold();  ///< unlocks

    int number() const { return number_; }
    int in() const { return in_.number(); }                ///< descriptor of the directory of slots
    int directory() const { return directory_.number(); }  ///< descriptor of the slot

  private:
    int number_;
    open_descriptor in_;
    open_descriptor directory_;
    open_descriptor lock_;
};

}  // namespace suprsync
