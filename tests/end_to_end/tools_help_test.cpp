// The program's help, and the documents made from the table of commands.
#include <boost/test/unit_test.hpp>
#include <regex>

#include "tests/end_to_end/tool.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(tools_help)

namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::vector<std::string> commands_in(const std::string& help) {
    static const std::regex line(R"(\n  ([a-z][a-z-]*) +[a-z])");
    std::vector<std::string> names;
    for (std::sregex_iterator place(help.begin(), help.end(), line), end; place != end; ++place)
        names.push_back((*place)[1]);
    return names;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_command_has_its_help) {
    site s;
    tool t(s);
    const auto help = t.run({"--help"});
    BOOST_TEST(help.exit == exited_with(0));
    BOOST_TEST(t.run({"help"}).out == help.out);
    BOOST_TEST(t.run({"-h"}).out == help.out);
    const auto names = commands_in(help.out);
    for (const auto* name :
         {"run", "add", "add-local-files", "check", "next", "list", "timecodes", "explain", "retry", "ignore",
          "unignore", "accept-clock", "accept-removal", "status", "token", "help"})
        BOOST_TEST(std::count(names.begin(), names.end(), name) == 1, name);
    for (const auto& name : names) {
        const auto own = t.run({name, "--help"});
        BOOST_TEST(own.exit == exited_with(0), own.err);
        BOOST_TEST(own.out.starts_with("usage: suprsync " + name), own.out);
        BOOST_TEST(t.run({"help", name}).out == own.out);
        const auto unknown = t.run({name, "--no-such-option"});
        BOOST_TEST(unknown.exit == exited_with(2));
        BOOST_TEST(holds(unknown.err, "no-such-option"), unknown.err);
        BOOST_TEST(holds(unknown.err, "suprsync " + name + " --help"), unknown.err);
        BOOST_TEST(unknown.out == "");
    }
}

// A full disk behind a pipe or file must not look like an answer.
BOOST_AUTO_TEST_CASE(an_output_that_cannot_be_written_is_a_failure) {
    site s;
    tool t(s);
    s.catalog();
    s.add_file("a", "17000/a", "content");
    s.start();
    const auto path = (s.data / "a").string();
    const auto listen = s.options.at("--http-listen");
    std::vector<tool::arguments> all = {{"list", s.archive, "--all"},
                                        {"list", s.archive, "--all", "--json"},
                                        {"check", path},
                                        {"explain", path},
                                        {"explain", path, "--json"},
                                        {"status", "--http", listen},
                                        {"status", "--json", "--http", listen},
                                        {"timecodes", s.archive, "--json"},
                                        {"next", s.archive, "--json"},
                                        {"add", path, "17000/a", s.archive},
                                        {"help"},
                                        {"help", "--man"},
                                        {"--help"},
                                        {"--version"},
                                        {"run", "--help"},
                                        {"run", "--check-config"},
                                        {"doctor"}};
    for (auto& words : all) {
        if (words == tool::arguments{"doctor"} || words == tool::arguments{"run", "--check-config"})
            for (const auto& [name, value] : s.options) {
                words.push_back(name);
                if (!value.empty()) words.push_back(value);
            }
        const auto said = t.run_into("/dev/full", words);
        BOOST_TEST_CONTEXT(words.front() << " " << words.back()) {
            BOOST_TEST(said.exit == exited_with(1));
            BOOST_TEST(holds(said.err, "cannot write the output"), said.err);
        }
    }
    // Wrong usage stays wrong usage.
    BOOST_TEST(t.run_into("/dev/full", {"list"}).exit == exited_with(2));
}

