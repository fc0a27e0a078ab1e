// The directories that a place consists of, entered for one call: each is known from inside to be the one
// that was prepared (spec, Staging and publishing).
#pragma once

#include <string>

#include "engine/files/open_descriptor.hpp"
#include "engine/model/destination.hpp"
#include "engine/model/failure.hpp"
#include "net/place/base_state.hpp"

namespace suprsync {

/// What a call is of, for its failures.
struct call_names {
    std::string operation;  ///< "publish files at"
    std::string subject;    ///< the destination
    failure failed(failure_code code, std::string why) const {
        return {code, operation, subject, std::move(why)};
    }
    failure stopped() const { return failed(failure_code::stopped, "the daemon is shutting down"); }
};

/// As `stat -f -c %i` and `stat -c %i` tell them.
base_identity identity_of_directory(int directory);

/// Its path without symbolic links; empty where the kernel does not tell.
std::string real_path_of(int descriptor);

/// Whether the account may enter a directory that is open, or write in it.
bool may_enter(int directory);
bool may_write_in(int directory);

/// By which mount something is reached: stat tells no bind mount from the file system that it shows. 0: not
/// known.
std::uint64_t mount_of(int descriptor);
/// A bind mount of the same file system counts as another one: nothing is linked or renamed from one to the
/// other.
bool on_one_file_system(int one, int other);

/// Failures: base_missing, base_changed.
result<open_descriptor> enter_base(const base_state& state, const call_names& call);

/// The directory of slots: it, and the two above it, must be directories of the account that nobody else may
/// enter. Failure: io.
result<open_descriptor> enter_in(const base_state& state, const call_names& call);
/// A slot in it. Failure: io.
result<open_descriptor> enter_slot(int in, const base_state& state, int slot, const call_names& call);

}  // namespace suprsync
