// `suprsync doctor` where a file of TLS is one that gives nothing: it answers, and does not wait for whoever
// would write to it.
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/site.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(doctor_of_tls)

BOOST_AUTO_TEST_CASE(a_pipe_in_place_of_a_certificate_or_its_key_is_told) {
    site s;
    const auto pipe = (s.scratch / "pipe").string();
    BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    write_file(s.scratch / "file", "no PEM");
    for (const std::string of : {"certificate", "key"}) {
        s.options["--http-tls-certificate"] = of == "certificate" ? pipe : (s.scratch / "file").string();
        s.options["--http-tls-key"] = of == "key" ? pipe : (s.scratch / "file").string();
        auto arguments = s.command();
        for (auto& word : arguments)
            if (word == "run") word = "doctor";
        daemon_process doctor(arguments, s.environment, s.scratch / of);
        BOOST_TEST(doctor.wait() == exited_with(2), doctor.log());
        const auto told = "cannot use http.tls_" + of + " '" + pipe + "': ";
        BOOST_TEST(doctor.log().find(told) != std::string::npos, doctor.log());
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
