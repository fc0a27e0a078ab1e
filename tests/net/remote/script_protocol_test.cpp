// Lists that go to the destination and answers that come back, as bytes; messages of coreutils once from the
// real programs.
#include "net/remote/script_protocol.hpp"
#include "net/remote/object_records.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <limits>

#include "tests/support/net/printing.hpp"
#include "tests/support/net/transport_fixture.hpp"

namespace fs = std::filesystem;
using namespace suprsync;
using namespace suprsync::test;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(answers)

namespace {

const std::string sum_a = "0cc175b9c0f1b6a831c399e269772661";
const std::string sum_b = "92eb5ffee6ae2fec3ad71c777531578f";

std::vector<std::string> odd_names() {
    return {"plain",     "two words", "it's",        "\"",    "a\"b'c",
            "new\nline", "tab\t",     "back\\slash", "$x`y`", "-rf",
            "-",         "\xc3\xbc",  "\xff",        "a: b",  ": No such file or directory",
            "#",         "~",         "=",           "d/e f"};
}

}  // namespace

BOOST_AUTO_TEST_CASE(lists_are_written_as_the_programs_read_them) {
    BOOST_TEST(dotted_list({}) == "");
    BOOST_TEST(dotted_list({"-rf", "a b\n"}) == "./-rf\0./a b\n\0"s);
    BOOST_TEST(sealed_list({"-rf", "a b\n"}) == "-rf//\0a b\n//\0"s);
    BOOST_TEST(publish_list({{7, "17000/a b", sum_a, std::nullopt},
                             {8, "c", sum_b, sum_a},
                             {9, "17001/d", sum_b, std::nullopt},
                             {10, "17000/e", sum_b, ""}}) ==
               "d 17000//\0d 17001//\0"s + "8 " + sum_b + " " + sum_a + " c//\0"s + "7 " + sum_a +
                   " - 17000/a b//\0"s + "10 " + sum_b + " - 17000/e//\0"s + "9 " + sum_b +
                   " - 17001/d//\0"s);
    BOOST_TEST(
        delivery_list({{1, "17000/x/a", sum_a, std::nullopt}, {2, "17000/b", sum_a, std::nullopt}}).value() ==
        "17000//f\n17000/x//f\n.\n");
    BOOST_TEST(
        delivery_list({{1, "17000/x/a", sum_a, std::nullopt}, {2, "b", sum_a, std::nullopt}}).value() ==
        "//f\n17000//\n17000/x//f\n.\n");
}

BOOST_AUTO_TEST_CASE(sums_are_listed_for_md5sum_as_it_escapes_names) {
    BOOST_TEST(sum_list({{1, "-a b", sum_a, std::nullopt}, {2, "x\n\\", sum_b, std::nullopt}}).value() ==
               sum_a + "  ./-a b\n" + "\\" + sum_b + "  ./x\\n\\\\\n");
    // It would look for another file, or for none.
    BOOST_TEST(!sum_list({{1, "a", sum_a, std::nullopt}, {2, "b\r", sum_b, std::nullopt}}).has_value());
    for (const auto& sum : {sum_a + "\n" + sum_b, sum_a.substr(1), ""s, "0CC175B9C0F1B6A831C399E269772661"s})
        BOOST_TEST(!sum_list({{1, "a", sum, std::nullopt}}).has_value(), sum);
}

BOOST_AUTO_TEST_CASE(directories_come_once_and_parents_first) {
    const std::vector<std::string> expected = {"b", "b/c", "a", "a/x", "a/x/y"};
    BOOST_TEST(directories_of({"b/c/1", "a/x/y/1", "b/c/2", "a/1", "top", "b/3"}) == expected);
    BOOST_TEST(directories_of({}).empty());
}

BOOST_AUTO_TEST_CASE(sums_are_taken_for_known_paths_and_whole_records_only) {
    const std::vector<std::string> paths = {"a", "b", "new\nline", "c"};
    auto sums =
        read_sums(sum_a + "  ./a\0"s + sum_b + "  ./new\nline\0"s + sum_b + "  ./elsewhere\0"s, paths);
    BOOST_TEST(sums[0].value_or("") == sum_a);
    BOOST_TEST(!sums[1]);
    BOOST_TEST(sums[2].value_or("") == sum_b);
    BOOST_TEST(!sums[3]);
    // Cut short, not a sum, upper case, an escaped record, nothing.
    for (const auto& output :
         {sum_a + "  ./a", sum_a.substr(1) + "  ./a\0"s, "0CC175B9C0F1B6A831C399E269772661  ./a\0"s,
          "\\" + sum_a + "  ./a\0"s, sum_a + "\0"s, sum_a + "  \0"s, ""s, "\0\0\0"s})
        for (const auto& sum : read_sums(output, paths)) BOOST_TEST(!sum, output);
}

