#include "net/notify/web_thread.hpp"

#include <curl/curl.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cmath>
#include <list>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "engine/loop/as_value.hpp"
#include "engine/model/version.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::size_t kept_of_an_answer = 200;
constexpr std::size_t longest_answer = std::size_t{64} * 1024;
constexpr int poll_at_most = 1000;    // ms
constexpr long connect_at_most = 10;  // s
constexpr long first_final_status = 200;
constexpr const char* no_memory = "no memory";  // no allocation: short

struct slist_end {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct easy_end {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct multi_end {
    void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
using multi_handle = std::unique_ptr<CURLM, multi_end>;

void begin_using_curl() {
    static const bool begun = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    if (!begun) throw std::runtime_error("libcurl cannot be used");
}

std::string host_of(const char* url) {
    std::string_view text = url ? url : "";
    const auto scheme = text.find("://");
    if (scheme == std::string_view::npos) return "";
    text.remove_prefix(scheme + 3);
    text = text.substr(0, text.find_first_of("/?#"));
    text.remove_prefix(text.rfind('@') + 1);  // npos + 1 is 0
    return std::string(text);
}

// One request, until whoever asked has its answer.
struct transfer {
    transfer(web_request r, const asio::any_io_executor& loop)
        : request(std::move(r)), answered(loop, asio::steady_timer::time_point::max()) {}

    web_request request;
    web_answer answer;

    // Of the loop.
    asio::steady_timer answered;  // cancelled by the answer
    bool done = false;

    // Of the thread.
    std::unique_ptr<CURL, easy_end> easy;
    std::unique_ptr<curl_slist, slist_end> headers;
    std::array<char, CURL_ERROR_SIZE> error{};
    std::size_t received = 0;
};

std::size_t take_body(char* data, std::size_t, std::size_t size, void* into) {
    auto& one = *static_cast<transfer*>(into);
    one.received += size;
    const auto room = kept_of_an_answer - one.answer.said.size();
    one.answer.said.append(data, std::min(size, room));
    // What it says beyond is not waited for: the status is known.
    return one.received > longest_answer ? 0 : size;
}

template <class Value>
void set(transfer& one, CURLoption option, Value value) {
    curl_easy_setopt(one.easy.get(), option, value);
}

void prepare(transfer& one) {
    one.easy.reset(curl_easy_init());
    if (!one.easy) throw std::bad_alloc();
    const auto& r = one.request;
    for (const auto& line : {"Content-Type: " + r.content_type, std::string("Expect:")})
        one.headers.reset(curl_slist_append(one.headers.release(), line.c_str()));
    const auto agent = "suprsync/" + std::string(version());
    set(one, CURLOPT_URL, r.url.c_str());
    set(one, CURLOPT_PROTOCOLS_STR, "http,https");
    set(one, CURLOPT_FOLLOWLOCATION, 0L);
    // What is not encrypted stays on this machine.
    if (r.url.starts_with("http://")) set(one, CURLOPT_NOPROXY, "*");
    set(one, CURLOPT_POST, 1L);
    set(one, CURLOPT_POSTFIELDS, r.text.data());
    set(one, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(r.text.size()));
    set(one, CURLOPT_HTTPHEADER, one.headers.get());
    set(one, CURLOPT_USERAGENT, agent.c_str());
    set(one, CURLOPT_SSL_VERIFYPEER, 1L);
    set(one, CURLOPT_SSL_VERIFYHOST, 2L);
    set(one, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!r.ca_file.empty()) set(one, CURLOPT_CAINFO, r.ca_file.c_str());
    set(one, CURLOPT_TIMEOUT_MS, static_cast<long>(r.timeout * 1000));
    set(one, CURLOPT_CONNECTTIMEOUT, connect_at_most);
    set(one, CURLOPT_NOSIGNAL, 1L);
    // Where a name is being looked for when it ends, that is not waited for.
    set(one, CURLOPT_QUICK_EXIT, 1L);
    set(one, CURLOPT_ERRORBUFFER, one.error.data());
    set(one, CURLOPT_WRITEFUNCTION, &take_body);
    set(one, CURLOPT_WRITEDATA, static_cast<void*>(&one));
    set(one, CURLOPT_PRIVATE, static_cast<void*>(&one));
}

void read_answer(transfer& one, CURLcode code) {
    auto* handle = one.easy.get();
    auto& answer = one.answer;
    // Once there is a status, what becomes of the rest of the answer changes nothing.
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer.status);
    if (answer.status < first_final_status) answer.status = 0;
    answer.timed_out = code == CURLE_OPERATION_TIMEDOUT;
    if (answer.status == 0) answer.error = one.error[0] != '\0' ? one.error.data() : curl_easy_strerror(code);
    curl_off_t seconds = 0;
    if (curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK && seconds > 0)
        answer.retry_after = static_cast<double>(seconds);
    char* next = nullptr;
    if (curl_easy_getinfo(handle, CURLINFO_REDIRECT_URL, &next) == CURLE_OK)
        answer.redirect_host = host_of(next);
}

}  // namespace

struct web_thread::shared {
    explicit shared(asio::any_io_executor l) : loop(std::move(l)), multi(curl_multi_init()) {
        if (!multi) throw std::bad_alloc();
    }

