#include "http/ocs/wamp_message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "engine/model/shown_text.hpp"

namespace json = boost::json;

namespace suprsync {

namespace {

constexpr std::size_t deepest = 32;
constexpr std::size_t longest_text = 200;
constexpr std::uint64_t highest_id = std::uint64_t{1} << 53U;

namespace message_kind {
constexpr std::uint64_t hello = 1;
constexpr std::uint64_t welcome = 2;
constexpr std::uint64_t abort = 3;
constexpr std::uint64_t goodbye = 6;
constexpr std::uint64_t error = 8;
constexpr std::uint64_t publish = 16;
constexpr std::uint64_t register_procedure = 64;
constexpr std::uint64_t registered = 65;
constexpr std::uint64_t unregister = 66;
constexpr std::uint64_t unregistered = 67;
constexpr std::uint64_t invocation = 68;
constexpr std::uint64_t interrupt = 69;
constexpr std::uint64_t yield = 70;
}  // namespace message_kind

failure no_message(const std::string& detail) {
    return {failure_code::invalid, "read", "a message of the hub", detail};
}

// The elements of a message, each with the type that it must have; remembers whether all had it.
class message_reader {
  public:
    explicit message_reader(const json::array& message) : message_(message) {}

    wamp_id id(std::size_t at) {
        const auto* element = this->at(at);
        std::uint64_t number = 0;
        if (element && element->is_int64() && element->get_int64() > 0)
            number = static_cast<std::uint64_t>(element->get_int64());
        if (number == 0 || number > highest_id) note(at, "an id");
        return number;
    }
    std::string text(std::size_t at) {
        const auto* element = this->at(at);
        // A hub may send a million bytes; people read its beginning.
        if (element && element->is_string()) return abridged(element->get_string(), longest_text);
        note(at, "a text");
        return {};
    }
    const json::object& object(std::size_t at) {
        static const json::object none;
        const auto* element = this->at(at);
        if (element && element->is_object()) return element->get_object();
        note(at, "an object");
        return none;
    }
    /// May be missing.
    json::array arguments(std::size_t at) {
        if (at >= message_.size()) return {};
        if (message_[at].is_array()) return message_[at].get_array();
        note(at, "a list of arguments");
        return {};
    }
    json::object keywords(std::size_t at) {
        if (at >= message_.size()) return {};
        return object(at);
    }
    const std::optional<failure>& wrong() const { return wrong_; }

  private:
    const json::value* at(std::size_t at) const { return at < message_.size() ? &message_[at] : nullptr; }
    void note(std::size_t at, const char* expected) {
        if (!wrong_)
            wrong_ = no_message(fmt::format("expected {} as element {} of message {}", expected, at,
                                            json::serialize(message_[0])));
    }

