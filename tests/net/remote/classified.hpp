// What the end of a process was found to mean.
#pragma once

#include <boost/test/unit_test.hpp>
#include <optional>
#include <ostream>
#include <string_view>

#include "net/remote/classify.hpp"
#include "tests/support/net/printing.hpp"

namespace suprsync {

inline std::ostream& operator<<(std::ostream& out, const std::optional<failure_code>& code) {
    return code ? out << *code : out << "finished";
}

}  // namespace suprsync

namespace suprsync::test {

using code = failure_code;
using meaning = std::optional<failure_code>;
inline constexpr std::nullopt_t finished = std::nullopt;

inline process_end ended(program_kind kind, exit_status status, std::string_view error = {},
                         ended_by cause = ended_by::itself) {
    return classify({kind, status, cause, error}, "copy files to", "host:/base");
}

inline meaning code_of(const process_end& end) {
    if (!end.error) return finished;
    BOOST_TEST(end.error->operation == "copy files to");
    BOOST_TEST(end.error->subject == "host:/base");
    BOOST_TEST(!end.error->detail.empty());
    return end.error->code;
}

inline meaning of(program_kind kind, int status, std::string_view error = {}) {
    return code_of(ended(kind, exited{status}, error));
}

}  // namespace suprsync::test
