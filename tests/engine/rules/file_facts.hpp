// What is known of a file after an attempt to copy it.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "engine/rules/file_life.hpp"

namespace suprsync {

inline std::ostream& operator<<(std::ostream& out, verdict v) {
    constexpr const char* names[] = {"publish",  "need_hash", "unstable",  "mismatch",   "corrupt",
                                     "conflict", "missing",   "no_answer", "not_a_copy", "held_up"};
    return out << names[static_cast<int>(v)];
}

}  // namespace suprsync

namespace suprsync::test::attempts {

inline const std::string registered = "11111111111111111111111111111111";
inline const std::string fresh = "22222222222222222222222222222222";
inline const std::string foreign = "33333333333333333333333333333333";
inline constexpr epoch_seconds registered_at = 1.7e9;
inline constexpr epoch_seconds now = registered_at + 1000;

inline file_identity identity_at(epoch_seconds mtime) {
    return {1, 2, 3, static_cast<std::int64_t>(mtime) * 1'000'000'000};
}

inline attempt_facts good_facts() {
    attempt_facts f;
    f.row.id = 7;
    f.row.local_path = "/data/a";
    f.row.local_md5sum = registered;
    f.row.timestamp = registered_at;
    f.before = identity_at(registered_at - 100);
    f.after = f.before;
    f.remote_md5 = registered;
    f.destination_answered = true;
    f.opened_at = f.now = now;
    f.sent_whole = true;
    return f;
}

}  // namespace suprsync::test::attempts
