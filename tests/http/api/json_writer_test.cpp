#include "http/api/json_writer.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <map>
#include <vector>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(json_writing)

namespace {

template <class T>
std::string written(const T& v) {
    json_writer json;
    json.value(v);
    return json.take();
}

enum class colour { red, green, blue };
BOOST_DESCRIBE_ENUM(colour, red, green)

struct plain {
    int second = 2;
    std::optional<std::string> first;
    int secret = 3;
};
BOOST_DESCRIBE_STRUCT(plain, (), (first, second))

struct with_own_form {
    plain inner;
    int count = 0;
};
BOOST_DESCRIBE_STRUCT(with_own_form, (), (count))
void write_json(json_writer& json, const with_own_form& v) {
    json.begin_object().members(v.inner).members(v).end_object();
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_kind_of_value_is_written) {
    BOOST_TEST(written(true) == "true");
    BOOST_TEST(written(-5) == "-5");
    BOOST_TEST(written(std::uint64_t{18446744073709551615U}) == "18446744073709551615");
    BOOST_TEST(written("x") == "\"x\"");
    BOOST_TEST(written(std::optional<double>{}) == "null");
    BOOST_TEST(written(std::optional<std::string>{"y"}) == "\"y\"");
}

BOOST_AUTO_TEST_CASE(ranges_and_maps_are_written) {
    BOOST_TEST(written(std::vector<int>{}) == "[]");
    BOOST_TEST(written(std::vector<std::string>{"a", "b"}) == R"(["a","b"])");
    BOOST_TEST(written(std::map<std::string, int>{}) == "{}");
    BOOST_TEST(written(std::map<std::string, std::vector<int>>{{"a", {1, 2}}, {"b", {}}}) ==
               R"({"a":[1,2],"b":[]})");
}

BOOST_AUTO_TEST_CASE(described_structs_are_written_in_the_order_of_their_description) {
    BOOST_TEST(written(plain{}) == R"({"first":null,"second":2})");
    BOOST_TEST(written(std::vector<plain>{{5, "x"}, {}}) ==
               R"([{"first":"x","second":5},{"first":null,"second":2}])");
    BOOST_TEST(written(colour::green) == "\"green\"");
    BOOST_TEST(written(colour::blue) == "\"\"");
}

BOOST_AUTO_TEST_CASE(a_form_of_its_own_goes_before_the_description) {
    BOOST_TEST(written(with_own_form{{}, 7}) == R"({"first":null,"second":2,"count":7})");
    BOOST_TEST(written(std::optional{with_own_form{}}) == R"({"first":null,"second":2,"count":0})");
}

BOOST_AUTO_TEST_CASE(floats_stay_floats_and_keep_their_value) {
    BOOST_TEST(written(1661284493.5) == "1661284493.5");
    BOOST_TEST(written(1661284493.0) == "1661284493.0");
    BOOST_TEST(written(0.0) == "0.0");
    BOOST_TEST(written(std::nan("")) == "null");
    BOOST_TEST(written(HUGE_VAL) == "null");
    for (const double v : {1687797424.652119, 0.1, 1e300, 5e-324, -2.5, 1e21, 123456789012345680.0})
        BOOST_TEST(boost::json::parse(written(v)).as_double() == v);
}

BOOST_AUTO_TEST_CASE(commas_stand_where_they_should) {
    json_writer json;
    json.begin_object().member("a", 1).key("b").begin_array();
    json.begin_array().value(1).value(2).end_array().begin_object().end_object().value("c").end_array();
    json.key("d").begin_object().end_object().member("e", false).end_object();
    BOOST_TEST(json.take() == R"({"a":1,"b":[[1,2],{},"c"],"d":{},"e":false})");
}

BOOST_AUTO_TEST_CASE(every_text_survives) {
    std::string all;
    for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
    all += "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
    const auto parsed = boost::json::parse(written(all));
    BOOST_TEST(std::string(parsed.as_string()) == all);
}

BOOST_AUTO_TEST_SUITE_END()