    void run();
    void begin(const std::shared_ptr<transfer>& one);
    void end(std::shared_ptr<transfer> one);
    void end_finished();

    const asio::any_io_executor loop;
    const multi_handle multi;  // its wake-up may be called by anybody
    std::mutex mutex;
    std::list<std::shared_ptr<transfer>> asked;    // guarded by it
    bool stopping = false;                         // as well
    std::list<std::shared_ptr<transfer>> running;  // of the thread
};

// It is one of those that run. Where there is no memory for it, it ends.
void web_thread::shared::begin(const std::shared_ptr<transfer>& one) {
    try {
        prepare(*one);
        curl_multi_add_handle(multi.get(), one->easy.get());
    } catch (const std::bad_alloc&) {
        one->answer.error = no_memory;
        end(one);
    }
}

// Whoever asked goes on, on the loop, and has the last of it: its timer belongs there.
void web_thread::shared::end(std::shared_ptr<transfer> one) {
    if (one->easy) curl_multi_remove_handle(multi.get(), one->easy.get());
    one->easy.reset();
    running.remove(one);
    asio::post(loop, [one = std::move(one)] {
        one->done = true;
        one->answered.cancel();
    });
}

void web_thread::shared::end_finished() {
    int left = 0;
    while (const auto* message = curl_multi_info_read(multi.get(), &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        const auto place = std::find_if(running.begin(), running.end(), [&](const auto& one) {
            return one->easy.get() == message->easy_handle;
        });
        if (place == running.end()) continue;
        auto one = *place;
        read_answer(*one, message->data.result);
        end(std::move(one));
    }
}

void web_thread::shared::run() {
    ::pthread_setname_np(::pthread_self(), "webhooks");
    while (true) {
        std::list<std::shared_ptr<transfer>> fresh;
        bool ends = false;
        {
            const std::lock_guard lock(mutex);
            fresh.swap(asked);
            ends = stopping;
        }
        while (!fresh.empty()) {
            const auto one = fresh.front();
            running.splice(running.end(), fresh, fresh.begin());
            begin(one);
        }
        if (ends) break;
        int count = 0;
        curl_multi_perform(multi.get(), &count);
        end_finished();
        curl_multi_poll(multi.get(), nullptr, 0, poll_at_most, nullptr);
    }
    while (!running.empty()) {
        auto one = running.front();
        one->answer.stopped = true;
        end(std::move(one));
    }
}

web_thread::web_thread(asio::any_io_executor loop) : loop_(std::move(loop)) {
    begin_using_curl();
    shared_ = std::make_shared<shared>(loop_);
    thread_ = std::jthread([at = shared_] { at->run(); });
}

web_thread::~web_thread() { stop(); }

void web_thread::stop() {
    {
        const std::lock_guard lock(shared_->mutex);
        shared_->stopping = true;
    }
    curl_multi_wakeup(shared_->multi.get());
}

asio::awaitable<web_answer> web_thread::post(web_request request) {
    const auto one = std::make_shared<transfer>(std::move(request), loop_);
    {
        const std::lock_guard lock(shared_->mutex);
        if (shared_->stopping) {
            one->answer.stopped = true;
            co_return one->answer;
        }
        shared_->asked.push_back(one);
    }
    curl_multi_wakeup(shared_->multi.get());
    while (!one->done) co_await one->answered.async_wait(as_value);
    co_return one->answer;
}

}  // namespace suprsync
