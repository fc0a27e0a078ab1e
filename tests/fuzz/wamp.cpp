// Whatever a hub of OCS sends: the input is a message as it comes over the websocket, and the URL of a hub.
#include <boost/json/parse.hpp>

#include "engine/model/text.hpp"
#include "http/ocs/hub_address.hpp"
#include "http/ocs/wamp_message.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace json = boost::json;

namespace suprsync::fuzz {

namespace {

void must_be_id(wamp_id id) { must(id >= 1 && id <= wamp_id{1} << 53U, "an id is one"); }

struct judge_message {
    void operator()(const wamp_welcome& m) const { must_be_id(m.session); }
    void operator()(const wamp_abort& m) const {
        must(is_utf8(m.reason) && is_utf8(m.message), "a text is UTF-8");
    }
    void operator()(const wamp_goodbye& m) const { must(is_utf8(m.reason), "a text is UTF-8"); }
    void operator()(const wamp_registered& m) const {
        must_be_id(m.request);
        must_be_id(m.registration);
    }
    void operator()(const wamp_unregistered& m) const { must_be_id(m.request); }
    void operator()(const wamp_error& m) const {
        must_be_id(m.request);
        must(is_utf8(m.uri), "a text is UTF-8");
    }
    void operator()(const wamp_invocation& m) const {
        must_be_id(m.request);
        must_be_id(m.registration);
        // What it is answered is well-formed, whatever it holds.
        for (const auto& argument : m.arguments)
            if (argument.is_string())
                json::parse(invocation_error_text(m.request, argument.get_string(), argument.get_string()));
    }
    void operator()(const wamp_interrupt& m) const { must_be_id(m.request); }
};

void judge_hub(const std::string& text) {
    const auto hub = parse_hub_address(text);
    if (!hub) return must(!hub.error().detail.empty(), "a refusal says why");
    must(hub->port != 0 && !hub->host.empty() && hub->target.starts_with('/'), "a hub has an address");
    must(hub->target.find_first_of(" \r\n") == std::string::npos, "a target is one word of a request");
    const auto again = parse_hub_address(hub->text());
    must(again && *again == *hub, "what is shown of a hub is read as it was");
}

}  // namespace

}  // namespace suprsync::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace suprsync;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto message = read_wamp_message(text);
    if (const auto* call = message ? std::get_if<wamp_invocation>(&*message) : nullptr)
        fuzz::must(invocation_begun(text) == call->request, "a call is known by its beginning");
    if (message)
        std::visit(fuzz::judge_message(), *message);
    else
        fuzz::must(message.error().code == failure_code::invalid && !message.error().detail.empty(),
                   "what is refused is invalid, and it is said why");
    fuzz::judge_hub(text);
    return 0;
}
