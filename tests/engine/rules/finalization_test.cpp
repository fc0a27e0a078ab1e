#include "engine/rules/finalization.hpp"

#include <yaml-cpp/yaml.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <regex>
#include <tuple>

using namespace suprsync;

namespace suprsync {
static std::ostream& operator<<(std::ostream& out, finalization_step s) {
    constexpr const char* names[] = {"wait", "blocked", "finalize", "too_soon", "not_quiet"};
    return out << names[static_cast<int>(s)];
}
}  // namespace suprsync

BOOST_AUTO_TEST_SUITE(finalization)

namespace {

using step = finalization_step;

constexpr epoch_seconds now = 1700050000.25;  // timecode 17000

open_timecode directory(int timecode, std::int64_t unsettled = 0, std::int64_t failed = 0) {
    open_timecode d;
    d.timecode = timecode;
    d.files = 10;
    d.unsettled = unsettled;
    d.failed = failed;
    return d;
}

timecode_summary summary() { return {16999, 12, {"smurf", "suprsync"}, 1, true, std::nullopt}; }

std::vector<std::string> keys_of(const YAML::Node& map) {
    std::vector<std::string> keys;
    for (const auto& entry : map) keys.push_back(entry.first.as<std::string>());
    std::sort(keys.begin(), keys.end());
    return keys;
}

// PyYAML resolves a plain scalar by its looks (YAML 1.1); quoted ones ("!") are always strings.
bool plain(const YAML::Node& node) { return node.IsScalar() && node.Tag() == "?"; }
bool python_int(const YAML::Node& node) {
    return plain(node) && std::regex_match(node.Scalar(), std::regex("[-+]?(0|[1-9][0-9_]*)"));
}
bool python_float(const YAML::Node& node) {
    return plain(node) &&
           std::regex_match(node.Scalar(), std::regex("[-+]?([0-9][0-9_]*)\\.[0-9_]*([eE][-+][0-9]+)?"));
}
bool python_str(const YAML::Node& node) { return node.IsScalar() && node.Tag() == "!"; }

}  // namespace

BOOST_AUTO_TEST_CASE(a_directory_is_completed_by_a_newer_one_with_data_or_by_age) {
    struct row {
        int timecode;
        std::optional<int> newest_with_data;
        bool completed;
    };
    const row table[] = {
        {17000, {}, false},    {17000, 17000, false}, {17000, 16999, false},
        {17000, 17001, true},  {16999, 16999, false}, {16999, 17000, true},
        {16999, 16998, false}, {16998, 16998, true},  // tc_now - timecode > 1
        {16998, {}, true},     {0, {}, true},         {17001, 17001, false},
        {99999, 99999, false}, {99999, 17001, false},
    };
    for (const auto& r : table)
        BOOST_TEST(is_completed(r.timecode, r.newest_with_data, now) == r.completed,
                   "timecode " << r.timecode);
}

BOOST_AUTO_TEST_CASE(a_directory_is_believed_up_to_the_one_after_that_of_now) {
    BOOST_TEST(newest_believed(now) == 17001);
    BOOST_TEST(newest_believed(std::nextafter(1.7e9, 0)) == 17000);
}

BOOST_AUTO_TEST_CASE(age_completes_at_the_turn_of_the_timecode) {
    BOOST_TEST(!is_completed(16998, {}, std::nextafter(1.7e9, 0)));
    BOOST_TEST(is_completed(16998, {}, 1.7e9));
}

BOOST_AUTO_TEST_CASE(every_state_of_a_directory_has_its_next_step) {
    struct row {
        open_timecode directory;
        step expected;
    };
    const row table[] = {
        {directory(17000), step::wait},          {directory(17000, 3, 3), step::wait},
        {directory(16998), step::finalize},      {directory(16998, 1, 0), step::wait},
        {directory(16998, 3, 2), step::wait},    {directory(16998, 3, 3), step::blocked},
        {directory(16998, 1, 1), step::blocked},
    };
    for (const auto& r : table)
        BOOST_TEST(next_step(r.directory, r.directory.timecode, now) == r.expected,
                   "timecode " << r.directory.timecode << ", unsettled " << r.directory.unsettled
                               << ", failed " << r.directory.failed);
    BOOST_TEST(next_step(directory(17000), 17001, now) == step::finalize);
    // Whose copies are lost: what is still on its way comes first.
    for (const auto& [timecode, unsettled, expected] :
         {std::tuple(16998, 0, step::blocked), std::tuple(16998, 1, step::wait),
          std::tuple(17000, 0, step::wait)}) {
        auto d = directory(timecode, unsettled);
        d.lost = 1;
        BOOST_TEST(next_step(d, timecode, now) == expected, timecode << ", unsettled " << unsettled);
        d.lost = 0;
        d.removed_there = true;
        BOOST_TEST(next_step(d, timecode, now) == expected, timecode << ", removed there");
    }
}

