// Sums of large files that are read slowly, so that others get their share of the disk there.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/net/far_shells.hpp"
#include "tests/support/net/transport_fixture.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(paced_reading)

namespace {

// With programs of the test's own first in PATH there.
struct paced_destination : destination {
    explicit paced_destination(const std::string& shell) : there(shell), fakes(scratch / "bin") {
        fs::create_directories(scratch / "bin");
        prepare();
        write_file(base() / "17000/a", "a");
        write_file(base() / "17000/new\nline", "b");
    }
    void program(const std::string& name, const std::string& commands) {
        write_file(scratch / "bin" / name, "#!/bin/sh\n" + commands + "\n");
        fs::permissions(scratch / "bin" / name, fs::perms::owner_all);
    }

    const sh_is there;
    const path_with fakes;
};

}  // namespace

// So many bytes, and then a second of rest.
BOOST_DATA_TEST_CASE(a_large_file_is_read_in_pieces, data::make(every_sh), sh) {
    paced_destination d(sh);
    const auto content = random_content(300'000, 1);
    write_file(d.base() / "17000/big", content);
    d.program("sleep", "echo \"$*\" >>'" + (d.scratch / "rests").string() + "'");
    stat_request request;
    request.md5 = request.from_disk = true;
    request.remote_paths = {"17000/a", "17000/big", "17000/none", "17000/new\nline"};
    request.bytes = content.size();
    request.pace = 131'072;
    auto report = d.wait(d.get().stat(request));
    BOOST_TEST(report.end.finished());
    BOOST_TEST(report.answers[0].md5.value_or("") == md5_of("a"));
    BOOST_TEST(report.answers[1].md5.value_or("") == md5_of(content));
    BOOST_TEST(!report.answers[2].md5);
    BOOST_TEST(report.answers[3].md5.value_or("") == md5_of("b"));
    BOOST_TEST(read_file(d.scratch / "rests") == "1\n1\n");
    // Of what cannot be read to its end no sum is told.
    d.program("dd", "head -c 1000; exit 1");
    report = d.wait(d.get().stat(request));
    BOOST_TEST(!report.answers[1].md5);
    BOOST_TEST(report.answers[1].size.value_or(0) == content.size());
    BOOST_TEST(report.answers[0].md5.value_or("") == md5_of("a"));
}

BOOST_AUTO_TEST_SUITE_END()
