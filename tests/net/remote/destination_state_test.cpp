// Reading what `prepare` answered: every record, every refusal, and answers that are none.
#include "net/remote/destination_state.hpp"

#include <boost/test/unit_test.hpp>
#include <ostream>

#include "tests/support/net/printing.hpp"
#include "tests/support/net/transport_fixture.hpp"

using namespace suprsync;
using namespace suprsync::test;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(destination_states)

namespace {

using code = failure_code;

std::string answer(const std::vector<std::string>& records) {
    std::string text;
    for (const auto& record : records) text.append(record).push_back('\0');
    return text;
}

result<prepare_answer> read(const std::vector<std::string>& records) {
    return read_prepare("suprsync\0"s + answer(records), "user@host:/base");
}

failure refusal(const std::vector<std::string>& records) {
    const auto found = read(records);
    BOOST_REQUIRE(found.has_error());
    return found.error();
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_clock_there_is_read_and_whose_it_is) {
    const std::vector<std::string> base{"B/base", "I1 2", "Rno"};
    auto records = base;
    BOOST_TEST(!read(records)->facts.clock.has_value());
    records.insert(records.end(), {"T1700000000", "k6f1c-2", "d77"});
    BOOST_TEST(read(records)->facts.device == 77U);
    BOOST_TEST(read(records)->facts.clock.value() == 1'700'000'000);
    BOOST_TEST(read(records)->facts.boot == "6f1c-2");
    records = base;
    for (const auto* wrong : {"Tnan", "Tinf", "T-1", "T99999999999999999", "T17 5"}) {
        records.push_back(wrong);
        BOOST_TEST(!read(records)->facts.clock.has_value(), wrong);
    }
    records = base;
    records.insert(records.end(), {"T", "k"});
    BOOST_TEST(!read(records)->facts.clock.has_value());
    BOOST_TEST(read(records)->facts.boot.empty());
}

BOOST_AUTO_TEST_CASE(a_whole_answer_is_read) {
    const auto found =
        read({"C", "B/real/ba se\n", "I1a2b3c 18446744073709551615", "S/real/.suprsync/u/data", "Ldirectory",
              "F0 5 17000/a", "F3 18446744073709551615 17000/ new\nline ", "F12 0 -rf", "H12", "H3"});
    BOOST_REQUIRE(found.has_value());
    const auto& facts = found->facts;
    BOOST_TEST(facts.base == "/real/ba se\n");
    BOOST_TEST(facts.base_created);
    BOOST_TEST(facts.identity.file_system == "1a2b3c");
    BOOST_TEST(facts.identity.inode == 18446744073709551615U);
    BOOST_TEST(facts.staging == "/real/.suprsync/u/data");
    BOOST_TEST(facts.staging_refused.empty());
    BOOST_TEST(found->lock_style == "directory");
    BOOST_REQUIRE(facts.staged.size() == 3U);
    BOOST_TEST(facts.staged[0].slot == 0);
    BOOST_TEST(facts.staged[0].size == 5U);
    BOOST_TEST(facts.staged[0].remote_path == "17000/a");
    BOOST_TEST(facts.staged[1].slot == 3);
    BOOST_TEST(facts.staged[1].size == 18446744073709551615U);
    BOOST_TEST(facts.staged[1].remote_path == "17000/ new\nline ");
    BOOST_TEST(facts.staged[2].slot == 12);
    BOOST_TEST(facts.staged[2].remote_path == "-rf");
    BOOST_TEST((facts.locked_slots == std::vector{12, 3}));
}

BOOST_AUTO_TEST_CASE(refused_staging_says_why_and_what_to_set) {
    const auto found = read({"B/base", "I1 2", "R/base is a mount point"});
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST(!found->facts.base_created);
    BOOST_TEST(found->facts.staging.empty());
    BOOST_TEST(found->facts.staging_refused.starts_with("/base is a mount point"));
    BOOST_TEST(found->facts.staging_refused.find("remote_staging_dir") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_refusal_has_its_code) {
    BOOST_TEST(refusal({"N"}).code == code::base_missing);
    BOOST_TEST(refusal({"B/base", "I1 2", "X"}).code == code::base_changed);
    BOOST_TEST(refusal({"B/base", "I1 2", "Wthe account there may not write in it"}).code ==
               code::not_permitted);
    BOOST_TEST(refusal({"EPermission denied"}).code == code::not_permitted);
    BOOST_TEST(refusal({"ERead-only file system"}).code == code::not_permitted);
    BOOST_TEST(refusal({"EOperation not permitted"}).code == code::not_permitted);
    BOOST_TEST(refusal({"EStale file handle"}).code == code::io);
    BOOST_TEST(refusal({"E/x cannot be made: No space left on device"}).code == code::no_space);
    BOOST_TEST(refusal({"E/x cannot be made: Disk quota exceeded"}).code == code::no_space);
    BOOST_TEST(refusal({"Eit is not a directory"}).code == code::io);
    for (const auto* record : {"N", "X", "Wno", "Eno", "W", "E"}) {
        const auto why = refusal({record});
        BOOST_TEST(why.subject == "user@host:/base");
        BOOST_TEST(!why.detail.empty());
    }
}

BOOST_AUTO_TEST_CASE(what_is_incomplete_or_foreign_is_no_answer) {
    const std::vector<std::string> whole = {"B/base", "I1 2", "S/staging", "Ldirectory"};
    BOOST_REQUIRE(read(whole).has_value());
    for (const auto& records : std::vector<std::vector<std::string>>{{},
                                                                     {""},
                                                                     {"B/base"},
                                                                     {"B/base", "I1 2"},
                                                                     {"I1 2", "S/staging"},
                                                                     {"B/base", "S/staging"},
                                                                     {"B", "I1 2", "S/staging"},
                                                                     {"B/base", "I", "S/staging"}}) {
        const auto found = read(records);
        BOOST_REQUIRE(found.has_error());
        BOOST_TEST(found.error().code == code::io);
        BOOST_TEST(found.error().text().find("login shell") != std::string::npos);
    }
    // A login shell that prints, whatever it is: rsync would not work either.
    for (const auto& printed : {"Welcome to host!\n"s, "N\0"s, "\0"s, "suprsync"s, "suprsync "s}) {
        const auto found = read_prepare(printed + "suprsync\0"s + answer(whole), "/base");
        BOOST_REQUIRE(found.has_error());
        BOOST_TEST(found.error().text().find("login shell") != std::string::npos);
    }
    // Cut at any byte: never more than was said.
    const auto text = "suprsync\0"s + answer(whole);
    for (std::size_t n = 0; n < text.size() - "Ldirectory"s.size() - 1; ++n)
        BOOST_TEST(read_prepare(text.substr(0, n), "/base").has_error(), n);
    // Records that are garbled are left out.
    const auto found = read({"B/base", "I1 2", "S/staging", "Fx 1 a", "F1 x a", "F", "F1", "?what"});
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST(found->facts.staged.empty());
}

BOOST_AUTO_TEST_CASE(settings_reach_a_script_as_they_are) {
    destination_state state;
    state.base = "/ba'se $(x)\n";
    state.identity = "1a 2";
    state.lock_style = "file";
    state.modes = {"0002", "g+s"};
    BOOST_TEST(state.direct());
    state.staging = "/sta \"ging\"`y`";
    BOOST_TEST(!state.direct());
    BOOST_TEST(state.slot_path(3) == state.staging + "/in/3");
    scratch_directory scratch;
    write_file(
        scratch / "script",
        state.settings() +
            "printf '%s\\0' \"$base\" \"$identity\" \"$in\" \"$lock_style\" \"$kept\" \"$directory_mask\" \"$directory_special\"\n");
    shell("sh " + (scratch / "script").string() + " >" + (scratch / "output").string());
    BOOST_TEST((read_file(scratch / "output") ==
                answer({state.base, state.identity, state.in(), "file", state.kept(), "0002", "g+s"})));
}

BOOST_AUTO_TEST_SUITE_END()
