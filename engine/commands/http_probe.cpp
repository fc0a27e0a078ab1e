#include "engine/commands/http_probe.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

namespace suprsync {

namespace {

void add_secret(probed_http& to, probed_secret secret) {
    struct stat facts{};
    if (::stat(secret.path.c_str(), &facts) != 0) return;
    secret.mode = facts.st_mode;
    to.secrets.push_back(std::move(secret));
}

reach reach_of(const listen_address& where) {
    if (where.what == listen_address::kind::unix_socket) return reach::own_socket;
    return where.local_only() ? reach::this_machine : reach::network;
}

}  // namespace

std::vector<listen_address> configured_addresses(const daemon_configuration& c) {
    auto texts = c.http_listen;
    if (texts.empty()) texts = {"unix:<runtime directory>/http.sock", default_tcp_address};
    std::vector<listen_address> all;
    for (const auto& text : texts)
        if (auto where = parse_listen_address(text); where && where->what != listen_address::kind::off)
            all.push_back(std::move(*where));
    return all;
}

probed_http probe_http(const run_options& options, const std::vector<listen_address>& listens) {
    const auto& c = options.daemon;
    probed_http here;
    here.has_token = !options.token.empty();
    here.speaks_tls = c.http_tls_key.has_value();
    here.read_only = c.http_access == "read-only";
    for (const auto& where : listens) here.listens.push_back({where.text(), reach_of(where)});
    if (c.http_token_file) add_secret(here, {"", "http.token_file", *c.http_token_file});
    if (c.http_tls_key) add_secret(here, {"", "http.tls_key", *c.http_tls_key});
    for (std::size_t i = 0; i < c.notify.size(); ++i) {
        const auto name = fmt::format("notify[{}].", i);
        if (c.notify[i].webhook) add_secret(here, {"", name + "webhook", options.file});
        if (c.notify[i].webhook_file)
            add_secret(here, {"", name + "webhook_file", *c.notify[i].webhook_file});
    }
    for (const auto& archive : c.archives)
        if (archive.ssh_key)
            add_secret(
                here,
                {.archive = archive.name, .option = "ssh_key", .path = *archive.ssh_key, .of_ssh = true});
    return here;
}

}  // namespace suprsync
