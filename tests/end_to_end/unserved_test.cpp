// A slip in an archive's name: refused by the tools, and told of by the daemon where another program made it
// (spec, Archives that nobody serves).
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/tool.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(unserved_archives)

namespace {

struct served_site {
    site s;
    tool t{s};

    served_site() {
        write_file(s.data / "x", "content");
        s.start();
    }
    told add(const std::string& archive, tool::arguments more = {}) {
        tool::arguments words{"add", (s.data / "x").string(), "17000/x", archive};
        words.insert(words.end(), more.begin(), more.end());
        return t.run(words);
    }
    std::int64_t rows() { return s.catalog().number("SELECT count(*) FROM supersync_v0"); }
    std::string metrics() { return s.http().get("/metrics").body; }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_slip_is_refused_and_what_was_meant_is_told, served_site) {
    const auto slip = s.archive + "s";
    const auto refused = add(slip);
    BOOST_TEST(refused.exit == exited_with(1));
    BOOST_TEST(refused.err.find("did you mean '" + s.archive + "'?") != std::string::npos, refused.err);
    BOOST_TEST(refused.err.find("--new-archive") != std::string::npos, refused.err);
    const auto tree = t.run({"add-local-files", s.data.string(), slip, "--last-edit", "0"});
    BOOST_TEST(tree.exit == exited_with(1));
    BOOST_TEST(tree.err.find("did you mean '" + s.archive + "'?") != std::string::npos, tree.err);
    BOOST_TEST(rows() == 0);
    BOOST_TEST(add(s.archive).exit == exited_with(0));
    // Over HTTP, too.
    const auto answer = s.http().post("/files", boost::json::value{{"local_path", (s.data / "x").string()},
                                                                   {"remote_path", "17000/y"},
                                                                   {"archive_name", slip}});
    BOOST_TEST(answer.status == 400);
    BOOST_TEST(answer.body.find("did you mean '" + s.archive + "'?") != std::string::npos, answer.body);
}

BOOST_FIXTURE_TEST_CASE(what_nobody_serves_is_a_condition_and_a_figure, served_site) {
    BOOST_TEST(metrics().find("\nsuprsync_unserved_registrations 0\n") != std::string::npos);
    const auto added = add("another", {"--new-archive"});
    BOOST_TEST(added.exit == exited_with(0), added.err);
    BOOST_TEST(add("another").exit == exited_with(0));  // it is known now
    s.await_condition("unserved_registrations");
    BOOST_TEST(metrics().find("\nsuprsync_unserved_registrations 1\n") != std::string::npos);
    s.catalog().execute("UPDATE supersync_v0 SET archive_name = '" + s.archive + "'");
    s.await_no_condition("unserved_registrations");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