BOOST_AUTO_TEST_CASE(what_stat_tells_last_of_a_path_holds) {
    const auto answers = read_stat("a boot\0"s + "5 81a4 1 2 1.0 ./a\0"s + "4096 41ed 1 4 1.0 ./a\0"s, "",
                                   {"a"}, "a boot", false);
    BOOST_REQUIRE(answers[0].object.has_value());
    BOOST_TEST(answers[0].object->size == 4096U);
    BOOST_TEST(!answers[0].size.has_value());
}

BOOST_AUTO_TEST_CASE(stat_tells_sizes_absence_and_silence_apart) {
    const std::vector<std::string> paths = {"file",       "empty",  "directory", "gone",
                                            "below/file", "denied", "unsaid"};
    const auto answers =
        read_stat("a boot\0"s + "5 81a4 1 2 1700000000.000000003 ./file\0"s + "0 81a4 1 3 1.0 ./empty\0"s +
                      "4096 41ed 1 4 1.0 ./directory\0"s + "\0"s + sum_a + "  ./file\0"s,
                  R"(stat: cannot statx './gone': No such file or directory
stat: cannot stat './below/file': Not a directory
stat: cannot statx './denied': Permission denied
md5sum: ./directory: Is a directory
)",
                  paths);
    BOOST_TEST(answers[0].answered);
    BOOST_TEST(answers[0].size.value_or(99) == 5U);
    BOOST_TEST(answers[0].md5.value_or("") == sum_a);
    BOOST_TEST(answers[0].object.value().inode == 2U);
    BOOST_TEST(answers[0].object.value().changed_ns == 1'700'000'000'000'000'003);
    BOOST_TEST(answers[1].size.value_or(99) == 0U);
    BOOST_TEST(!answers[1].md5);
    for (std::size_t i : {2U, 3U, 4U}) {
        BOOST_TEST(answers[i].answered, paths[i]);
        BOOST_TEST(!answers[i].size, paths[i]);
    }
    // A time that is none of this program's is the nearest that is.
    const auto late = read_stat("\0005 81a4 1 2 9223372036854775807.000000001 ./file\0"s, "", paths)[0];
    BOOST_TEST(late.object.value().changed_ns == std::numeric_limits<std::int64_t>::max());
    // What could not be looked at is no absence: nothing may be concluded, and nothing deleted.
    for (std::size_t i : {5U, 6U}) BOOST_TEST(!answers[i].answered, paths[i]);
}

BOOST_AUTO_TEST_CASE(a_look_cut_short_or_garbled_says_nothing) {
    for (const auto& record :
         {"5 81a4 1 2 3.000000000 ./a"s, "81a4 1 2 3.0 ./a\0"s, "x 81a4 1 2 3.0 ./a\0"s, "5\0"s, "5 \0"s,
          "5 zz 1 2 3.0 ./a\0"s, "5 81a4 1 2 3 ./a\0"s, "5 81a4 1 2 ./a\0"s, "5 81a4 x 2 3.0 ./a\0"s, ""s,
          "\0005 81a4 1 2 3.0 ./a\0"s, "-5 81a4 1 2 3.0 ./a\0"s}) {
        const auto output = "a boot\0"s + record;
        const auto answer = read_stat(output, "", {"a"})[0];
        BOOST_TEST(!answer.answered, output);
        BOOST_TEST(!answer.size);
    }
    // What is listed under another name is another file.
    const auto other = read_stat("\0"s, "stat: cannot stat ./a: listed as A\n", {"a"})[0];
    BOOST_TEST(other.listed_as.value_or("") == "A");
    BOOST_TEST(!other.answered);
    // A symbolic link that leads nowhere is gone; `stat -L` says so.
    BOOST_TEST(read_stat("\0"s, "stat: cannot statx './a': No such file or directory\n", {"a"})[0].answered);
}

