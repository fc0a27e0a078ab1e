// Messages of WAMP, each held against its literal JSON; what is none of them, or has not its form, is
// refused.
#include "http/ocs/wamp_message.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(wamp_message_texts)

namespace {

template <class Message>
Message read_as(const std::string& text) {
    const auto read = read_wamp_message(text);
    BOOST_REQUIRE_MESSAGE(read.has_value(), text);
    BOOST_REQUIRE_MESSAGE(std::holds_alternative<Message>(*read), text);
    return std::get<Message>(*read);
}

std::string refused(const std::string& text) {
    const auto read = read_wamp_message(text);
    BOOST_REQUIRE_MESSAGE(!read.has_value(), text);
    BOOST_TEST((read.error().code == failure_code::invalid));
    return read.error().detail;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_a_router_says_is_read) {
    BOOST_TEST(read_as<wamp_welcome>(R"([2,9007199254740992,{"roles":{"broker":{}}}])").session ==
               9007199254740992U);
    const auto abort = read_as<wamp_abort>(R"([3,{"message":"no such realm"},"wamp.error.no_such_realm"])");
    BOOST_TEST(abort.reason == "wamp.error.no_such_realm");
    BOOST_TEST(abort.message == "no such realm");
    BOOST_TEST(read_as<wamp_abort>(R"([3,{"message":7},"x"])").message.empty());
    const std::string endless(900'000, 'u');
    BOOST_TEST(
        read_as<wamp_abort>(R"([3,{"message":")" + endless + "\"},\"" + endless + "\"]").message.size() <
        300U);
    BOOST_TEST(read_as<wamp_abort>(R"([3,{},")" + endless + "\"]").reason.size() < 300U);
    BOOST_TEST(read_as<wamp_goodbye>(R"([6,{},")" + endless + "\"]").reason.size() < 300U);
    BOOST_TEST(read_as<wamp_error>(R"([8,64,5,{},")" + endless + "\"]").uri.size() < 300U);
    BOOST_TEST(read_as<wamp_goodbye>(R"([6,{},"wamp.close.system_shutdown"])").reason ==
               "wamp.close.system_shutdown");
    const auto registered = read_as<wamp_registered>("[65,25349185,2103333224]");
    BOOST_TEST(registered.request == 25349185U);
    BOOST_TEST(registered.registration == 2103333224U);
    BOOST_TEST(read_as<wamp_unregistered>("[67,788923562]").request == 788923562U);
    const auto error = read_as<wamp_error>(R"([8,64,5,{},"wamp.error.procedure_already_exists",["x"]])");
    BOOST_TEST(error.request == 5U);
    BOOST_TEST(error.uri == "wamp.error.procedure_already_exists");
    BOOST_TEST(read_as<wamp_interrupt>(R"([69,6131533,{"mode":"killnowait"}])").request == 6131533U);
    const auto call =
        read_as<wamp_invocation>(R"([68,6131533,9823526,{},["wait","run",null],{"timeout":2.5}])");
    BOOST_TEST(call.request == 6131533U);
    BOOST_TEST(call.registration == 9823526U);
    BOOST_TEST(boost::json::serialize(call.arguments) == R"(["wait","run",null])");
    BOOST_TEST(call.keywords.at("timeout").as_double() == 2.5);
    const auto bare = read_as<wamp_invocation>("[68,1,2,{}]");
    BOOST_TEST(bare.arguments.empty());
    BOOST_TEST(bare.keywords.empty());
}

BOOST_AUTO_TEST_CASE(what_has_not_the_form_of_a_message_is_refused) {
    for (const std::string text :
         {"", "x", "[", "{}", "7", "null", "[]", "[null]", R"(["2"])", "[-2]", "[2.0]", "[2] [2]", "[2,]",
          "[2,1,{}]x", "\xff", "[2,1,{}", "[99,1]", "[36,1,2,{}]", "[1,\"r\",{}]", "[4,\"ticket\",{}]",
          "[9007199254740993]", "[18446744073709551616,1]",
          // Elements that are missing, or have another type.
          "[2]", "[2,1]", "[2,0,{}]", "[2,-1,{}]", "[2,1.5,{}]", "[2,\"1\",{}]", "[2,1,[]]",
          "[2,9007199254740993,{}]", "[2,1e3,{}]", "[3]", "[3,{}]", "[3,[],\"x\"]", "[3,{},7]", "[6]",
          "[6,{}]", "[6,{},null]", "[8]", "[8,64]", "[8,64,1,{}]", "[8,64,1,[],\"x\"]", "[8,64,1,{},7]",
          "[8,\"64\",1,{},\"x\"]", "[65]", "[65,1]", "[65,1,{}]", "[65,0,1]", "[67]", "[67,0]", "[68]",
          "[68,1]", "[68,1,2]", "[68,1,2,[]]", "[68,1,2,{},{}]", "[68,1,2,{},[],[]]", "[68,0,2,{}]", "[69]",
          "[69,0,{}]"})
        BOOST_TEST(!refused(text).empty(), text);
    BOOST_TEST(refused("[65,1,\"x\"]") == "expected an id as element 2 of message 65");
    BOOST_TEST(refused("[36,1,2,{}]") == "nobody expects one of kind 36");
    // Nesting is bounded, so that no text exhausts the stack.
    const std::string deep(100'000, '[');
    BOOST_TEST(refused("[68,1,2,{}," + deep + std::string(100'000, ']') + "]").starts_with("it is no JSON"));
    BOOST_TEST(refused(std::string("[6,{},\"a\0\"]", 11)).starts_with("it is no JSON"));
}

BOOST_AUTO_TEST_CASE(a_call_is_known_by_its_beginning) {
    for (const std::string call : {"[68,7,9,{}", "[68,7,", " [ 68 ,\t7\n,", "[68,7,[[[[[["})
        BOOST_TEST((invocation_begun(call) == wamp_id{7}), call);
    BOOST_TEST((invocation_begun("[68,9007199254740992,") == wamp_id{9007199254740992}));
    for (const std::string other :
         {"", "[", "68,7,", "[68", "[68,", "[68,7", "[68,x,", "[68,,", "[68,-7,", "[68,0,", "[68,7.5,",
          "[680,7,", "[6,8,", "[69,7,", "[68,9007199254740993,", "[68,18446744073709551617,", "[\"68\",7,"})
        BOOST_TEST(!invocation_begun(other), other);
}

BOOST_AUTO_TEST_CASE(what_is_said_to_a_router_is_written) {
    BOOST_TEST(
        hello_text("test_realm") ==
        R"([1,"test_realm",{"roles":{"publisher":{},"subscriber":{},"caller":{},"callee":{"features":{"call_canceling":true}}}}])");
    BOOST_TEST(register_text(1, "observatory.smurf-sync.ops") == R"([64,1,{},"observatory.smurf-sync.ops"])");
    BOOST_TEST(unregister_text(3, 12345) == "[66,3,12345]");
    BOOST_TEST(publish_text(9, "observatory.a.feeds.heartbeat", R"([{"run":3},{}])") ==
               R"([16,9,{},"observatory.a.feeds.heartbeat",[[{"run":3},{}]]])");
    BOOST_TEST(yield_text(7, R"([0,"x",{}])") == R"([70,7,{},[[0,"x",{}]]])");
    BOOST_TEST(invocation_error_text(7, "wamp.error.invalid_argument", "say \"x\"") ==
               R"([8,68,7,{},"wamp.error.invalid_argument",["say \"x\""]])");
    BOOST_TEST(goodbye_text("wamp.close.normal") == R"([6,{},"wamp.close.normal"])");
}

BOOST_AUTO_TEST_SUITE_END()
