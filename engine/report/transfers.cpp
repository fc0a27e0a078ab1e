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
        case flight_stage::sent:
            return "sent";
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

void flight::sends(std::size_t files, ids_on_demand in_order) {
    auto& own = board_.entries_.at(id_);
    own.files_before = std::max<std::int64_t>(0, own.known.files - static_cast<std::int64_t>(files));
    own.known.files_sent = own.files_before;
    own.in_order = std::move(in_order);
    own.places.clear();
}

void flight::sent(std::uint64_t total, std::size_t files) {
    auto& own = board_.entries_.at(id_);
    auto& known = own.known;
    known.files_sent =
        std::clamp(own.files_before + static_cast<std::int64_t>(files), known.files_sent, known.files);
    if (total <= known.bytes_done) return;
    own.meter.sent(board_.clock_.steady_now(), total - known.bytes_done);
    known.bytes_done = total;
}

void flight::sends_no_more(bool all) {
    auto& own = board_.entries_.at(id_);
    own.in_order = {};
    if (!all) return;
    own.known.bytes_done = std::max(own.known.bytes_done, own.known.bytes);
    own.known.files_sent = own.known.files;
    own.all_sent = true;
}

void flight::hashes(std::shared_ptr<const digest_progress> progress, ids_on_demand which) {
    auto& own = board_.entries_.at(id_);
    own.hashing = std::move(progress);
    own.which_hashed = std::move(which);
    own.hashed_now.clear();
}

void flight::hashed() { hashes(nullptr, {}); }

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
        shown.files_sent = known.files_sent;
        if (one.hashing) {
            shown.bytes_to_hash = one.hashing->total;
            shown.bytes_hashed = std::min<std::uint64_t>(one.hashing->bytes, shown.bytes_to_hash);
        }
        shown.bytes = known.bytes;
        // What rsync itself says to its other end comes on top.
        shown.bytes_done = std::min(known.bytes_done, known.bytes);
        shown.bytes_per_second = one.meter.bytes_per_second(clock_.steady_now());
        shown.since = known.since;
        shown.stage_since = known.stage_since;
        shown.local_path = known.local_path;
        if (!with_ids) continue;
        shown.ids = known.ids;
        for (const auto file : known.ids)
            if (stage_in(one, file) == flight_stage::sent) shown.sent_ids.push_back(file);
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
    return stage_in(entries_.at(place->second), id);
}

flight_stage transfer_board::stage_in(const entry& one, file_id id) {
    const auto stage = one.known.stage;
    if (stage == flight_stage::copying && one.in_order) {
        if (one.places.empty())
            for (const auto next : one.in_order())
                one.places.emplace(next, static_cast<std::int64_t>(one.places.size()));
        const auto place = one.places.find(id);
        const bool sent =
            place != one.places.end() && one.files_before + place->second < one.known.files_sent;
        return sent ? flight_stage::sent : stage;
    }
    if (stage == flight_stage::hashing && one.all_sent && one.which_hashed) {
        if (one.hashed_now.empty())
            for (const auto read : one.which_hashed()) one.hashed_now.insert(read);
        return one.hashed_now.contains(id) ? stage : flight_stage::sent;
    }
    return stage;
}

}  // namespace suprsync
