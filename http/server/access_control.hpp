// Who may ask what (spec, Who may ask): the Host that a request names, so that no web page reaches us under a
// name of its own (DNS rebinding), the token, the media type that a foreign form cannot send, and what the
// table of endpoints has.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "http/api/endpoints.hpp"
#include "http/api/message.hpp"
#include "http/server/listen_address.hpp"

namespace suprsync {

/// A name or an IP address that a request can name as its host: no port, no brackets, no spaces.
bool is_host_name(const std::string& text);

/// What is checked of a request before its body is read.
struct request_head {
    std::string_view method;
    std::string_view target;
    // Values of these headers; empty where they are missing.
    std::string_view host;
    std::string_view authorization;
    std::string_view content_type;
    std::string_view expect;
};

class access_control {
  public:
    /// `read_only` refuses every request that changes something. An empty token asks for none. On a Unix
    /// socket any host is right.
    access_control(const listen_address& listen, const std::vector<std::string>& host_names,
                   std::string token, bool read_only = false);

    /// The answer that refuses a request to `where`; none where the endpoint may be asked: 400 where the
    /// request is malformed, 404 and 405 where nothing answers it, 417, 403 where it would change something,
    /// and as the functions below.
    std::optional<http_answer> refuse(const request_head& head, const route& where) const;

    /// `host` is the value of Host or the authority of an absolute target, with or without a port (any port:
    /// tunnels change it). The answer that refuses it: 400 where it is malformed, 421 where it is not ours.
    std::optional<http_answer> refuse_host(std::string_view host) const;

    /// `authorization` is that header's value. 401 where the token is missing or wrong.
    std::optional<http_answer> refuse_token(std::string_view authorization) const;

    /// Requests that change something are refused.
    bool read_only() const { return read_only_; }

  private:
    bool any_host_;
    std::set<std::string> hosts_;
    std::string token_;
    bool read_only_;
};

/// 415 where a request that changes something is not sent as application/json.
std::optional<http_answer> refuse_media_type(std::string_view content_type);

}  // namespace suprsync
