#include "engine/rules/arrived_before.hpp"

#include "engine/model/text.hpp"

namespace suprsync {

std::optional<file_outcome> arrived_before(const file_row& row,
                                           const std::optional<std::string>& delivered_md5,
                                           epoch_seconds now) {
    const auto registered = lower(row.local_md5sum);
    if (!is_md5(registered) || delivered_md5 != registered) return std::nullopt;
    file_outcome o;
    o.seen = row;
    if (row.local_md5sum != registered) o.local_md5sum = registered;
    o.remote_md5sum = registered;
    o.copied = now;
    o.verified = true;
    o.error = "";
    o.hash_before_deletion = true;
    o.written_before = true;
    o.read_anew = true;
    return o;
}

}  // namespace suprsync
