#include "net/far/batch_sender.hpp"

#include <algorithm>
#include <functional>
#include <system_error>
#include <thread>
#include <utility>

#include "net/place/contradictions.hpp"

namespace suprsync::far {

namespace {

constexpr std::size_t files_per_group = 32;

std::string batch_and_item(std::uint32_t batch, std::size_t item) {
    return encode(item_question{batch, static_cast<std::uint32_t>(item)}).value_or("");
}

// What says else is no far side of ours.
bool are_in_order(const std::vector<byte_range>& ranges) {
    std::uint64_t at = 0;
    for (const auto& range : ranges) {
        if (range.length == 0 || range.offset < at) return false;
        at = range.offset + range.length;
    }
    return true;
}

// False where none can be started at this moment.
bool start_thread(std::vector<std::thread>& into, std::function<void()> work) {
    try {
        into.emplace_back(std::move(work));
    } catch (const std::system_error&) {
        return false;
    }
    return true;
}

}  // namespace

batch_sender::batch_sender(stage_request request, std::vector<std::shared_ptr<lane>> lanes,
                           std::shared_ptr<pace> rate, bool packs)
    : complaints(contradictions(request.items)),
      unreadable(request.items.size()),
      request_(std::move(request)),
      rate_(std::move(rate)),
      packs_(packs) {
    for (auto& l : lanes) {
        senders_.push_back(std::make_unique<sender>());
        senders_.back()->channel = std::move(l);
    }
}

void batch_sender::run(work_watch& watch) {
    watch_ = &watch;
    for (std::size_t i = 0; i < request_.items.size(); ++i)
        if (!complaints[i]) (request_.items[i].size <= largest_whole ? small_ : large_).push_back(i);
    begin(*senders_.front());
    if (!small_.empty()) on_all_lanes();
    for (std::size_t at = 0; at < large_.size() && !over(); at += files_per_group)
        send_group(
            {large_.begin() + static_cast<std::ptrdiff_t>(at),
             large_.begin() + static_cast<std::ptrdiff_t>(std::min(large_.size(), at + files_per_group))});
    end_from(0);
}

// What its lanes have brought has to be on record before the file is whole.
void batch_sender::send_group(const std::vector<std::size_t>& large) {
    find_missing(large);
    on_all_lanes();
    end_from(1);
    auto& first = *senders_.front();
    for (const auto& [item, f] : open_) {
        if (over() || complaints[item] || unreadable[item]) continue;
        first.channel->tell(kind::finish, first.channel->new_number(), batch_and_item(first.batch, item));
        if (f.is_new) ++large_arrived_;
    }
    open_.clear();
    first.opened.clear();
}

void batch_sender::find_missing(const std::vector<std::size_t>& large) {
    auto& first = *senders_.front();
    ranges_.clear();
    next_range_ = 0;
    std::vector<std::pair<std::size_t, std::uint32_t>> asked;
    for (const auto item : large) {
        if (over()) break;
        auto f = open_local(first, item);
        if (!f || over()) continue;
        const auto question = encode(open_question{first.batch, static_cast<std::uint32_t>(item), f->file});
        if (!question) {
            complain(item, request_.items[item].remote_path + " is too long a name");
            continue;
        }
        asked.emplace_back(item, first.channel->ask(kind::open, *question));
        first.opened.insert(item);
        open_.emplace(item, std::move(*f));
    }
    for (const auto& [item, number] : asked) {
        const auto said = answer_to(first, number);
        open_answer answer;
        if (!said || !decode(*said, answer)) {
            fail(std::nullopt);
            return;
        }
        if (answer.error && answer.error->code == failure_code::no_space)
            fail(answer.error);
        else if (answer.error)
            complain(item, answer.error->text());
        if (answer.error || over()) continue;
        if (!are_in_order(answer.missing)) {
            fail(std::nullopt);
            return;
        }
        auto& f = open_.at(item);
        f.is_new = answer.missing == std::vector{byte_range{0, f.file.size}};
        if (request_.mode == stage_mode::compare)
            find_different(item, answer.missing);
        else
            for (const auto& missing : answer.missing) add_ranges(item, missing);
    }
}

void batch_sender::add_ranges(std::size_t item, byte_range missing) {
    const auto size = open_.at(item).file.size;
    if (missing.offset > size || missing.length > size - missing.offset) return;
    while (missing.length > 0) {
        const auto length = std::min<std::uint64_t>(missing.length, bytes_per_message);
        ranges_.push_back({item, missing.offset, length});
        missing.offset += length;
        missing.length -= length;
    }
}

void batch_sender::on_all_lanes() {
    std::vector<std::thread> others;
    // The lanes that have a thread carry all of it.
    for (std::size_t i = 1; i < senders_.size(); ++i)
        if (!start_thread(others, [this, i] { send_over(*senders_[i]); })) break;
    send_over(*senders_.front());
    for (auto& t : others) t.join();
}

std::optional<batch_sender::portion> batch_sender::next() {
    const std::lock_guard lock(mutex_);
    portion p;
    std::uint64_t bytes = 0;
    while (next_small_ < small_.size() && bytes < bytes_per_message) {
        p.small.push_back(small_[next_small_++]);
        bytes += request_.items[p.small.back()].size;
    }
    if (!p.small.empty()) return p;
    if (next_range_ >= ranges_.size()) return std::nullopt;
    p.part = ranges_[next_range_++];
    return p;
}

void batch_sender::send_over(sender& s) {
    while (!over()) {
        auto p = next();
        if (!p || !begin(s)) return;
        if (p->part)
            send_range(s, *p->part);
        else
            send_small(s, p->small);
        if (s.channel->ended()) fail(std::nullopt);
        // Why, the answer to the end of the batch says.
        if (s.arrivals->no_more) failed_ = true;
    }
}

bool batch_sender::begin(sender& s) {
    if (s.batch != 0) return true;
    if (s.channel->ended()) {
        fail(std::nullopt);
        return false;
    }
    const auto number = s.channel->new_number();
    s.channel->count(number, s.arrivals);
    s.batch = number;
    return s.channel->tell(kind::begin, number, encode(begin_question{request_.slot}).value_or(""));
}

// All are asked before the first answer is waited for: together that takes one round trip.
void batch_sender::end_from(std::size_t first) {
    struct asked {
        sender& of;
        std::uint32_t batch;
        std::uint32_t question;
    };
    std::vector<asked> ending;
    for (auto i = first; i < senders_.size(); ++i) {
        auto& s = *senders_[i];
        s.opened.clear();
        const auto batch = s.batch.exchange(0);
        if (batch == 0) continue;
        if (watch_->stop) s.channel->cancel(batch);
        ending.push_back({s, batch, s.channel->ask(kind::end, batch_and_item(batch, 0))});
    }
    for (const auto& e : ending) {
        const auto said = answer_to(e.of, e.question);
        e.of.channel->forget(e.batch);
        batch_answer answer;
        if (!said || !decode(*said, answer)) {
            fail(std::nullopt);
            continue;
        }
        for (const auto& c : answer.complaints)
            if (c.item < complaints.size()) complain(c.item, c.why.text());
        if (answer.error) fail(answer.error);
    }
}

void batch_sender::fail(std::optional<failure> why) {
    const std::lock_guard lock(mutex_);
    failed_ = true;
    if (!why)
        lost = true;
    else if (!error)
        error = std::move(why);
}

void batch_sender::complain(std::size_t item, std::string what) {
    const std::lock_guard lock(mutex_);
    if (!complaints[item]) complaints[item] = std::move(what);
}

std::uint64_t batch_sender::arrived() const {
    std::uint64_t bytes = 0;
    for (const auto& s : senders_) bytes += s->arrivals->bytes;
    return bytes;
}

std::size_t batch_sender::arrived_files() const {
    std::size_t files = large_arrived_;
    for (const auto& s : senders_) files += s->arrivals->files;
    return files;
}

std::optional<std::string> batch_sender::answer_to(sender& s, std::uint32_t number) {
    s.waits_for = number;
    auto said = s.channel->answer_to(number);
    s.waits_for = 0;
    return said;
}

void batch_sender::give_up() {
    for (const auto& s : senders_)
        if (const auto number = s->waits_for.load(); number != 0) s->channel->give_up(number);
}

void batch_sender::abandon() {
    for (const auto& s : senders_) {
        const auto batch = s->batch.exchange(0);
        if (batch == 0) continue;
        s->channel->cancel(batch);
        s->channel->tell(kind::end, s->channel->new_number(), batch_and_item(batch, 0));
        s->channel->forget(batch);
    }
}

}  // namespace suprsync::far