BOOST_AUTO_TEST_CASE(every_outcome_of_publishing_is_read) {
    std::vector<publish_item> items;
    for (const auto* path : {"p", "a b", "r\n", "s", "f", "q", "unsaid"})
        items.push_back({static_cast<file_id>(items.size() + 1), path, sum_a, std::nullopt});
    const auto fresh = [&] {
        publish_report report;
        report.outcomes.resize(items.size());
        report.details.resize(items.size());
        return report;
    };
    auto report = fresh();
    read_publish("Pp\0\0"s + "Aa b\0\0"s + "Rr\n\0/kept/r\n\0"s + "Ss\0\0"s + "Ff\0Permission denied\0"s +
                     "Qq\0\0"s + "Pelsewhere\0\0"s,
                 items, report);
    using outcome = publish_outcome;
    const std::vector<outcome> expected = {outcome::published,  outcome::already_there, outcome::replaced,
                                           outcome::superseded, outcome::refused,       outcome::unknown,
                                           outcome::unknown};
    BOOST_TEST(report.outcomes == expected, boost::test_tools::per_element());
    BOOST_TEST(report.details[2] == "/kept/r\n");
    BOOST_TEST(report.details[4] == "Permission denied");
    report = fresh();
    read_publish("K 3 1 99\0\0"s + "Qq\0\0"s, items, report);
    BOOST_TEST(report.outcomes[0] == outcome::published);
    BOOST_TEST(report.outcomes[1] == outcome::unknown);
    BOOST_TEST(report.outcomes[2] == outcome::published);
    // A record that was cut short publishes nothing.
    for (const auto& output : {"Pp"s, "Pp\0"s, "Pp\0half a note"s, "\0\0"s, "p\0\0"s, "K 1"s, "K 1\0"s,
                               "K\0\0"s, "K x 1\0\0"s, "K1\0\0"s}) {
        report = fresh();
        read_publish(output, items, report);
        BOOST_TEST(report.outcomes[0] == outcome::unknown, output);
    }
}

BOOST_AUTO_TEST_CASE(reasons_belong_to_the_program_and_the_path) {
    const std::vector<std::string> paths = {"a", "b c", "d: e"};
    const auto reasons = read_reasons(
        R"(md5sum: ./a: Permission denied
sh: ./a: not ours
md5sum: './b c': Is a directory
md5sum: './d: e': Input/output error
md5sum: ./elsewhere: x
md5sum: nonsense
stat: cannot statx './a': y
)",
        "md5sum", paths);
    BOOST_TEST(reasons[0].value_or("") == "Permission denied");
    BOOST_TEST(reasons[1].value_or("") == "Is a directory");
    BOOST_TEST(reasons[2].value_or("") == "Input/output error");
    BOOST_TEST(read_reasons("stat: cannot statx './a': No such file or directory", "stat", paths)[0].value_or(
                   "") == "No such file or directory");
    for (const auto& none : read_reasons("", "md5sum", paths)) BOOST_TEST(!none);
}

BOOST_AUTO_TEST_CASE(every_name_is_found_in_what_the_real_programs_say) {
    scratch_directory scratch;
    const auto names = odd_names();
    write_file(scratch / "list", dotted_list(names));
    const auto in = "cd " + scratch.path().string() + "/there && LC_ALL=C ";
    fs::create_directories(scratch / "there");
    const auto missing =
        read_reasons(shell(in + "xargs -0 md5sum -z -- <../list 2>&1 || true"), "md5sum", names);
    const auto unseen = read_stat(
        "", shell(in + "xargs -0 stat -L --printf '%s %f %d %i %.9Z %n\\0' -- <../list 2>&1 || true"), names);
    for (std::size_t i = 0; i < names.size(); ++i) {
        BOOST_TEST(missing[i].value_or("none") == "No such file or directory", names[i]);
        BOOST_TEST(unseen[i].answered, names[i]);
        BOOST_TEST(!unseen[i].size, names[i]);
    }
    for (const auto& name : names) write_file(scratch / "there" / name, name);
    const auto there = read_stat(
        shell(
            in +
            R"(printf '\0'; xargs -0 stat -L --printf '%s %f %d %i %.9Z %n\0' -- <../list; printf '\0'; xargs -0 md5sum -z -- <../list)"),
        "", names);
    for (std::size_t i = 0; i < names.size(); ++i) {
        BOOST_TEST(there[i].size.value_or(999) == names[i].size(), names[i]);
        BOOST_TEST(there[i].md5.value_or("none") == md5_of(names[i]), names[i]);
    }
}

BOOST_AUTO_TEST_SUITE_END()
