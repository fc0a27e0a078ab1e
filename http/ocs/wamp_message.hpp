// The messages of WAMP (basic profile, https://wamp-proto.org) that a publisher and callee reads and writes,
// as JSON texts. What is none of these messages, or has not their form, is a failure.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "engine/model/failure.hpp"

namespace suprsync {

/// Of sessions, requests and registrations: from 1 to 2^53.
using wamp_id = std::uint64_t;

struct wamp_welcome {
    wamp_id session = 0;
};
struct wamp_abort {
    std::string reason;   ///< a URI
    std::string message;  ///< for people; may be empty
};
struct wamp_goodbye {
    std::string reason;
};
struct wamp_registered {
    wamp_id request = 0;
    wamp_id registration = 0;
};
struct wamp_unregistered {
    wamp_id request = 0;
};
/// ERROR, of a request of ours.
struct wamp_error {
    wamp_id request = 0;
    std::string uri;
};
struct wamp_invocation {
    wamp_id request = 0;
    wamp_id registration = 0;
    boost::json::array arguments;
    boost::json::object keywords;
};
/// A caller does not wait any more, or is gone; its call is to be refused all the same.
struct wamp_interrupt {
    wamp_id request = 0;  ///< the invocation's
};

using wamp_message = std::variant<wamp_welcome, wamp_abort, wamp_goodbye, wamp_registered, wamp_unregistered,
                                  wamp_error, wamp_invocation, wamp_interrupt>;

/// Of reasons, URIs of errors and words for people there is the beginning. Failure `invalid`: the detail says
/// what is wrong with it.
result<wamp_message> read_wamp_message(std::string_view text);

/// The request of an invocation, by the beginning of its text; none: it is no invocation. For one that cannot
/// be read whole, and is to be refused.
std::optional<wamp_id> invocation_begun(std::string_view beginning);

// What is said to a router. Of those with `json` in their names, the text is JSON already.
std::string hello_text(std::string_view realm);
std::string register_text(wamp_id request, std::string_view procedure);
std::string unregister_text(wamp_id request, wamp_id registration);
std::string publish_text(wamp_id request, std::string_view topic, std::string_view json_argument);
std::string yield_text(wamp_id request, std::string_view json_result);
/// That an invocation is not answered, with a word for people.
std::string invocation_error_text(wamp_id request, std::string_view uri, std::string_view message);
std::string goodbye_text(std::string_view reason);

}  // namespace suprsync
