// Candidates and limits of plans, for the tests of the planner.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/rules/planner.hpp"

namespace suprsync::test::planned {

struct traits {
    std::uint64_t size = 1;
    bool compare = false;
    bool finalization = false;
    std::optional<int> staged_in = {};
};

inline candidate file(file_id id, const traits& t = {}) {
    candidate c;
    c.item.row.id = id;
    c.item.row.remote_path = "17000/" + std::to_string(id);
    c.item.compare = t.compare;
    c.item.finalization = t.finalization;
    c.local.size = t.size;
    c.staged_in = t.staged_in;
    return c;
}

inline plan_limits limits(std::vector<int> slots = {0, 1, 2, 3}) {
    plan_limits l;
    l.files_per_batch = 10;
    l.bytes_per_batch = l.alone_above = 100;
    l.most_batches = slots.size();
    l.most_large = slots.size();
    l.free_slots = std::move(slots);
    return l;
}

inline std::vector<file_id> ids(const batch& b) {
    std::vector<file_id> all;
    for (const auto& f : b.files) all.push_back(f.item.row.id);
    return all;
}

using list = std::vector<file_id>;

}  // namespace suprsync::test::planned
