#include "engine/config/notify_keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "engine/config/key_kinds.hpp"
#include "engine/model/shown_text.hpp"

namespace suprsync {

namespace {

using namespace key_kinds;
using N = notify_configuration;

const std::vector<std::string> occasions{notify_on::condition_begins, notify_on::condition_ends,
                                         notify_on::finalized, notify_on::digest};

// Any number of some words, each once.
notify_key words_of(names n, std::vector<std::string> N::* member, const std::vector<std::string>& words) {
    auto k = list<N>(std::move(n), member);
    k.expected = fmt::format("a list of {}", fmt::join(words, ", "));
    k.words = words;
    k.take = [=](N& into, const texts& written) {
        std::vector<std::string> all;
        for (const auto& text : written) {
            const auto word = read_word(text, words);
            if (!word || std::find(all.begin(), all.end(), *word) != all.end()) return false;
            all.push_back(*word);
        }
        into.*member = all;
        return true;
    };
    return k;
}

std::vector<notify_key> make_keys() {
    std::vector<notify_key> keys{
        list<N>(
            {"notify-command", "command", "[PROGRAM, ARGUMENT]",
             "program that is run for each message, which it reads from standard input; no shell", "none"},
            &N::command),
        text<N>({"notify-webhook", "webhook", "URL",
                 "address that each message is posted to, https://...; a secret", "none"},
                &N::webhook),
        text<N>({"notify-webhook-file", "webhook_file", "FILE", "holds that address", "none"},
                &N::webhook_file),
        text<N>({"notify-ca-file", "ca_file", "FILE",
                 "certificates, PEM, by which the webhook's server is trusted", "those of this machine"},
                &N::ca_file),
        word<N>(
            {"notify-form", "form", "json|text|slack",
             "how a message is written: all of it as JSON, as text for people, or as Slack takes it", "json"},
            &N::form, {"json", "text", "slack"}),
        words_of(
            {"notify-on", "on", "[OCCASION]", "when: condition_begins, condition_ends, finalized, digest",
             "[condition_begins, condition_ends]"},
            &N::on, occasions),
        list<N>({"notify-kinds", "kinds", "[KIND]", "kinds of conditions", "all"}, &N::kinds),
        list<N>({"notify-archives", "archives", "[ARCHIVE]", "archives",
                 "all, and what concerns the whole daemon"},
                &N::archives),
        single<N>(
            {"notify-digest-at", "digest_at", "HH:MM",
             "when the digest of the day is sent, in UTC, or with \"local\" behind it in this machine's time",
             "none"},
            &N::digest_at, daily_time_forms, read_daily_time, show_daily_time),
        count<N>({"notify-at-most", "at_most", "N",
                  "most messages within an hour; what comes beyond is told in one summary", "20"},
                 &N::at_most, 1, 1000),
        duration<N>({"notify-timeout", "timeout", "TIME", "time (seconds) that one delivery may take", "30s"},
                    &N::timeout),
    };
    for (auto& key : keys) {
        key.secret = key.key == "webhook" || key.key == "webhook_file";
        key.one_or_more = key.kind == value_kind::list;
    }
    return keys;
}

// Plain HTTP goes to nobody else.
bool is_on_this_machine(std::string_view host) {
    return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

}  // namespace

const std::vector<notify_key>& notify_keys() {
    static const auto keys = make_keys();
    return keys;
}

std::string why_no_webhook(const std::string& url) {
    constexpr std::string_view secure = "https://", plain = "http://";
    constexpr std::size_t longest = 4096;
    if (url.size() > longest) return "expected a URL of at most 4096 bytes";
    if (!std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7f; }))
        return "expected a URL: ASCII, without white space";
    std::string_view rest = url;
    const bool is_plain = rest.starts_with(plain);
    if (!is_plain && !rest.starts_with(secure)) return "expected a URL that begins with https://";
    rest.remove_prefix(is_plain ? plain.size() : secure.size());
    const auto place = rest.substr(0, rest.find_first_of("/?#"));
    if (place.find('@') != std::string_view::npos)
        return "an account and a password in a URL are not sent: use an address that holds a secret itself";
    const auto end_of_host = place.starts_with('[') ? place.find(']') + 1 : place.find(':');
    const auto host = place.substr(0, end_of_host);
    if (host.empty()) return "expected a URL with a host";
    if (is_plain && !is_on_this_machine(host))
        return "expected https://: http:// may go to this machine only (localhost, 127.0.0.1, [::1])";
    return "";
}

std::vector<notify_fault> find_faults(const notify_configuration& n) {
    std::vector<notify_fault> faults;
    const auto has = [&](const char* occasion) {
        return std::find(n.on.begin(), n.on.end(), occasion) != n.on.end();
    };
    const int ways = !n.command.empty() + n.webhook.has_value() + n.webhook_file.has_value();
    if (ways != 1)
        faults.push_back({"notify-command",
                          fmt::format("expected exactly one of command, webhook and webhook_file, got {}",
                                      ways == 0 ? "none" : "several")});
    if (!n.command.empty() && (n.command.front().empty() ||
                               std::any_of(n.command.begin(), n.command.end(), [](const std::string& word) {
                                   return word.find('\0') != std::string::npos;
                               })))
        faults.push_back({"notify-command", "expected a program and its arguments, without NUL bytes"});
    if (n.webhook)
        if (const auto why = why_no_webhook(*n.webhook); !why.empty())
            faults.push_back({"notify-webhook", why});
    if (!n.command.empty() && n.ca_file)
        faults.push_back({"notify-ca-file", "it has no meaning for a command"});
    if (has(notify_on::digest) != n.digest_at.has_value())
        faults.push_back(
            {"notify-digest-at", n.digest_at ? "it has no meaning where `on` does not hold digest"
                                             : "it is required where `on` holds digest: the hour of it"});
    if (!n.kinds.empty() && !has(notify_on::condition_begins) && !has(notify_on::condition_ends))
        faults.push_back({"notify-kinds", "it has no meaning where `on` holds no conditions"});
    if (!(n.timeout >= 1 && n.timeout <= 600))
        faults.push_back({"notify-timeout", fmt::format("expected 1s to 10m, got {:g}s", n.timeout)});
    return faults;
}

}  // namespace suprsync