// Revisions are at least 1 s apart; names carry whole seconds, so they differ then, too.
BOOST_AUTO_TEST_CASE(revisions_are_a_second_apart) {
    for (const double fraction : {0.0, 0.1, 0.25, 0.5, 0.9, 0.999})
        for (const double later : {0.0, 0.05, 0.5, 0.9, 0.999, 1.0, 1.001, 1.5, 100.0}) {
            auto d = directory(16998);
            d.revision = 1;
            d.last_finalized_at = 1700050000 + fraction;
            const epoch_seconds at = d.last_finalized_at + later;
            const auto expected = later >= 1 ? step::finalize : step::too_soon;
            BOOST_TEST(next_step(d, {}, at) == expected, "at ." << fraction << ", " << later << " s later");
            if (later >= 1) BOOST_TEST(std::floor(at) > std::floor(d.last_finalized_at));
        }
    auto unsettled = directory(16998, 1, 0);
    unsettled.last_finalized_at = now;
    BOOST_TEST(next_step(unsettled, {}, now) == step::wait);
}

BOOST_AUTO_TEST_CASE(a_revision_waits_for_a_quiet_that_grows) {
    const std::vector<double> expected = {0, 0, 60, 120, 240, 480, 900, 900, 900};
    for (std::size_t n = 0; n < expected.size(); ++n)
        BOOST_TEST(quiet_before(static_cast<int>(n)) == expected[n], "revision " << n);
    BOOST_TEST(quiet_before(-1) == 0);
    BOOST_TEST(quiet_before(1'000'000) == 900);
}

// Every revision, by the age of the newest copy, and by how long it was put off.
BOOST_AUTO_TEST_CASE(what_is_due_is_written_when_the_day_is_quiet_or_was_put_off_for_long) {
    const std::optional<epoch_seconds> never;
    for (int last = 0; last <= 8; ++last)
        for (const double age : {-1e6, -1000.0, -800.0, 0.0, 59.0, 60.0, 119.0, 120.0, 239.0, 240.0, 479.0,
                                 480.0, 899.0, 900.0, 1e9})
            for (const auto& put_off :
                 {never, std::optional(0.0), std::optional(now - 3600), std::optional(now - 3599),
                  std::optional(now), std::optional(now + 1e6)}) {
                auto d = directory(16998);
                d.revision = last;
                d.settled_at = now - age;
                // What lies further ahead than any quiet: the clock was set back.
                const bool set_back = quiet_before(last + 1) - age > longest_quiet;
                const bool quiet = age >= quiet_before(last + 1) || set_back;
                const bool long_enough = put_off && (*put_off <= now - 3600 || *put_off > now);
                const auto expected = quiet || long_enough ? step::finalize : step::not_quiet;
                BOOST_TEST(next_step(d, {}, now, put_off) == expected,
                           "revision " << last + 1 << ", " << age << " s after a copy");
            }
    // Nothing is known of its copies, as of days that were settled before: it is quiet.
    auto d = directory(16998);
    d.revision = 3;
    BOOST_TEST(next_step(d, {}, now) == step::finalize);
    d.settled_at = now;
    d.unsettled = 1;
    BOOST_TEST(next_step(d, {}, now) == step::wait);
    d.failed = 1;
    BOOST_TEST(next_step(d, {}, now) == step::blocked);
}

BOOST_AUTO_TEST_CASE(the_promise_is_a_second_before_the_oldest_unsettled_file) {
    BOOST_TEST(finalized_until(std::nullopt, now) == now);
    BOOST_TEST(finalized_until(now - 500, now) == now - 501);
    BOOST_TEST(finalized_until(0.0, now) == -1);
    BOOST_TEST(finalized_until(now + 500, now) == now);
}

// A file may be registered in the microsecond in which its day's promise is made.
BOOST_AUTO_TEST_CASE(what_is_written_promises_what_is_kept_and_no_later_moment) {
    auto time = now;
    for (int i = 0; i < 20'000; ++i, time = std::nextafter(time, 2e9)) {
        for (const auto& until : {finalized_until(std::nullopt, time), finalized_until(time, 2e9)}) {
            const auto text = compose_finalization("/r", "i", "a", summary(), time, until).text;
            BOOST_REQUIRE_EQUAL(YAML::Load(text)["finalized_until"].as<double>(), until);
        }
        const auto until = finalized_until(std::nullopt, time);
        BOOST_REQUIRE_LE(until, time);
        BOOST_REQUIRE_LT(time - until, 1.5e-6);
        BOOST_REQUIRE_EQUAL(finalized_until(std::nullopt, until), until);
    }
}

BOOST_AUTO_TEST_CASE(finalization_files_have_the_agents_names_and_paths) {
    const auto file = compose_finalization("/data/so/suprsync", "smurf-srv20", "smurf", summary(), now, now);
    BOOST_TEST(file.local_path ==
               "/data/so/suprsync/17000/smurf-srv20/1700050000_smurf_16999_finalized.yaml");
    BOOST_TEST(file.remote_path == "17000/suprsync/smurf-srv20/1700050000_smurf_16999_finalized.yaml");
    BOOST_TEST(is_finalization_path(file.remote_path));
}

