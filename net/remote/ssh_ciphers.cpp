#include "net/remote/ssh_ciphers.hpp"

#if defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

#include <algorithm>

#include "net/remote/answer_records.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

/// Programs that the configuration asks (Match exec) may take their time; a connection must not wait for them
/// twice.
constexpr std::chrono::seconds longest_answer{5};

/// What `ssh -G` says of ciphers; none where it says nothing.
std::optional<std::string_view> list_in(std::string_view printed) {
    constexpr std::string_view key = "ciphers ";
    while (const auto line = next_line(printed))
        if (line->starts_with(key)) return line->substr(key.size());
    return std::nullopt;
}

bool is_aes_gcm(std::string_view cipher) {
    return cipher == "aes128-gcm@openssh.com" || cipher == "aes256-gcm@openssh.com";
}

asio::awaitable<std::string> print_configuration(child_runner& runner, ssh_options options) {
    child_request request;
    request.arguments = {"ssh", "-G"};
    if (options.config_file) request.arguments.insert(request.arguments.end(), {"-F", *options.config_file});
    request.arguments.insert(request.arguments.end(), {"--", options.host});
    request.environment = {"LC_ALL=C"};
    request.limit = std::min<std::chrono::nanoseconds>(options.connect_timeout, longest_answer);
    const auto done = co_await runner.run(std::move(request));
    co_return done && done->succeeded() ? done->output : "";
}

}  // namespace

std::optional<std::string> aes_first(std::string_view by_configuration, std::string_view by_default) {
    const auto list = list_in(by_configuration);
    if (!list || list != list_in(by_default)) return std::nullopt;
    std::string first, others;
    for (auto rest = *list; !rest.empty();) {
        const auto end = std::min(rest.find(','), rest.size());
        const auto cipher = rest.substr(0, end);
        auto& joined = is_aes_gcm(cipher) ? first : others;
        joined.append(joined.empty() ? "" : ",").append(cipher);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (first.empty() || others.empty() || list->starts_with(first)) return std::nullopt;
    return first + "," + others;
}

bool has_aes_instructions() {
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_cpu_supports("aes") != 0;
#elif defined(__aarch64__)
    return (::getauxval(AT_HWCAP) & HWCAP_AES) != 0;
#else
    return false;
#endif
}

asio::awaitable<std::optional<std::string>> preferred_ciphers(child_runner& runner, ssh_options options) {
    if (!has_aes_instructions()) co_return std::nullopt;
    const auto by_configuration = co_await print_configuration(runner, options);
    options.config_file = "none";
    const auto by_default = co_await print_configuration(runner, std::move(options));
    co_return aes_first(by_configuration, by_default);
}

}  // namespace suprsync
