#include "engine/commands/daemon_question.hpp"

#include <fmt/format.h>

#include "engine/commands/tool_configuration.hpp"
#include "engine/config/source_file.hpp"
#include "engine/model/shown_text.hpp"
#include "http/api/request_values.hpp"

namespace suprsync {

namespace {

daemon_address read_named(const tool_arguments& arguments, const std::string& text) {
    auto parsed = parse_daemon_address(text);
    if (!parsed) throw usage_error("--http: " + parsed.error().detail);
    auto daemon = std::move(*parsed);
    if (!daemon.tls && daemon.where.what == listen_address::kind::off)
        throw usage_error("--http: a daemon cannot be asked at 'off'");
    if (daemon.tls) {
        daemon.tls->ca_file = arguments.text("ca-file").value_or("");
        daemon.tls->insecure = arguments.has("insecure");
    }
    return daemon;
}

}  // namespace

std::vector<command_option> with_daemon_options(std::vector<command_option> own) {
    own.push_back(
        {"http", "ADDRESS",
         "where it listens: ADDRESS:PORT, unix:PATH or https://HOST:PORT (what the configuration says, else the sockets of this user's daemons and of the installed units, else 127.0.0.1:8642)"});
    own.push_back(
        {"ca-file", "FILE", "trust the certificates in this PEM file, with https (those of this machine)"});
    own.push_back({"insecure", "", "trust any certificate, with https"});
    own.push_back(
        {"token-file", "FILE",
         "holds the token that it wants, where it wants one (that of the configuration, at a Unix socket or over TLS)"});
    own.push_back(
        {"token-in-clear", "", "send the token also over plain TCP, where whoever has the port may read it"});
    return with_configuration_option(std::move(own));
}

daemon_question::daemon_question(const tool_arguments& arguments) : arguments_(arguments) {
    if (const auto text = arguments.text("http")) named_ = read_named(arguments, *text);
    for (const char* option : {"ca-file", "insecure"})
        if (arguments.has(option) && !(named_ && named_->tls))
            throw usage_error(fmt::format("--{} goes with --http https://HOST:PORT", option));
    arguments.one_of({"ca-file", "insecure"});
    in_the_clear_ = arguments.has("token-in-clear");
    const auto file = arguments.text("token-file");
    if (!file && in_the_clear_) throw usage_error("--token-in-clear goes with --token-file");
    if (file) {
        auto token = read_token(*file);
        if (!token) throw usage_error("--token-file: " + token.error().detail);
        (named_ ? named_->token : token_) = std::move(*token);
    }
    if (named_) {
        check_token(*named_);
        // What is said is looked at, also where it decides nothing.
        if (arguments.has("config")) read_tool_configuration(arguments);
    }
    look();
}

void daemon_question::look() {
    if (!named_) found_ = places_of_daemon(arguments_);
}

// Anybody may have the port while the daemon does not run, and would be told the token.
void daemon_question::check_token(const daemon_address& daemon) const {
    if (daemon.token.empty() || daemon.tls || in_the_clear_ ||
        daemon.where.what == listen_address::kind::unix_socket)
        return;
    throw usage_error(fmt::format(
        "--token-file: at {} whoever has the port would be told the token; ask at the daemon's Unix socket (--http unix:PATH) or at https://HOST:PORT, or say --token-in-clear",
        daemon.text()));
}

daemon_address daemon_question::with_token(daemon_address place) const {
    if (token_.empty()) return place;
    place.token = token_;
    check_token(place);
    return place;
}

std::vector<daemon_address> daemon_question::places() const {
    if (named_) return {*named_};
    std::vector<daemon_address> all;
    for (const auto& place : found_.places) all.push_back(with_token(place));
    return all;
}

std::optional<daemon_address> daemon_question::last_resort() const {
    if (named_ || found_.told) return std::nullopt;
    return with_token({parse_listen_address(default_tcp_address).value(), std::nullopt, token_});
}

daemon_address daemon_of_archive(const daemon_question& question, const std::string& archive) {
    std::vector<daemon_address> serving;
    std::optional<failure> why;
    const auto ask = [&](const daemon_address& daemon) {
        const auto answer = ask_daemon(daemon, "/archives/" + encoded(archive));
        if (answer)
            serving.push_back(daemon);
        else if (!why || why->code == failure_code::connection)
            why = answer.error();
        return answer || answer.error().code != failure_code::connection;
    };
    bool anybody = false;
    for (const auto& place : question.places()) {
        anybody = ask(place) || anybody;
        if (question.told() && !serving.empty()) break;
    }
    if (const auto last = question.last_resort(); last && !anybody) ask(*last);
    if (serving.empty()) {
        if (!question.unusable().empty()) why->detail += "; " + question.unusable();
        throw failure_error(*why);
    }
    if (serving.size() == 1) return serving.front();
    std::string all;
    for (const auto& daemon : serving) all += " " + daemon.text();
    throw failure_error(
        {failure_code::invalid, "choose", "a daemon",
         fmt::format("several serve {}: say --http with one of{}", shown_name(archive), all)});
}

}  // namespace suprsync
