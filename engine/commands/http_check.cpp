#include "engine/commands/http_check.hpp"

#include <fmt/format.h>
#include <grp.h>

#include <algorithm>

#include "engine/config/source_file.hpp"
#include "engine/model/text.hpp"
#include "http/server/access_control.hpp"
#include "http/server/listen_address.hpp"
#include "http/server/tls.hpp"

namespace suprsync {

namespace {

class http_check {
  public:
    http_check(const daemon_configuration& c, const configuration_layers& layers) : c_(c), layers_(layers) {}

    checked_http run() {
        if (c_.http_token_file) read_the_token();
        for (const auto& text : c_.http_listen) check_address(text);
        for (const auto& name : c_.http_host_names)
            if (!is_host_name(name))
                note("http-host-name",
                     fmt::format("expected a host name or an IP address, without a port, got '{}'", name));
        if (c_.http_tls_certificate && c_.http_tls_key) check_tls();
        if (c_.http_socket_group) find_group(*c_.http_socket_group);
        return std::move(done_);
    }

  private:
    void note(const char* option, const std::string& detail) {
        done_.mistakes.push_back(
            {failure_code::invalid, "use", origin_of_option(layers_, option).text(), detail});
    }

    void read_the_token() {
        auto token = read_token(*c_.http_token_file);
        if (token)
            done_.token = std::move(*token);
        else
            note("http-token-file", token.error().detail);
    }

    void check_address(const std::string& text) {
        const auto wrong_address = [&](const std::string& detail) { note("http-listen", detail); };
        const auto where = parse_listen_address(text);
        if (!where) return wrong_address(where.error().detail);
        using kind = listen_address::kind;
        if (where->what == kind::off && c_.http_listen.size() > 1)
            wrong_address("off stands alone: leave it out, or the other addresses");
        // A token that cannot be read is a mistake of its own.
        const bool token_is_meant =
            c_.http_token_file || layers_.tried.contains("http-token-file") || layers_.file_unread;
        if (!where->local_only() && !token_is_meant)
            wrong_address(fmt::format(
                "others can reach {}: set a token (--http-token-file), or listen on 127.0.0.1, [::1] or unix:PATH",
                where->text()));
        if (where->what == kind::unix_socket && !where->path.starts_with('/'))
            wrong_address(fmt::format("expected an absolute path after unix:, got '{}'", where->path));
        if (std::find(seen_.begin(), seen_.end(), *where) != seen_.end())
            wrong_address(where->text() + " is given twice");
        seen_.push_back(*where);
    }

    void check_tls() {
        const auto files = read_tls_files(*c_.http_tls_certificate, *c_.http_tls_key);
        if (files.certificate_fault) note("http-tls-certificate", files.certificate_fault->text());
        if (files.key_fault) note("http-tls-key", files.key_fault->text());
    }

    // By its name or number.
    void find_group(const std::string& name) {
        done_.socket_group = read_number<unsigned>(name);
        if (done_.socket_group) return;
        std::vector<char> room(65536);
        ::group entry{}, *found = nullptr;
        ::getgrnam_r(name.c_str(), &entry, room.data(), room.size(), &found);
        if (found)
            done_.socket_group = found->gr_gid;
        else
            note("http-socket-group", fmt::format("there is no group '{}' on this machine", name));
    }

    const daemon_configuration& c_;
    const configuration_layers& layers_;
    std::vector<listen_address> seen_;
    checked_http done_;
};

}  // namespace

checked_http check_http(const daemon_configuration& configuration, const configuration_layers& layers) {
    return http_check(configuration, layers).run();
}

}  // namespace suprsync
