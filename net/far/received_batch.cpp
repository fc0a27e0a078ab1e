#include "net/far/received_batch.hpp"

#include <utility>
#include <vector>

namespace suprsync::far {

namespace {

/// After a kill so much of a file is sent again at most, whichever comes first.
constexpr std::uint64_t kept_every = 32 << 20;
constexpr std::chrono::milliseconds kept_after{250};

}  // namespace

failure received_batch::has_not_begun() {
    return {failure_code::io, "receive files in", "the staging slot", "its batch has not begun"};
}

bool received_batch::take(const message& m) {
    switch (m.what) {
        case kind::begin:
            return begin(m);
        case kind::whole:
            return whole(m);
        case kind::open:
            return open(m);
        case kind::data:
            return data(m);
        case kind::sums:
            return sums(m);
        case kind::finish:
            return finish(m);
        case kind::end:
            end(m);
            return true;
        default:
            return false;
    }
}

bool received_batch::begin(const message& m) {
    begin_question q;
    if (!decode(m.bytes, q)) return false;
    auto held = place_->hold(q.slot, slot_use::together, watch);
    if (held)
        hold_.emplace(std::move(*held));
    else
        result_.error = held.error();
    return true;
}

void received_batch::complain(std::uint32_t item, failure why) {
    // What has no room is the destination's: nothing more is written.
    if (why.code == failure_code::no_space || why.code == failure_code::stopped) {
        if (!result_.error) result_.error = std::move(why);
        return;
    }
    if (result_.complaints.size() < most_items) result_.complaints.push_back({item, std::move(why)});
}

bool received_batch::whole(const message& m) {
    std::uint32_t batch = 0;
    std::vector<whole_file_data> files;
    if (!decode_whole(m.bytes, batch, files)) return false;
    std::uint64_t bytes = 0;
    for (const auto& f : files) {
        if (is_over()) break;
        if (auto done = place_->receive_whole(*hold_, f.file, f.bytes); !done) complain(f.item, done.error());
        bytes += f.bytes.size();
        watch.alive();
    }
    answer_(kind::whole, number_, encode(is_over() ? no_more_of_the_batch : bytes));
    return true;
}

bool received_batch::open(const message& m) {
    open_question q;
    if (!decode(m.bytes, q)) return false;
    open_answer answer;
    if (!hold_) {
        answer.error = result_.error.value_or(has_not_begun());
    } else if (auto opened = place_->receive(*hold_, q.file, stage_mode::resume)) {
        answer.missing = opened->missing();
        files_.insert_or_assign(q.item, open_file{std::move(*opened)});
    } else {
        answer.error = opened.error();
    }
    answer_(kind::open, m.request, encode(answer));
    return true;
}

bool received_batch::data(const message& m) {
    range_data range;
    if (!decode_range(m.bytes, range)) return false;
    const auto answer = [this](std::uint64_t bytes) {
        answer_(kind::data, number_, encode(is_over() ? no_more_of_the_batch : bytes));
        return true;
    };
    const auto at = files_.find(range.item);
    if (is_over() || at == files_.end()) return answer(no_more_of_the_file);
    auto& f = at->second;
    auto done = f.file.write(range.offset, range.bytes);
    f.not_kept += range.bytes.size();
    const auto now = work_watch::clock::now();
    if (done && (f.not_kept >= kept_every || now - f.kept_at >= kept_after)) {
        done = f.file.keep();
        f.not_kept = 0;
        f.kept_at = work_watch::clock::now();
    }
    watch.alive();
    if (done) return answer(range.bytes.size());
    complain(range.item, done.error());
    files_.erase(at);
    return answer(no_more_of_the_file);
}

bool received_batch::sums(const message& m) {
    sums_question q;
    if (!decode(m.bytes, q)) return false;
    const auto at = files_.find(q.item);
    answer_(kind::sums, m.request,
            encode(at == files_.end() ? result<std::vector<std::string>>(has_not_begun())
                                      : at->second.file.sums(q.block, watch)));
    return true;
}

bool received_batch::finish(const message& m) {
    item_question q;
    if (!decode(m.bytes, q)) return false;
    const auto at = files_.find(q.item);
    if (at == files_.end()) return true;
    if (auto done = at->second.file.finish(); !done) complain(q.item, done.error());
    files_.erase(at);
    watch.alive();
    return true;
}

void received_batch::keep_all() {
    for (auto& [item, f] : files_)
        if (f.not_kept > 0)
            if (auto done = f.file.keep(); !done) complain(item, done.error());
    files_.clear();
}

void received_batch::end(const message& m) {
    keep_all();
    hold_.reset();
    answer_(kind::end, m.request, encode(result_));
}

void received_batch::leave() {
    watch.stop = true;
    keep_all();
    hold_.reset();
}

}  // namespace suprsync::far
