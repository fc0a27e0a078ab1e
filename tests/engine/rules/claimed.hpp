// Rows that claim one path, and how others of it look to the rule.
#pragma once

#include <string>

#include "engine/rules/claims.hpp"

namespace suprsync::test {

inline file_row row(file_id id, const std::string& local) {
    file_row r;
    r.id = id;
    r.local_path = local;
    r.remote_path = "17000/a";
    r.archive_name = "smurf";
    return r;
}

inline claimant other(file_id id, const std::string& local, bool verified = false, bool ignore = false) {
    return {id,
            "smurf",
            local,
            "m" + std::to_string(id),
            ignore,
            verified,
            verified ? "m" + std::to_string(id) : "",
            "17000/a"};
}

inline file_row row_of(const claimant& c) {
    auto r = row(c.id, c.local_path);
    if (c.verified) r.local_md5sum = c.local_md5sum, r.remote_md5sum = c.remote_md5sum;
    return r;
}

}  // namespace suprsync::test
