#include "http/api/registration_endpoint.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(registration_reading)

namespace {

// Feeds the text in pieces of `size`, as it could come from a socket.
std::optional<body_fault> read(const std::string& text, registration_body& body,
                               std::size_t size = 1u << 20) {
    registration_reader reader;
    for (std::size_t at = 0; at < text.size(); at += size)
        if (!reader.feed(std::string_view(text).substr(at, size))) return reader.fault();
    if (!reader.finish()) return reader.fault();
    body = reader.take();
    return std::nullopt;
}

const std::string good = R"({"local_path": "/a", "remote_path": "b", "archive_name": "c"})";

struct bad_body {
    std::string text;
    std::optional<std::size_t> index;
    std::string says;
};

}  // namespace

BOOST_AUTO_TEST_CASE(one_file_is_read_whatever_the_pieces) {
    const std::string text = R"( {"local_path": "/d\u00e9j\u00e0 \"vu\"\n", "remote_path": "17000/x",
        "archive_name": "smurf", "local_md5sum": "ABCDEF0123456789abcdef0123456789",
        "timestamp": 1661284493.5, "deletable": false} )";
    for (std::size_t size = 1; size <= text.size(); ++size) {
        registration_body body;
        BOOST_REQUIRE(!read(text, body, size));
        BOOST_TEST(!body.is_array);
        BOOST_REQUIRE(body.files.size() == 1U);
        const auto& file = body.files[0];
        BOOST_TEST(file.local_path == "/d\xc3\xa9j\xc3\xa0 \"vu\"\n");
        BOOST_TEST(file.remote_path == "17000/x");
        BOOST_TEST(file.archive_name == "smurf");
        BOOST_TEST(file.local_md5sum == "abcdef0123456789abcdef0123456789");
        BOOST_TEST(file.timestamp.value() == 1661284493.5);
        BOOST_TEST(!file.deletable);
    }
}

BOOST_AUTO_TEST_CASE(defaults_and_whole_numbers_are_read) {
    registration_body body;
    BOOST_REQUIRE(!read(good, body));
    BOOST_TEST(body.files[0].local_md5sum.empty());
    BOOST_TEST(!body.files[0].timestamp);
    BOOST_TEST(body.files[0].deletable);
    const std::string dated = good.substr(0, good.size() - 1) + R"(,"timestamp":)";
    BOOST_REQUIRE(!read(dated + "1661284493}", body));
    BOOST_TEST(body.files[0].timestamp.value() == 1661284493.0);
    BOOST_REQUIRE(!read(dated + "18446744073709551615}", body));
    BOOST_TEST(body.files[0].timestamp.value() == 18446744073709551615.0);
}

BOOST_AUTO_TEST_CASE(a_number_is_the_nearest_one_whatever_the_pieces) {
    const std::string text =
        good.substr(0, good.size() - 1) + R"(,"timestamp":44000000004.8744444344444444444444000000000002})";
    for (std::size_t size = 1; size <= text.size(); ++size) {
        registration_body body;
        BOOST_REQUIRE(!read(text, body, size));
        BOOST_TEST(body.files[0].timestamp.value() == 44000000004.8744444344444444444444000000000002);
    }
}

