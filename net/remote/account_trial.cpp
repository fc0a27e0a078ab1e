#include "net/remote/account_trial.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <utility>
#include <vector>

#include "net/remote/answer_records.hpp"
#include "net/remote/classify.hpp"
#include "net/remote/scripts.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::size_t longest_quotation = 200;

/// The first line of a text that says anything, for a message.
std::string first_words(std::string_view text) {
    while (const auto line = next_line(text)) {
        std::string words;
        for (const char c : *line)
            if (static_cast<unsigned char>(c) >= ' ' && c != '\x7f') words += c;
        if (words.find_first_not_of(' ') != std::string::npos) return words.substr(0, longest_quotation);
    }
    return {};
}

/// What the other side said, on either stream.
std::string words_of(const script_answer& answer) {
    auto words = first_words(answer.output);
    const auto complaint = first_words(telling_line(answer.error));
    if (words.empty() || complaint.empty()) return words + complaint;
    return words + "; " + complaint;
}

/// What was come to behind the greeting.
struct trial_progress {
    bool ended = false;
    std::string trying;  ///< the program that was tried last
};

trial_progress read_trial(std::string_view records, account_trial& trial, const std::string& host) {
    std::vector<std::string> missing;
    std::vector<std::string> unfit;
    trial_progress progress;
    while (const auto record = next_keyed_record(records)) {
        if (record->key == 'M') missing.emplace_back(record->value);
        if (record->key == 'Y') unfit.push_back(first_words(record->value));
        if (record->key == 'K') trial.no_locks = first_words(record->value);
        if (record->key == 'T') progress.trying = record->value;
        if (record->key == 'Z') progress.ended = true;
    }
    const auto refuse = [&](std::string why) {
        trial.refused = failure{failure_code::missing_program, "use", host, std::move(why)};
    };
    if (!missing.empty())
        refuse(fmt::format("not installed there: {}", fmt::join(missing, ", ")));
    else if (!unfit.empty())
        refuse(fmt::format(
            "programs there do not do what is needed ({}): install rsync, GNU coreutils, findutils and sed there, first in PATH, and as sh dash, bash or BusyBox's ash; BusyBox's own programs are not enough",
            fmt::join(unfit, "; ")));
    return progress;
}

}  // namespace

account_trial judge_account(const script_answer& answer, const std::string& host,
                            std::chrono::nanoseconds limit) {
    account_trial trial;
    const auto& error = answer.end.error;
    const auto refuse = [&](failure_code code, std::string why) {
        trial.refused = failure{code, "use", host, std::move(why)};
        return trial;
    };
    std::string_view output = answer.output;
    const bool greeted = take_greeting(output);
    trial_progress progress;
    if (greeted) progress = read_trial(output, trial, host);
    if (progress.ended || trial.refused) return trial;
    if (!answer.ran || (error && error->code == failure_code::stopped)) {
        trial.refused = error;
        return trial;
    }
    const auto begins = answer.output.find(std::string_view("suprsync\0", 9));
    if (!greeted && !error && begins != std::string::npos)
        return refuse(
            failure_code::not_permitted,
            fmt::format(
                "the login shell of the account there prints something before a command says anything: \"{}\". rsync would not understand it either: take it out of its start-up files (.bashrc and the like), or print it on a terminal only",
                first_words(answer.output.substr(0, begins))));
    const auto words = greeted ? first_words(answer.error) : words_of(answer);
    trial.too_slow = error && error->code == failure_code::timed_out;
    if (trial.too_slow) {
        const auto in_time = fmt::format("within {:.3g} s{}", std::chrono::duration<double>(limit).count(),
                                         words.empty() ? "" : ", but said \"" + words + "\"");
        return refuse(
            failure_code::timed_out,
            progress.trying.empty()
                ? fmt::format(
                      "ssh has authenticated, but the login shell of the account there did not get to a command {}: does it, or one of its start-up files (.bashrc and the like), wait for something?",
                      in_time)
                : fmt::format(
                      "the programs of the account there are not all tried {}: {} is the one that did not answer in time. Does it wait for a file system or a lock there, or is the machine overloaded?",
                      in_time, progress.trying));
    }
    if (greeted && !error)
        return refuse(
            failure_code::not_permitted,
            fmt::format("its sh stopped in the middle of a program: {}", first_words(answer.error)));
    // What is left of a command whose connection was lost; an account that ends so, as an sftp server does,
    // leaves the connection as it is.
    const bool silent = first_words(answer.output).empty();
    const bool lost = error && error->code == failure_code::connection && silent &&
                      (!answer.connection_lasts || !words.empty());
    if (lost || (error && error->code == failure_code::missing_program))
        return refuse(error->code, error->detail);
    if (!error && silent)
        return refuse(
            failure_code::not_permitted,
            fmt::format(
                "the login shell of the account there reads the standard input that is for the command{}: give what reads it in its start-up files (.bashrc and the like) </dev/null",
                words.empty() ? "" : " (and says \"" + words + "\")"));
    return refuse(
        failure_code::not_permitted,
        fmt::format(
            "the account there does not run commands, {} (exit status {}): it needs a login shell, and no forced command (ForceCommand in sshd_config, command= in authorized_keys)",
            words.empty() ? "and says nothing" : "it says \"" + words + "\"", answer.end.exit_class));
}

asio::awaitable<account_trial> try_account(destination_shell& shell, std::string host,
                                           std::chrono::nanoseconds limit) {
    const auto answer = co_await shell.run_alone("use", scripts::compose_trial(), limit);
    co_return judge_account(answer, host, limit);
}

}  // namespace suprsync
