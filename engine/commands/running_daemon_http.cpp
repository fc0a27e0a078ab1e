// Where the daemon listens: at its start, and after its configuration was read again (spec, Who may ask).
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "engine/commands/accounts.hpp"
#include "engine/commands/http_probe.hpp"
#include "engine/commands/running_daemon.hpp"
#include "engine/commands/runtime_places.hpp"
#include "engine/report/log.hpp"

namespace suprsync {

namespace {

bool same_port(const listen_address& a, const listen_address& b) {
    return a.what == listen_address::kind::tcp && b.what == a.what && a.port == b.port;
}

// For whom the socket lets in; what else is in the directory is private by itself, and cannot be listed.
void let_pass_through(const std::string& directory, unsigned socket_mode) {
    struct stat facts{};
    if ((socket_mode & 077) != 0 && ::stat(directory.c_str(), &facts) == 0)
        ::chmod(directory.c_str(), (facts.st_mode & 07777) | 0011);
}

}  // namespace

result<void> running_daemon::open_http_server() {
    const auto& c = options_.daemon;
    http_server_options d;
    const auto group = options_.socket_group ? options_.socket_group : own_group_number(group_of_operators);
    d.socket_access = {c.http_socket_mode, group};
    d.token = options_.token;
    d.tls_certificate = c.http_tls_certificate.value_or("");
    d.tls_key = c.http_tls_key.value_or("");
    d.host_names = c.http_host_names;
    d.read_only = c.http_access == "read-only";
    d.report = [](const std::string& what) { log::tell<messages::http_ended>({}, what); };
    auto opened = http_server::open(loop_.get_executor(), std::move(d), *daemon_);
    if (!opened) return opened.error();
    http_server_ = std::move(*opened);
    if (auto listening = listen_also(c.http_listen); !listening) return listening.error();
    warn_of_listening();
    return {};
}

void running_daemon::warn_of_listening() const {
    for (const auto& said : judge_http(probe_http(options_, http_server_->listens())))
        if (said.how != health::ok)
            log::tell<messages::http_is_open>({.archive = said.archive}, said.check, said.text);
}

// Beside what it listens at already; answers with what is wanted. A failure changes nothing.
result<std::vector<listen_address>> running_daemon::listen_also(const std::vector<std::string>& wanted) {
    if (wanted.empty()) return listen_by_default();
    std::vector<listen_address> all;
    for (const auto& text : wanted) {
        auto where = parse_listen_address(text);
        if (!where) return where.error();
        if (where->what != listen_address::kind::off) all.push_back(std::move(*where));
    }
    const auto before = http_server_->listens();
    auto staying = before;
    // A port cannot be had at an address and at all addresses: what goes makes room.
    std::erase_if(staying, [&](const listen_address& one) {
        return std::find(all.begin(), all.end(), one) == all.end() &&
               std::any_of(all.begin(), all.end(), [&](const auto& w) { return same_port(one, w); });
    });
    http_server_->keep_only(staying);
    for (const auto& where : all) {
        if (std::find(staying.begin(), staying.end(), where) != staying.end()) continue;
        const auto added = http_server_->add(where);
        if (added) {
            tell_where(*added);
            continue;
        }
        listen_as_before(before);
        return added.error();
    }
    daemon_->conditions().clear(condition_kind::port_busy, "");
    return all;
}

void running_daemon::listen_as_before(const std::vector<listen_address>& before) {
    http_server_->keep_only(before);
    for (const auto& one : before)
        if (auto again = http_server_->add(one); !again)
            log::tell<messages::address_is_lost>({}, again.error().text());
}

void running_daemon::tell_where(const listen_address& where) const {
    const bool tcp = where.what == listen_address::kind::tcp;
    spdlog::info("listening on {}{}",
                 !tcp                           ? ""
                 : options_.daemon.http_tls_key ? "https://"
                                                : "http://",
                 where.text());
}

// A socket of its own, which tools find, and the port, which one daemon of the machine has.
std::vector<listen_address> running_daemon::listen_by_default() {
    std::vector<listen_address> all;
    auto socket = open_default_socket();
    if (socket)
        all.push_back(std::move(*socket));
    else
        log::tell<messages::no_socket>({}, socket.error().text());
    const auto port = parse_listen_address(default_tcp_address).value();
    const auto added = http_server_->add(port);
    if (added) {
        tell_where(*added);
        all.push_back(port);
    } else if (!all.empty()) {
        spdlog::info("{}; this daemon answers at {}", added.error().text(), all.front().text());
    }
    if (!all.empty())
        daemon_->conditions().clear(condition_kind::port_busy, "");
    else
        daemon_->conditions().raise(
            condition_kind::port_busy, "",
            added.error().text() + "; this daemon answers no requests: give it a --http-listen of its own");
    return all;
}

result<listen_address> running_daemon::open_default_socket() {
    return take_first_socket(http_sockets, [this](const std::string& directory, const listen_address& where) {
        let_pass_through(directory, options_.daemon.http_socket_mode);
        auto added = http_server_->add(where);
        if (added) tell_where(*added);
        return added;
    });
}

// The end of a session and cleaners of temporary files take sockets away.
void running_daemon::mend_sockets() {
    const auto gone = http_server_->lost();
    auto staying = http_server_->listens();
    std::erase_if(
        staying, [&](const auto& where) { return std::find(gone.begin(), gone.end(), where) != gone.end(); });
    if (!gone.empty()) http_server_->keep_only(staying);
    for (const auto& where : gone) spdlog::info("the socket {} was removed, and is made anew", where.path);
    lost_sockets_.insert(lost_sockets_.end(), gone.begin(), gone.end());
    std::erase_if(lost_sockets_, [&](const listen_address& where) {
        if (options_.daemon.http_listen.empty()) return open_default_socket().has_value();
        const auto added = http_server_->add(where);
        if (added) tell_where(*added);
        return added.has_value();
    });
}

result<configuration_changes> running_daemon::take_over_elsewhere(const daemon_configuration& wanted) {
    const auto before = http_server_->listens();
    const auto listening = listen_also(wanted.http_listen);
    if (!listening && listening.error().code == failure_code::invalid && options_.token.empty())
        return failure{failure_code::invalid, listening.error().operation, listening.error().subject,
                       listening.error().detail + "; a token takes effect with the next start only"};
    if (!listening) return listening.error();
    auto changes = daemon_->reload(wanted);
    if (!changes) {
        listen_as_before(before);
        return changes;
    }
    http_server_->keep_only(*listening);
    lost_sockets_.clear();
    options_.daemon.http_listen = wanted.http_listen;
    warn_of_listening();
    return changes;
}

}  // namespace suprsync
