#include "net/far/lane.hpp"

#include <sys/socket.h>

#include <chrono>
#include <utility>

namespace suprsync::far {

namespace {

constexpr std::size_t longest_quotation = 200;
constexpr std::chrono::milliseconds for_the_rest{300};  // of what somebody else says

failure not_there(std::string detail) {
    return {failure_code::missing_program, "use", "the far side", std::move(detail)};
}

/// What somebody else says in our far side's place, as words for people.
std::string shown(std::string_view bytes) {
    std::string words;
    for (const char c : bytes.substr(0, longest_quotation))
        if (static_cast<unsigned char>(c) >= ' ' && c != '\x7f') words += c;
    return words;
}

}  // namespace

lane::lane(open_descriptor ours) : ours_(std::move(ours)), writer_(ours_.number()), reader_(ours_.number()) {}

lane::~lane() { close(); }

void lane::close() { ::shutdown(ours_.number(), SHUT_RDWR); }

std::string lane::why_ended() const {
    const std::lock_guard lock(mutex_);
    return why_;
}

// The round trip is that of a question behind the greeting, which has waited for the program to start.
result<hello> lane::greet(const hello& us) {
    const auto said = encode(us);
    if (!said || !writer_.write_raw(greeting) || !writer_.write(kind::hello, false, 0, *said))
        return not_there("it ended at once");
    auto greeted = reader_.read_raw(greeting.size());
    if (greeted != greeting) {
        reader_.set_patience(for_the_rest);
        if (greeted.size() == greeting.size()) greeted += reader_.read_raw(longest_quotation);
        return not_there(greeted.empty() ? std::string("it ended at once")
                                         : "it says \"" + shown(greeted) + "\" where a far side would greet");
    }
    auto answer = reader_.read();
    hello them;
    if (!answer || answer->what != kind::hello || !answer->is_answer || !decode(answer->bytes, them))
        return not_there("it does not say what it is");
    if (them.major != major_version) return them;
    const auto before = std::chrono::steady_clock::now();
    if (!writer_.write(kind::ping, false, 0, {})) return not_there("it ended at once");
    answer = reader_.read();
    if (!answer || answer->what != kind::ping || !answer->is_answer) return not_there("it does not answer");
    round_trip_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
    return them;
}

std::uint32_t lane::new_number() {
    const std::lock_guard lock(mutex_);
    if (++last_number_ == 0) ++last_number_;
    return last_number_;
}

std::uint32_t lane::new_question() {
    const auto number = new_number();
    const std::lock_guard lock(mutex_);
    awaited_.emplace(number, std::nullopt);
    return number;
}

std::uint32_t lane::ask(kind what, std::string_view message) {
    const auto number = new_question();
    tell(what, number, message);
    return number;
}

bool lane::tell(kind what, std::uint32_t number, std::string_view message, bool packed) {
    if (!ended_ && writer_.write(what, false, number, message, packed)) return true;
    close();  // its reader tells all who wait
    return false;
}

std::optional<std::string> lane::answer_to(std::uint32_t number) {
    std::unique_lock lock(mutex_);
    const auto at = awaited_.find(number);
    if (at == awaited_.end()) return std::nullopt;
    changed_.wait(lock, [&] { return ended_ || at->second.has_value() || given_up_.contains(number); });
    auto answer = std::move(at->second);
    awaited_.erase(at);
    return answer;
}

void lane::cancel(std::uint32_t number) { tell(kind::cancel, new_number(), encode(std::uint64_t{number})); }

void lane::give_up(std::uint32_t number) {
    const std::lock_guard lock(mutex_);
    const auto at = awaited_.find(number);
    if (at == awaited_.end() || at->second) return;
    given_up_.insert(number);
    changed_.notify_all();
}

std::size_t lane::given_up() const {
    const std::lock_guard lock(mutex_);
    return given_up_.size();
}

void lane::ping() {
    if (pings_.exchange(true)) return;
    tell(kind::ping, new_number(), {});
    pings_ = false;
}

void lane::count(std::uint32_t batch, std::shared_ptr<arrivals> into) {
    const std::lock_guard lock(mutex_);
    counted_[batch] = std::move(into);
}

void lane::forget(std::uint32_t batch) {
    const std::lock_guard lock(mutex_);
    counted_.erase(batch);
}

// Answers come in the order of the messages.
void lane::arrivals::take(std::uint64_t answer) {
    const std::lock_guard lock(mutex);
    content_sent sent;
    if (!under_way.empty()) {
        sent = under_way.front();
        under_way.pop_front();
    }
    if (answer == no_more_of_the_batch) {
        no_more = true;
    } else if (answer == no_more_of_the_file) {
        if (sent.range_of) no_more_of.insert(*sent.range_of);
    } else {
        bytes += answer;
        files += sent.files;
    }
}

// What nobody waits for any more, or asked for, is dropped.
void lane::take(message m) {
    heard_at_ = clock::now().time_since_epoch();
    if (!m.is_answer) return;
    const std::lock_guard lock(mutex_);
    if (m.what == kind::whole || m.what == kind::data) {
        const auto counted = counted_.find(m.request);
        std::uint64_t bytes = 0;
        if (counted == counted_.end() || !decode(m.bytes, bytes)) return;
        counted->second->take(bytes);
        return;
    }
    given_up_.erase(m.request);
    const auto at = awaited_.find(m.request);
    if (at == awaited_.end() || at->second) return;
    at->second = std::move(m.bytes);
    changed_.notify_all();
}

void lane::end(std::string why) {
    const std::lock_guard lock(mutex_);
    why_ = std::move(why);
    ended_ = true;
    changed_.notify_all();
}

void read_lane(const std::shared_ptr<lane>& self) {
    while (auto m = self->reader_.read()) self->take(std::move(*m));
    self->close();
    self->end(self->reader_.why());
}

}  // namespace suprsync::far
