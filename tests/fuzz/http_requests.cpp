// How inputs of the target http are changed: as requests, whose parts are put in place of others, so that
// what lies behind the request line, the headers and the braces of a body is reached; and else as bytes.
#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "http/api/endpoints.hpp"
#include "tests/fuzz/fuzz.hpp"

// What changes inputs is not what they are to reach.
#pragma clang attribute push(__attribute__((no_sanitize("coverage"))), apply_to = function)

#include "tests/fuzz/changed_json.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace suprsync::fuzz {

namespace {

constexpr std::string_view methods[] = {"GET", "POST", "PATCH", "HEAD", "PUT", "DELETE", "OPTIONS", "get"};
constexpr std::string_view arguments[] = {"smurf",
                                          "timestreams",
                                          "1",
                                          "17000",
                                          "0",
                                          "-1",
                                          "18446744073709551616",
                                          "9223372036854775807",
                                          "%2e%2e",
                                          "a%2Fb",
                                          "%00",
                                          "%F0%9F%98",
                                          "%ff",
                                          "",
                                          "main.js",
                                          "%D9%85",
                                          "17000.",
                                          "1e3",
                                          "00001",
                                          "%25",
                                          "+",
                                          "a%20b",
                                          "%ed%a0%80",
                                          "..%5c"};
constexpr std::string_view values[] = {
    "smurf", "pending", "failed",     "verified",      "deleted", "0",       "1",
    "1000",  "1001",    "-1",         "5,6,7",         "1,1",     "",        "NaN",
    "inf",   "1e308",   "1700000000", "1700000000.5",  "17000/",  "/data/x", "%00",
    "%ff",   "%2C",     "a=b",        "file,condition"};
constexpr std::string_view headers[] = {"Host: localhost",
                                        "Host: localhost:8642",
                                        "Host: [::1]:8642",
                                        "Host: [fd00::7]",
                                        "Host: daq1.example.org",
                                        "Host: evil.example",
                                        "Host: ",
                                        "Host: localhost:x",
                                        "Authorization: Bearer s3cret",
                                        "Authorization: bearer  s3cret",
                                        "Authorization: Bearer wrong",
                                        "Authorization: Basic czNjcmV0",
                                        "Content-Type: application/json",
                                        "Content-Type: application/json; charset=utf-8",
                                        "Content-Type: text/plain",
                                        "Content-Type: application/x-www-form-urlencoded",
                                        "Expect: 100-continue",
                                        "Expect: 200-ok",
                                        "Transfer-Encoding: chunked",
                                        "Transfer-Encoding: gzip, chunked",
                                        "Content-Length: 0",
                                        "Content-Length: 18446744073709551615",
                                        "Content-Length: -1",
                                        "Content-Length: 1, 1",
                                        "Connection: close",
                                        "Connection: upgrade",
                                        "Upgrade: websocket",
                                        "Origin: http://evil.example",
                                        "Last-Event-ID: 7",
                                        "Last-Event-ID: x",
                                        "Accept: text/event-stream",
                                        "X: \x01",
                                        ": nameless",
                                        "Folded: a\r\n b"};

class changer {
  public:
    explicit changer(unsigned seed) : random_(seed) {}

    /// The request with one part of it changed; none where it is none.
    std::optional<std::string> change(std::string_view text) {
        const auto end_of_line = text.find("\r\n");
        const auto end = text.find("\r\n\r\n");
        if (end_of_line == std::string_view::npos || end == std::string_view::npos) return std::nullopt;
        line_ = text.substr(0, end_of_line);
        headers_.clear();
        for (auto at = end_of_line; at < end;) {
            at += 2;
            const auto next = std::min(text.find("\r\n", at), end);
            headers_.emplace_back(text.substr(at, next - at));
            at = next;
        }
        body_ = text.substr(end + 4);
        switch (below(4)) {
            case 0:
                change_line();
                break;
            case 1:
                change_headers();
                break;
            default:
                set_body(json_changer(random_).change(is_chunked() ? unchunked() : body_));
        }
        auto changed = line_ + "\r\n";
        for (const auto& header : headers_) changed += header + "\r\n";
        return changed + "\r\n" + body_;
    }

    std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }

  private:
    template <std::size_t N>
    std::string pick(const std::string_view (&from)[N]) {
        return std::string(from[below(N)]);
    }

    // To another endpoint, with what its path and its query have, or with another query.
    void change_line() {
        const auto all = endpoints();
        const auto& to = all[below(all.size())];
        std::string target;
        for (auto path = std::string_view(to.path); !path.empty();) {
            const auto open = std::min(path.find('{'), path.size());
            target += path.substr(0, open);
            path.remove_prefix(open);
            if (path.empty()) break;
            target += pick(arguments);
            path.remove_prefix(path.find('}') + 1);
        }
        char before = '?';
        for (auto names = to.parameters; !names.empty();) {
            const auto end = std::min(names.find(' '), names.size());
            const auto name = names.substr(0, end);
            names.remove_prefix(std::min(end + 1, names.size()));
            if (below(2) == 0) continue;
            target += before + std::string(name) + "=" + pick(values);
            before = '&';
        }
        if (below(8) == 0) target += before + json_changer(random_).name() + "=" + pick(values);
        if (below(8) == 0) target = "http://localhost" + target;
        const auto method = below(4) == 0 ? pick(methods) : std::string(to.method);
        line_ = method + " " + target + (below(16) == 0 ? " HTTP/1.0" : " HTTP/1.1");
    }

    void change_headers() {
        const auto place = below(headers_.size() + 1);
        const auto at = headers_.begin() + static_cast<std::ptrdiff_t>(place);
        if (at != headers_.end() && below(3) == 0)
            headers_.erase(at);
        else if (at != headers_.end() && below(2) == 0)
            *at = pick(headers);
        else
            headers_.insert(at, pick(headers));
    }

    bool is_chunked() const {
        return std::ranges::any_of(headers_, [](const std::string& h) { return h.ends_with("chunked"); });
    }

    std::string unchunked() const {
        std::string whole;
        for (std::size_t at = 0; at < body_.size();) {
            std::size_t length = 0;
            const auto* end = body_.data() + body_.size();
            const auto read = std::from_chars(body_.data() + at, end, length, 16);
            const auto line = body_.find("\r\n", at);
            if (read.ec != std::errc{} || length == 0 || line == std::string::npos) break;
            whole += body_.substr(line + 2, length);
            at = std::min(body_.size(), line + 4) + std::min(length, body_.size());
        }
        return whole;
    }

    // The header still says how long it is, but for once in a while.
    void set_body(const std::string& text) {
        if (is_chunked()) {
            char length[17] = {};
            std::to_chars(length, length + 16, text.size(), 16);
            body_ = std::string(length) + "\r\n" + text + "\r\n0\r\n\r\n";
            return;
        }
        body_ = text;
        if (below(16) == 0) return;
        std::erase_if(headers_, [](const std::string& h) { return h.starts_with("Content-Length"); });
        headers_.push_back("Content-Length: " + std::to_string(text.size()));
    }

    std::minstd_rand random_;
    std::string line_;
    std::vector<std::string> headers_;
    std::string body_;
};

}  // namespace

}  // namespace suprsync::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned seed) {
    suprsync::fuzz::changer with(seed);
    if (with.below(2) == 0) return LLVMFuzzerMutate(data, size, most);
    const auto changed = with.change({reinterpret_cast<const char*>(data), size});
    if (!changed || changed->size() > most) return LLVMFuzzerMutate(data, size, most);
    std::memcpy(data, changed->data(), changed->size());
    return changed->size();
}

#pragma clang attribute pop