BOOST_AUTO_TEST_CASE(the_time_in_a_name_rounds_down) {
    const auto file = compose_finalization("/r", "i", "a", summary(), 1700099999.9999, now);
    BOOST_TEST(file.remote_path == "17000/suprsync/i/1700099999_a_16999_finalized.yaml");
}

BOOST_AUTO_TEST_CASE(the_text_as_readers_know_it) {
    const auto file = compose_finalization("/r", "srv20", "smurf", summary(), now, now - 101.25);
    BOOST_TEST(file.text ==
               R"(archive_name: "smurf"
finalized_at: 1700050000.250000
finalized_until: 1700049899.000000
instance_id: "srv20"
num_files: 12
subdirs:
  - "smurf"
  - "suprsync"
timecode: 16999
)");
}

BOOST_AUTO_TEST_CASE(keys_and_types_as_a_python_reader_gets_them) {
    const std::vector<std::string> expected{"archive_name", "finalized_at", "finalized_until", "instance_id",
                                            "num_files",    "subdirs",      "timecode"};
    for (const epoch_seconds until : {now, now - 1000, 1.0, 0.0, -1.0}) {
        const auto file = compose_finalization("/r", "i", "a", summary(), now, until);
        const auto yaml = YAML::Load(file.text);
        BOOST_TEST(keys_of(yaml) == expected, boost::test_tools::per_element());
        BOOST_TEST(python_int(yaml["timecode"]));
        BOOST_TEST(python_int(yaml["num_files"]));
        BOOST_TEST(python_float(yaml["finalized_at"]), yaml["finalized_at"].Scalar());
        BOOST_TEST(python_float(yaml["finalized_until"]), yaml["finalized_until"].Scalar());
        BOOST_TEST(python_str(yaml["archive_name"]));
        BOOST_TEST(python_str(yaml["instance_id"]));
        BOOST_TEST(yaml["timecode"].as<int>() == 16999);
        BOOST_TEST(yaml["num_files"].as<int>() == 12);
        BOOST_TEST(yaml["finalized_at"].as<double>() == now, boost::test_tools::tolerance(1e-15));
        BOOST_TEST(std::abs(yaml["finalized_until"].as<double>() - until) < 1e-6);
        BOOST_TEST(yaml["subdirs"].as<std::vector<std::string>>() == summary().subdirs,
                   boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(large_numbers_of_files_stay_whole_numbers) {
    auto s = summary();
    for (const std::int64_t files : {std::int64_t{0}, std::int64_t{1'000'000}, std::int64_t{5'000'000'000}}) {
        s.num_files = files;
        const auto yaml = YAML::Load(compose_finalization("/r", "i", "a", s, now, now).text);
        BOOST_TEST(python_int(yaml["num_files"]));
        BOOST_TEST(yaml["num_files"].as<std::int64_t>() == files);
    }
}

BOOST_AUTO_TEST_CASE(readers_are_never_told_less_than_before) {
    BOOST_TEST(promised(now, 0) == now);
    BOOST_TEST(promised(now, now - 1) == now);
    BOOST_TEST(promised(now - 1, now) == now);
}

BOOST_AUTO_TEST_CASE(a_value_may_be_published_that_is_no_step_back_and_true_or_said_already) {
    struct row {
        epoch_seconds until, published;
        std::optional<epoch_seconds> oldest_unsettled;
        bool allowed;
    };
    const row table[] = {
        {100, 0, {}, true},     {100, 0, 100, true},    {100, 0, 99, false},   {100, 0, 101, true},
        {100, 100, {}, true},   {100, 100, 50, true},   {100, 101, {}, false}, {100, 101, 200, false},
        {100, 99, 99.5, false}, {100, 99, 100.5, true}, {0, 0, {}, true},      {0, 0, -5, true},
    };
    for (const auto& r : table)
        BOOST_TEST(may_be_published(r.until, r.published, r.oldest_unsettled) == r.allowed,
                   r.until << " after " << r.published << ", oldest " << r.oldest_unsettled.value_or(-1));
}

BOOST_AUTO_TEST_CASE(no_subdirs_are_an_empty_list) {
    auto s = summary();
    s.subdirs.clear();
    const auto yaml = YAML::Load(compose_finalization("/r", "i", "a", s, now, now).text);
    BOOST_TEST(yaml["subdirs"].IsSequence());
    BOOST_TEST(yaml["subdirs"].size() == 0U);
}

BOOST_AUTO_TEST_CASE(a_revision_is_told_from_the_second_on) {
    for (const int revision : {0, 1, 2, 17}) {
        auto s = summary();
        s.revision = revision;
        const auto yaml = YAML::Load(compose_finalization("/r", "i", "a", s, now, now).text);
        BOOST_TEST(yaml["revision"].IsDefined() == (revision > 1));
        BOOST_TEST(yaml.size() == (revision > 1 ? 8U : 7U));
        if (revision > 1) {
            BOOST_TEST(python_int(yaml["revision"]));
            BOOST_TEST(yaml["revision"].as<int>() == revision);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
