#include "engine/rules/notice.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(notices)

namespace {

using kind = notice::kind;
constexpr kind all_kinds[] = {kind::condition_begins, kind::condition_ends, kind::finalized,
                              kind::digest,           kind::summary,        kind::test};
const notice_source here{"so1", "srv20"};

notice about(kind what, const std::string& archive, const std::string& condition) {
    notice one;
    one.what = what;
    one.archive = archive;
    if (what == kind::condition_begins || what == kind::condition_ends) one.condition = condition;
    return one;
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_occasion_is_told_where_it_is_wanted_and_summaries_and_tests_always) {
    for (const auto what : all_kinds)
        for (const char* on : {"condition_begins", "condition_ends", "finalized", "digest"}) {
            notify_configuration entry;
            entry.on = {on};
            const bool always = what == kind::summary || what == kind::test;
            BOOST_TEST(wants(entry, about(what, "smurf", "paused")) == (always || name_of(what) == on),
                       name_of(what) << " for " << on);
            entry.on.clear();
            BOOST_TEST(wants(entry, about(what, "smurf", "paused")) == always);
        }
}

BOOST_AUTO_TEST_CASE(kinds_choose_among_conditions_and_nothing_else) {
    notify_configuration entry;
    entry.on = {"condition_begins", "condition_ends", "finalized", "digest"};
    entry.kinds = {"copies_lost", "paused"};
    for (const auto what : all_kinds) {
        const bool of_condition = what == kind::condition_begins || what == kind::condition_ends;
        BOOST_TEST(wants(entry, about(what, "smurf", "paused")));
        BOOST_TEST(wants(entry, about(what, "smurf", "slot_busy")) == !of_condition, name_of(what));
    }
}

BOOST_AUTO_TEST_CASE(archives_choose_and_what_concerns_the_whole_daemon_is_told_to_all) {
    notify_configuration entry;
    entry.on = {"condition_begins", "condition_ends", "finalized", "digest"};
    entry.archives = {"smurf"};
    for (const auto what : all_kinds) {
        const bool chosen =
            what == kind::condition_begins || what == kind::condition_ends || what == kind::finalized;
        BOOST_TEST(wants(entry, about(what, "smurf", "paused")));
        BOOST_TEST(wants(entry, about(what, "", "disk_nearly_full")));
        BOOST_TEST(wants(entry, about(what, "hk", "paused")) == !chosen, name_of(what));
    }
}

BOOST_AUTO_TEST_CASE(a_condition_says_who_what_and_for_how_long) {
    const told_condition raised{"paused", "smurf", "by request", 1000};
    const auto begins = notice_of(raised, true, 1000, here);
    BOOST_TEST(begins.subject == "paused of smurf (srv20 at so1)");
    BOOST_TEST(begins.text == "by request");
    const auto ends = notice_of(raised, false, 1090, here);
    BOOST_TEST(ends.subject == "paused of smurf is over (srv20 at so1)");
    BOOST_TEST(ends.text == "It held for 1 min: by request");
    BOOST_TEST(notice_of({"disk_nearly_full", "", "m", 1}, true, 1, here).subject ==
               "disk_nearly_full (srv20 at so1)");
}

BOOST_AUTO_TEST_CASE(json_has_every_field_and_hostile_texts_are_texts) {
    const auto said = written(
        notice_of({"paused", "smurf", "a \"b\"\n<c> \xff", 1000.5}, true, 1001.25, here), "json", here);
    BOOST_TEST(said.content_type == "application/json");
    BOOST_TEST(
        said.text ==
        R"~({"event":"condition_begins","time":1001.250,"host":"so1","instance_id":"srv20","archive":"smurf","kind":"paused","since":1000.500,"message":"a \"b\"\n<c> �","subject":"paused of smurf (srv20 at so1)","text":"a \"b\"\n<c> �"}
)~");
    const auto day = written(notice_of({"smurf", "17000", 2, 12, "17000/x.yaml"}, 5, here), "json", here);
    BOOST_TEST(
        day.text ==
        R"~({"event":"finalized","time":5.000,"host":"so1","instance_id":"srv20","archive":"smurf","timecode":"17000","revision":2,"num_files":12,"remote_path":"17000/x.yaml","subject":"17000 of smurf is finalized, revision 2 (srv20 at so1)","text":"12 files are complete at the destination. 17000/x.yaml says so there."}
)~");
}

BOOST_AUTO_TEST_CASE(slack_reads_no_link_and_no_address_in_a_text) {
    const auto said =
        written(notice_of({"paused", "smurf", "<!channel> & co", 1}, true, 1, here), "slack", here);
    BOOST_TEST(said.content_type == "application/json");
    BOOST_TEST(said.text == R"~({"text":"*paused of smurf (srv20 at so1)*\n&lt;!channel&gt; &amp; co"}
)~");
}

BOOST_AUTO_TEST_CASE(a_text_is_a_line_and_more_and_its_length_is_bounded) {
    const auto said = written(test_notice(1, here), "text", here);
    BOOST_TEST(said.content_type == "text/plain; charset=utf-8");
    BOOST_TEST(said.text.starts_with("a test (srv20 at so1)\n\nSomebody tries "), said.text);
    for (const std::string form : {"json", "text", "slack"}) {
        auto one = test_notice(1, here);
        one.text = std::string(1'000'000, 'x');
        BOOST_TEST(written(one, form, here).text.size() < 10'000U, form);
    }
    BOOST_TEST(written(notice_of({"paused", "smurf", "\x1b[31m", 1}, true, 1, here), "text", here).text ==
               "paused of smurf (srv20 at so1)\n\n\\x1b[31m\n");
}

BOOST_AUTO_TEST_SUITE_END()
