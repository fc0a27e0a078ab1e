#include "engine/report/transfers.hpp"

#include <algorithm>
#include <utility>

namespace suprsync {

std::string_view name_of(flight_stage stage) {
    switch (stage) {
        case flight_stage::hashing:
            return "hashing";
        case flight_stage::copying:
            return "copying";
        case flight_stage::verifying:
            return "verifying";
        case flight_stage::publishing:
            return "publishing";
    }
    return "";
}

flight::flight(transfer_board& board, transfer begun) : board_(board), id_(++board.last_id_) {
    begun.id = id_;
    begun.files = static_cast<std::int64_t>(begun.ids.size());
    begun.since = begun.stage_since = board.clock_.now();
    for (const auto id : begun.ids) board.by_file_[id] = id_;
    board.entries_[id_].known = std::move(begun);
}

flight::~flight() {
    const auto own = board_.entries_.find(id_);
    for (const auto id : own->second.known.ids)
        if (const auto place = board_.by_file_.find(id);
            place != board_.by_file_.end() && place->second == id_)
            board_.by_file_.erase(place);
    board_.entries_.erase(own);
}

void flight::enter(flight_stage stage) {
    auto& known = board_.entries_.at(id_).known;
    if (std::exchange(known.stage, stage) != stage) known.stage_since = board_.clock_.now();
}

void flight::sent(std::uint64_t total) {
    auto& [known, meter] = board_.entries_.at(id_);
    if (total <= known.bytes_done) return;
    meter.sent(board_.clock_.steady_now(), total - known.bytes_done);
    known.bytes_done = total;
}

void flight::sent_all() {
    auto& known = board_.entries_.at(id_).known;
    known.bytes_done = std::max(known.bytes_done, known.bytes);
}

std::vector<transfer> transfer_board::list(bool with_ids) {
    std::vector<transfer> all;
    all.reserve(entries_.size());
    for (auto& [id, one] : entries_) {
        const auto& known = one.known;
        auto& shown = all.emplace_back();
        shown.id = known.id;
        shown.archive = known.archive;
        shown.stage = known.stage;
        shown.files = known.files;
        shown.bytes = known.bytes;
        // What rsync itself says to its other end comes on top.
        shown.bytes_done = std::min(known.bytes_done, known.bytes);
        shown.bytes_per_second = one.meter.bytes_per_second(clock_.steady_now());
        shown.since = known.since;
        shown.stage_since = known.stage_since;
        shown.local_path = known.local_path;
        if (with_ids) shown.ids = known.ids;
    }
    return all;
}

std::uint64_t transfer_board::bytes_done(const std::string& archive) const {
    std::uint64_t done = 0;
    for (const auto& [id, one] : entries_)
        if (one.known.archive == archive) done += std::min(one.known.bytes_done, one.known.bytes);
    return done;
}

std::optional<flight_stage> transfer_board::stage_of(file_id id) const {
    const auto place = by_file_.find(id);
    if (place == by_file_.end()) return std::nullopt;
    return entries_.at(place->second).known.stage;
}

}  // namespace suprsync