BOOST_AUTO_TEST_CASE(wrong_first_words_are_refused) {
    site s;
    tool t(s);
    const auto none = t.run({});
    BOOST_TEST(none.exit == exited_with(2));
    BOOST_TEST(holds(none.err, "usage: suprsync COMMAND"), none.err);
    const auto unknown = t.run({"copy"});
    BOOST_TEST(unknown.exit == exited_with(2));
    BOOST_TEST(holds(unknown.err, "there is no command 'copy'"), unknown.err);
    BOOST_TEST(t.run({"help", "copy"}).exit == exited_with(2));
    BOOST_TEST(t.run({"help", "--man", "add"}).exit == exited_with(2));
    BOOST_TEST(t.run({"help", "--man", "--bash-completion"}).exit == exited_with(2));
}

BOOST_AUTO_TEST_CASE(the_version_has_the_number_and_what_came_after_its_tag) {
    site s;
    tool t(s);
    const auto told = t.run({"--version"}).out;
    static const std::regex form(R"(suprsync \d+\.\d+\.\d+(\+\d+\.g[0-9a-f]{7,})?\n)");
    BOOST_TEST(std::regex_match(told, form), told);
}

BOOST_AUTO_TEST_CASE(manual_page_and_completion_have_every_option_of_every_command) {
    site s;
    tool t(s);
    const auto man = t.run({"help", "--man"});
    const auto completion = t.run({"help", "--bash-completion"});
    for (const auto& name : commands_in(t.run({"--help"}).out)) {
        BOOST_TEST(holds(man.out, "\n.SS suprsync " + std::regex_replace(name, std::regex("-"), "\\-")),
                   name);
        const auto help = t.run({"help", name}).out;
        static const std::regex option(R"(\n  (?:-h \[ )?(--[a-z][a-z0-9-]*))");
        std::smatch begin;
        const std::regex list_of("\n        " + name + R"(\) options="([^"]*)\")");
        BOOST_REQUIRE(std::regex_search(completion.out, begin, list_of));
        const auto options = " " + begin[1].str() + " ";
        for (std::sregex_iterator place(help.begin(), help.end(), option), end; place != end; ++place)
            BOOST_TEST(holds(options, " " + (*place)[1].str() + " "), name + " " + (*place)[1].str());
    }
}

// The shell that is to understand the completion does.
BOOST_AUTO_TEST_CASE(bash_completes) {
    site s;
    tool t(s);
    write_file(s.scratch / "completion", t.run({"help", "--bash-completion"}).out);
    write_file(s.scratch / "ask", "source '" + (s.scratch / "completion").string() +
                                      R"('
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_suprsync
printf '%s\n' "${COMPREPLY[@]}"
)");
    const auto completes = [&](const std::string& words) {
        daemon_process bash({"/bin/bash", "-c", "bash '" + (s.scratch / "ask").string() + "' " + words}, {},
                            s.scratch / "completed");
        BOOST_TEST(bash.wait() == exited_with(0));
        const auto said = read_file(s.scratch / "completed");
        std::filesystem::remove(s.scratch / "completed");
        return said;
    };
    BOOST_TEST(completes("suprsync un") == "unignore\n");
    BOOST_TEST(completes("suprsync add") == "add\nadd-local-files\n");
    BOOST_TEST(completes("suprsync retry x --p") == "--prefix\n--patience\n");
    BOOST_TEST(holds(completes("suprsync run --max"), "--max-copy-attempts\n"));
    // Values of options that take one of a few words, and the operand of help.
    BOOST_TEST(completes("suprsync help un") == "unignore\n");
    BOOST_TEST(completes("suprsync help --m") == "--man\n");
    BOOST_TEST(completes("suprsync list x --state re") == "retrying\n");
    BOOST_TEST(completes("suprsync list x --state = ver") == "verified\n");
    BOOST_TEST(completes("suprsync run --log-format ''") == "text\njson\n");
    BOOST_TEST(completes("suprsync run --log-format =") == "text\njson\n");
    BOOST_TEST(holds(completes("suprsync doctor --log-level ''"), "debug\n"));
    BOOST_TEST(completes("suprsync run --recheck-remote m") == "md5\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
