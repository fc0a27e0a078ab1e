#include "net/far/server.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

#include "engine/files/md5_sum.hpp"
#include "net/far/batch_queues.hpp"
#include "net/far/channel.hpp"
#include "net/far/worker_pool.hpp"

namespace suprsync::far {

namespace {

constexpr std::size_t most_threads = 40;  // most of them wait for a disk
constexpr std::size_t most_questions = 4096;
constexpr std::chrono::seconds first_silence{60};
constexpr std::chrono::seconds last_seconds{5};  ///< for what arrived before the end

class far_server {
  public:
    far_server(int input, int output) : reader_(input), writer_(output) {}
    std::string serve(const std::string& version);

  private:
    bool greet(const std::string& version, std::string& why);
    bool take(message m);
    bool prepare(const message& m);
    template <class Question, class Work>
    bool in_pool(const message& m, Work work);
    void answer(kind what, std::uint32_t number, std::optional<std::string> bytes);
    std::shared_ptr<base_directory> place();
    void end_all();

    message_reader reader_;
    message_writer writer_;
    worker_pool pool_{most_threads};
    batch_queues batches_{pool_, [this](kind what, std::uint32_t to, std::optional<std::string> bytes) {
                              answer(what, to, std::move(bytes));
                          }};
    std::mutex mutex_;
    std::shared_ptr<base_directory> place_;
    std::map<std::uint32_t, std::shared_ptr<work_watch>> questions_;
    bool ending_ = false;
};

// An answer that is too long for a message says nothing of any file, and does not stay out. At the end nobody
// is there to be answered.
void far_server::answer(kind what, std::uint32_t number, std::optional<std::string> bytes) {
    {
        const std::lock_guard lock(mutex_);
        if (ending_) return;
    }
    writer_.write(what, true, number, bytes.value_or(std::string()));
}

std::shared_ptr<base_directory> far_server::place() {
    const std::lock_guard lock(mutex_);
    return place_;
}

bool far_server::greet(const std::string& version, std::string& why) {
    reader_.set_patience(first_silence);
    if (!writer_.write_raw(greeting) || reader_.read_raw(greeting.size()) != greeting) {
        why = "suprsync run speaks to this by ssh, and nobody else";
        return false;
    }
    const auto first = reader_.read();
    hello them;
    if (!first || first->what != kind::hello || first->is_answer || !decode(first->bytes, them)) {
        why = "the other side does not say what it is";
        return false;
    }
    hello us;
    us.program = version;
    answer(kind::hello, first->request, encode(us));
    if (them.silence_limit > 0) reader_.set_patience(std::chrono::seconds(them.silence_limit));
    // Whoever is of another major version learns that by our answer, and goes.
    return them.major == major_version;
}

// The answer is the report that `work` gives; it may be ended by kind::cancel.
template <class Question, class Work>
bool far_server::in_pool(const message& m, Work work) {
    auto question = std::make_shared<Question>();
    if constexpr (!std::is_same_v<Question, std::monostate>)
        if (!decode(m.bytes, *question)) return false;
    const auto there = place();
    if (!there) return false;
    const auto watch = std::make_shared<work_watch>();
    {
        const std::lock_guard lock(mutex_);
        if (questions_.size() >= most_questions) return false;
        questions_[m.request] = watch;
    }
    pool_.run([this, question, there, watch, work, what = m.what, number = m.request] {
        answer(what, number, encode(work(*there, *question, *watch)));
        const std::lock_guard lock(mutex_);
        questions_.erase(number);
    });
    return true;
}

// A place of its own for each: whatever runs meanwhile goes on with the one before.
bool far_server::prepare(const message& m) {
    auto question = std::make_shared<prepare_question>();
    if (!decode(m.bytes, *question)) return false;
    pool_.run([this, question, number = m.request] {
        const auto there = std::make_shared<base_directory>(question->place);
        work_watch watch;
        result<destination_facts> facts = failure{failure_code::invalid, "use", "this machine", md5_error()};
        if (facts.error().detail.empty()) facts = there->prepare(question->request, watch);
        if (facts) {
            const std::lock_guard lock(mutex_);
            place_ = there;
        }
        answer(kind::prepare, number, encode(facts));
    });
    return true;
}

bool far_server::take(message m) {
    if (m.is_answer) return false;
    switch (m.what) {
        case kind::ping:
            answer(kind::ping, m.request, std::string());
            return true;
        case kind::prepare:
            return prepare(m);
        case kind::cancel: {
            std::uint64_t number = 0;
            if (!decode(m.bytes, number)) return false;
            batches_.cancel(static_cast<std::uint32_t>(number));
            const std::lock_guard lock(mutex_);
            if (const auto at = questions_.find(static_cast<std::uint32_t>(number)); at != questions_.end())
                at->second->stop = true;
            return true;
        }
        case kind::digests:
            return in_pool<digest_request>(m, [](const base_directory& there, const digest_request& q,
                                                 work_watch& w) { return there.digests(q, w); });
        case kind::publish:
            return in_pool<publish_question>(
                m, [](const base_directory& there, const publish_question& q, work_watch& w) {
                    return there.publish(q.slot, q.items, w);
                });
        case kind::deliver:
            return in_pool<publish_question>(
                m, [](const base_directory& there, const publish_question& q, work_watch& w) {
                    return there.deliver(q.slot, q.items, w);
                });
        case kind::stat:
            return in_pool<stat_request>(m, [](const base_directory& there, const stat_request& q,
                                               work_watch& w) { return there.stat(q, w); });
        case kind::sweep:
            return in_pool<std::vector<staged_file>>(
                m, [](const base_directory& there, const std::vector<staged_file>& q, work_watch& w) {
                    return there.sweep(q, w);
                });
        case kind::space:
            return in_pool<std::monostate>(m, [](const base_directory& there, const std::monostate&,
                                                 work_watch&) { return there.space(); });
        case kind::hello:
            return false;
        default:
            return batches_.take(std::move(m), place());
    }
}

void far_server::end_all() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        for (const auto& [number, watch] : questions_) watch->stop = true;
    }
    batches_.end_all();
}

std::string far_server::serve(const std::string& version) {
    std::string why;
    if (!pool_.start()) return "no thread can be started";
    if (!greet(version, why)) return why;
    while (auto m = reader_.read()) {
        if (take(std::move(*m))) continue;
        why = "a message came that is none";
        break;
    }
    if (why.empty()) why = reader_.why();
    end_all();
    pool_.finish(last_seconds);
    return why;
}

}  // namespace

std::string serve_far_side(int input, int output, const std::string& version) {
    // Threads that hang go on using it until the process has ended.
    static auto& until_the_end = *new std::vector<far_server*>();
    until_the_end.push_back(new far_server(input, output));
    return until_the_end.back()->serve(version);
}

}  // namespace suprsync::far
