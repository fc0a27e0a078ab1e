#include "engine/rules/not_a_copy.hpp"

#include <fmt/format.h>

#include <cmath>

#include "engine/model/text.hpp"

namespace suprsync {

namespace {

constexpr std::size_t most_known = 10'000;  // so that memory stays flat
constexpr double unmet_for = 600;           // s; each is asked for again within minutes

}  // namespace

bool is_the_local_file(const file_identity& local, const std::optional<remote_object>& there) {
    if (!there) return false;
    const bool same_inode = there->inode == local.inode;
    if (there->on_this_machine && there->device == local.device) return same_inode;
    // File systems that pass others' files on (overlay, FUSE) have inode numbers of their own; a copy is
    // linked into its place later than the original was written. Coarse clocks tell nothing.
    const bool fine = local.changed_ns % 1'000'000'000 != 0;
    return (same_inode || fine) && there->size == local.size && there->changed_ns == local.changed_ns;
}

std::string not_a_copy_reason(const file_row& row) {
    return fmt::format(
        "{} at the destination is the local file itself, and no copy: the base directory must be another place",
        row.remote_path);
}

void originals::met(const file_row& row, const std::string& destination, epoch_seconds now) {
    if (known_.size() < most_known || known_.contains(row.id))
        known_[row.id] = {fmt::format("{} is {}/{}", row.local_path, destination, row.remote_path), now};
}

void originals::forget_unmet(epoch_seconds now) {
    std::erase_if(known_, [&](const auto& o) { return std::abs(now - o.second.at) > unmet_for; });
}

std::string originals::text() const {
    if (known_.empty()) return {};
    return fmt::format("{}, first {}", counted(known_.size(), "file"), known_.begin()->second.paths);
}

}  // namespace suprsync