BOOST_AUTO_TEST_CASE(many_files_are_read_in_their_order) {
    registration_body body;
    BOOST_REQUIRE(!read(
        "[" + good + "," + good + R"(,{"archive_name":"z","remote_path":"y","local_path":"/x"}])", body, 7));
    BOOST_TEST(body.is_array);
    BOOST_REQUIRE(body.files.size() == 3U);
    BOOST_TEST(body.files[2].local_path == "/x");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_said_with_its_index) {
    const auto with = [](const std::string& member) {
        return good.substr(0, good.size() - 1) + "," + member + "}";
    };
    const std::string array = "[" + good + "," + good + ",";
    const std::vector<bad_body> table = {
        {"", {}, "not valid JSON"},
        {"   ", {}, "not valid JSON"},
        {"hello", {}, "not valid JSON"},
        {"{", {}, "not valid JSON"},
        {good + good, {}, "not valid JSON"},
        {good + "x", {}, "not valid JSON"},
        {"[]", {}, "array is empty"},
        {"3", {}, "expected an object or an array of objects, got the number 3"},
        {"null", {}, "got null"},
        {"\"x\"", {}, "got the string 'x'"},
        {"true", {}, "got true"},
        {"{}", {}, "'local_path' is missing"},
        {R"({"local_path":"/a","remote_path":"b"})", {}, "'archive_name' is missing"},
        {R"({"local_path":"/a","archive_name":"b"})", {}, "'remote_path' is missing"},
        {with(R"("Deletable":true)"), {}, "unknown key 'Deletable'"},
        {with(R"("id":1)"), {}, "unknown key 'id'"},
        {with(R"("local_path":"/b")"), {}, "'local_path' is given twice"},
        {with(R"("deletable":1)"), {}, "'deletable': expected true or false, got the number 1"},
        {with(R"("deletable":"yes")"), {}, "'deletable': expected true or false, got the string 'yes'"},
        {with(R"("deletable":null)"), {}, "'deletable': expected true or false, got null"},
        {with(R"("timestamp":"now")"), {}, "'timestamp': expected a number"},
        {with(R"("timestamp":true)"), {}, "got true"},
        {with(R"("timestamp":NaN)"), {}, "not valid JSON"},
        {with(R"("timestamp":Infinity)"), {}, "not valid JSON"},
        {with(R"("timestamp":1e999)"), {}, ""},
        {with(R"("timestamp":[1])"),
         {},
         "'timestamp': expected a number (seconds since the Unix epoch), got an array"},
        {with(R"("timestamp":{})"), {}, "got an object"},
        {with(R"("local_md5sum":"")"), {}, "32 hexadecimal digits"},
        {with(R"("local_md5sum":"abc")"), {}, "32 hexadecimal digits"},
        {with(R"("local_md5sum":"g0000000000000000000000000000000")"), {}, "32 hexadecimal digits"},
        {with(R"("local_md5sum":"000000000000000000000000000000000")"), {}, "32 hexadecimal digits"},
        {with(R"("local_md5sum":7)"), {}, "'local_md5sum': expected a string, got the number 7"},
        {R"({"local_path":["/a"]})", {}, "'local_path': expected a string, got an array"},
        {R"({"local_path":"/a\u0000b"})", {}, "'local_path' holds a NUL"},
        {R"({"local_path":"/a\ud800b"})", {}, "not valid JSON in UTF-8"},
        {"{\"local_path\":\"/a\xff\"}", {}, "not valid JSON in UTF-8"},
        {"{\"local_path\":\"/a\xc0\xaf\"}", {}, "not valid JSON in UTF-8"},
        {"{\"local_path\":\"/a\nb\"}", {}, "not valid JSON"},
        {array + "{}]", 2, "'local_path' is missing"},
        {array + "[]]", 2, "expected an object, got an array"},
        {array + "1]", 2, "expected an object, got the number 1"},
        {array + with(R"("x":1)") + "]", 2, "unknown key 'x'"},
        {array + "{\"local_path\":\"\xfe\"}]", 2, "UTF-8"},
        {array + R"({"local_path":"\u0000"}])", 2, "NUL"},
        {array + "]", 2, "not valid JSON"},
        {array, 2, "not valid JSON"},
        {"[" + std::string(100000, '['), 0, "got an array"},
    };
    for (const auto& bad : table) {
        for (const std::size_t size : {1U << 20, 1U, 5U}) {
            BOOST_TEST_CONTEXT(bad.text.substr(0, 200) << " in pieces of " << size) {
                registration_body body;
                const auto fault = read(bad.text, body, size);
                BOOST_REQUIRE(fault);
                BOOST_TEST((fault->why.code == failure_code::invalid));
                BOOST_TEST((fault->index == bad.index));
                BOOST_TEST(fault->why.detail.find(bad.says) != std::string::npos, fault->why.detail);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