    const json::array& message_;
    std::optional<failure> wrong_;
};

// `wrong` where an element has not its type.
template <class Message>
result<wamp_message> whole(const message_reader& read, Message message) {
    if (read.wrong()) return *read.wrong();
    return wamp_message(std::move(message));
}

result<wamp_message> read_abort(message_reader read) {
    const auto& details = read.object(1);
    wamp_abort message{read.text(2), {}};
    if (const auto* said = details.if_contains("message"); said && said->is_string())
        message.message = abridged(said->get_string(), longest_text);
    return whole(read, std::move(message));
}

result<wamp_message> read_goodbye(message_reader read) {
    read.object(1);
    wamp_goodbye message{read.text(2)};
    return whole(read, std::move(message));
}

result<wamp_message> read_error(message_reader read) {
    read.id(1);
    wamp_error message{read.id(2), {}};
    read.object(3);
    message.uri = read.text(4);
    return whole(read, std::move(message));
}

result<wamp_message> read_invocation(message_reader read) {
    wamp_invocation message{read.id(1), read.id(2), {}, {}};
    read.object(3);
    message.arguments = read.arguments(4);
    message.keywords = read.keywords(5);
    return whole(read, std::move(message));
}

}  // namespace

result<wamp_message> read_wamp_message(std::string_view text) {
    json::parse_options strict;
    strict.max_depth = deepest;
    boost::system::error_code unreadable;
    const auto document = json::parse({text.data(), text.size()}, unreadable, {}, strict);
    if (unreadable) return no_message("it is no JSON: " + unreadable.message());
    const auto* message = document.if_array();
    if (!message || message->empty() || !message->front().is_int64() || message->front().get_int64() < 0)
        return no_message("expected a list that begins with the kind of the message");
    message_reader read(*message);
    switch (static_cast<std::uint64_t>(message->front().get_int64())) {
        case message_kind::welcome: {
            wamp_welcome welcome{read.id(1)};
            read.object(2);
            return whole(read, welcome);
        }
        case message_kind::abort:
            return read_abort(std::move(read));
        case message_kind::goodbye:
            return read_goodbye(std::move(read));
        case message_kind::error:
            return read_error(std::move(read));
        case message_kind::registered: {
            const wamp_registered registered{read.id(1), read.id(2)};
            return whole(read, registered);
        }
        case message_kind::unregistered: {
            const wamp_unregistered unregistered{read.id(1)};
            return whole(read, unregistered);
        }
        case message_kind::invocation:
            return read_invocation(std::move(read));
        case message_kind::interrupt: {
            const wamp_interrupt interrupt{read.id(1)};
            return whole(read, interrupt);
        }
        default:
            return no_message(fmt::format("nobody expects one of kind {}", message->front().get_int64()));
    }
}

std::optional<wamp_id> invocation_begun(std::string_view beginning) {
    const auto skip = [&](char expected) {
        const auto at = beginning.find_first_not_of(" \t\r\n");
        if (at == std::string_view::npos || beginning[at] != expected) return false;
        beginning.remove_prefix(at + 1);
        return true;
    };
    const auto number = [&]() -> std::uint64_t {
        beginning.remove_prefix(std::min(beginning.find_first_not_of(" \t\r\n"), beginning.size()));
        std::uint64_t found = 0;
        const auto end = std::from_chars(beginning.begin(), beginning.end(), found);
        beginning.remove_prefix(static_cast<std::size_t>(end.ptr - beginning.begin()));
        return found;
    };
    if (!skip('[') || number() != message_kind::invocation || !skip(',')) return std::nullopt;
    const auto request = number();
    if (request == 0 || request > highest_id || !skip(',')) return std::nullopt;
    return request;
}

// With the feature, a router tells of a caller who is gone (INTERRUPT).
std::string hello_text(std::string_view realm) {
    return fmt::format(
        R"([{},{},{{"roles":{{"publisher":{{}},"subscriber":{{}},"caller":{{}},"callee":{{"features":{{"call_canceling":true}}}}}}}}])",
        message_kind::hello, json_text(realm));
}

std::string register_text(wamp_id request, std::string_view procedure) {
    return fmt::format("[{},{},{{}},{}]", message_kind::register_procedure, request, json_text(procedure));
}

std::string unregister_text(wamp_id request, wamp_id registration) {
    return fmt::format("[{},{},{}]", message_kind::unregister, request, registration);
}

std::string publish_text(wamp_id request, std::string_view topic, std::string_view json_argument) {
    return fmt::format("[{},{},{{}},{},[{}]]", message_kind::publish, request, json_text(topic),
                       json_argument);
}

std::string yield_text(wamp_id request, std::string_view json_result) {
    return fmt::format("[{},{},{{}},[{}]]", message_kind::yield, request, json_result);
}

std::string invocation_error_text(wamp_id request, std::string_view uri, std::string_view message) {
    return fmt::format("[{},{},{},{{}},{},[{}]]", message_kind::error, message_kind::invocation, request,
                       json_text(uri), json_text(message));
}

std::string goodbye_text(std::string_view reason) {
    return fmt::format("[{},{{}},{}]", message_kind::goodbye, json_text(reason));
}

}  // namespace suprsync
