// Quoting, proven by those who read it: a real sh, the real printf, coreutils and rsync.
#include "net/remote/shell_text.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/support/net/transport_fixture.hpp"

namespace fs = std::filesystem;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(shell_text)

namespace {

/// Every byte but NUL, alone and between others, and what shells are fond of.
std::vector<std::string> texts() {
    std::vector<std::string> all = {"",         " ",
                                    "plain",    "it's",
                                    "'",        "''",
                                    "'\\''",    "\"",
                                    "$HOME",    "${x}",
                                    "$(id)",    "`id`",
                                    "a;b",      "a\nb",
                                    "\n",       "trailing\n",
                                    "\\",       "\\\\",
                                    "\\n",      "\\0101",
                                    "-n",       "--",
                                    "*",        "~",
                                    "#x",       "!x",
                                    "%s%n",     "a  b",
                                    "{a,b}",    "\xc3\xbc\xe6\x97\xa5",
                                    "\xff\xfe", "a'b\"c$d`e\\f",
                                    "x=y",      "&|<>()",
                                    "\\c",      "\\#012"};
    std::string everything;
    for (int byte = 1; byte < 256; ++byte) everything += static_cast<char>(static_cast<unsigned char>(byte));
    all.push_back(everything);
    for (char c : everything) all.push_back(std::string(1, c));
    return all;
}

/// What a script file prints, to the last byte.
std::string output_of(const scratch_directory& scratch, const std::string& script,
                      const std::string& by = "sh") {
    write_file(scratch / "script", script);
    shell("cd " + scratch.path().string() + " && LC_ALL=C " + by + " script >output");
    return read_file(scratch / "output");
}

std::string joined(const std::vector<std::string>& records) {
    std::string all;
    for (const auto& record : records) all.append(record).push_back('\0');
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_quoted_word_is_one_word_to_sh_and_bash) {
    scratch_directory scratch;
    for (const auto& word_of : {shell_quoted, command_word}) {
        std::string script = "printf '%s\\0'";
        for (const auto& text : texts()) script += " " + word_of(text);
        for (const char* by : {"sh", "bash"})
            BOOST_TEST((output_of(scratch, script + "\n", by) == joined(texts())), by);
    }
    BOOST_TEST(command_word("smurf-1_b.c/d") == "smurf-1_b.c/d");
    BOOST_TEST(command_word("two words") == "'two words'");
    BOOST_TEST(command_word("") == "''");
}

BOOST_AUTO_TEST_CASE(an_assignment_assigns_and_does_nothing_else) {
    scratch_directory scratch;
    std::string script;
    for (const auto& text : texts()) script += assignment("x", text) + "printf '%s\\0' \"$x\"\n";
    BOOST_TEST((output_of(scratch, script) == joined(texts())));
}

BOOST_AUTO_TEST_CASE(encoded_text_is_made_of_harmless_letters_and_comes_back) {
    scratch_directory scratch;
    std::string script;
    for (const auto& text : texts()) {
        const auto encoded = percent_b_encoded(text);
        BOOST_TEST(encoded.find_first_not_of(
                       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-\\") ==
                   std::string::npos);
        // As the receiver's wrapper does it: the point keeps trailing newlines.
        script += "d=$(printf %b. '" + encoded + "'); printf '%s\\0' \"${d%.}\"\n";
    }
    for (const char* by : {"sh", "bash"}) BOOST_TEST((output_of(scratch, script, by) == joined(texts())), by);
    BOOST_TEST(percent_b_encoded("/data/a-b_c.1") == "/data/a-b_c.1");
}

BOOST_AUTO_TEST_CASE(rsync_takes_its_remote_shell_apart_as_meant) {
    scratch_directory scratch;
    // The "remote shell" writes its first arguments down and fails.
    write_file(scratch / "a shell's \"name\"",
               "#!/bin/sh\nfor word do\n[ \"$word\" = end ] && exit 1\nprintf '%s\\0' \"$word\"\ndone >>" +
                   (scratch / "words").string() + "\n");
    fs::permissions(scratch / "a shell's \"name\"", fs::perms::owner_all);
    write_file(scratch / "file", "x");
    std::vector<std::string> words;
    for (const auto& text : texts())
        // Longer command lines than ours are; rsync takes 100 words at most.
        if (!text.empty() && (text.size() > 1 || std::string("'\" \\$\n").find(text) != std::string::npos))
            words.push_back(text);
    std::string command = rsh_quoted((scratch / "a shell's \"name\"").string());
    for (const auto& word : words) command += " " + rsh_quoted(word);
    command += " end";
    write_file(scratch / "run", "rsync -e " + shell_quoted(command) + " " + (scratch / "file").string() +
                                    " localhost:x 2>/dev/null\n");
    shell("sh " + (scratch / "run").string() + " || true");
    BOOST_TEST((read_file(scratch / "words") == joined(words)));
}

BOOST_AUTO_TEST_CASE(names_in_messages_of_coreutils_are_read_back) {
    scratch_directory scratch;
    for (const auto& text : texts()) {
        if (text.empty() || text.find('/') != std::string::npos) continue;
        write_file(scratch / "script", "cd " + scratch.path().string() + "; LC_ALL=C md5sum -- " +
                                           shell_quoted("./" + text) + " 2>&1 >/dev/null\n");
        auto line = shell("sh " + (scratch / "script").string() + " || true");
        const std::string_view start = "md5sum: ";
        const std::string_view end = ": No such file or directory";
        if (!line.ends_with(end)) continue;  // "./." is a directory
        BOOST_REQUIRE(line.starts_with(start));
        line = line.substr(start.size(), line.size() - start.size() - end.size());
        BOOST_TEST(line.find('\n') == std::string::npos);
        BOOST_TEST((coreutils_unquoted(line) == "./" + text), line);
    }
    BOOST_TEST(coreutils_unquoted("'a'$'\\n''b'") == "a\nb");
    BOOST_TEST(coreutils_unquoted("\"it's\"") == "it's");
    BOOST_TEST(coreutils_unquoted("'it'\\''s'") == "it's");
    BOOST_TEST(coreutils_unquoted("'\\'$'\\303\\274'") == "\\\xc3\xbc");
    BOOST_TEST(coreutils_unquoted("plain") == "plain");
    // What was cut short ends somehow.
    for (const char* cut : {"'a", "\"", "$'\\", "$'\\0", "\\", "$'", "'a'$'\\n"}) coreutils_unquoted(cut);
}

BOOST_AUTO_TEST_CASE(escapes_of_rsync_are_undone) {
    BOOST_TEST(rsync_unescaped("a\\#012b") == "a\nb");
    BOOST_TEST(rsync_unescaped("\\#134#012") == "\\#012");
    BOOST_TEST(rsync_unescaped("\\#377") == "\xff");
    for (const char* same : {"", "\\", "\\#", "\\#0", "\\#01", "\\#089", "\\#8", "#012", "a\\b"})
        BOOST_TEST(rsync_unescaped(same) == same);
}

BOOST_AUTO_TEST_CASE(a_byte_is_read_of_at_most_three_octal_digits) {
    const auto read = [](std::string_view text, std::size_t least) {
        const auto byte = take_octal_byte(text, least);
        return (byte ? std::string("<") + *byte + ">" : "none") + std::string(text);
    };
    BOOST_TEST(read("0413", 3) == "<!>3");
    BOOST_TEST(read("41", 3) == "none41");
    BOOST_TEST(read("41x", 3) == "none41x");
    BOOST_TEST(read("41x", 1) == "<!>x");
    for (const char* none : {"", "x", "8", "-41", "+41", " 41"})
        BOOST_TEST(read(none, 1) == "none" + std::string(none));
    for (unsigned byte = 0; byte < 256; ++byte) {
        const std::string digits = {static_cast<char>('0' + byte / 64), static_cast<char>('0' + byte / 8 % 8),
                                    static_cast<char>('0' + byte % 8)};
        std::string_view text = digits;
        BOOST_TEST((take_octal_byte(text) == static_cast<char>(static_cast<unsigned char>(byte))), digits);
    }
}

BOOST_AUTO_TEST_SUITE_END()
