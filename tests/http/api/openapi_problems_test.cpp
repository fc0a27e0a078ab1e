// Errors, held against the description of the interface.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "http/api/openapi_endpoint.hpp"
#include "tests/support/http/running_server.hpp"
#include "tests/support/openapi.hpp"

using namespace suprsync;
using namespace suprsync::testing;

BOOST_AUTO_TEST_SUITE(openapi_problems)

namespace {

using suprsync::test::joined;
using suprsync::test::openapi;
namespace json = boost::json;

}  // namespace

// The types of problems are those of the description.
BOOST_AUTO_TEST_CASE(every_type_of_problem_is_described) {
    const openapi described{std::string(openapi_document())};
    const auto& schema = described.document().at("components").at("schemas").at("Problem");
    for (unsigned status = 400; status < 600; ++status) {
        if (reason_of(status) == "Error") continue;
        const auto faults = described.faults(json::parse(problem(status, "x").body), schema);
        BOOST_TEST(faults.empty(), joined(faults));
    }
    for (const auto code :
         {failure_code::invalid, failure_code::not_found, failure_code::conflict, failure_code::not_permitted,
          failure_code::io, failure_code::changed, failure_code::locked, failure_code::catalog,
          failure_code::timed_out, failure_code::not_ready, failure_code::stopped}) {
        const auto faults =
            described.faults(json::parse(problem(status_of(code), failure{code, "", "", ""}).body), schema);
        BOOST_TEST(faults.empty(), joined(faults));
    }
}

BOOST_AUTO_TEST_SUITE_END()
