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
         {"run",     "add",     "add-local-files", "check",    "next",         "list",           "timecodes",
          "explain", "retry",   "ignore",          "unignore", "accept-clock", "accept-removal", "verify",
          "status",  "history", "reload",          "notify",   "token",        "doctor",         "far-side",
          "help"})
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
                                        {"history", s.archive, "--json"},
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

// Every key with what it means, its unit and its default; the example is a configuration.
BOOST_AUTO_TEST_CASE(the_manual_page_of_the_configuration_has_every_key_and_an_example_that_is_one) {
    site s;
    tool t(s);
    const auto man = t.run({"help", "--man-yaml"}).out;
    const auto example = read_file(tool::source_directory() / "conf/suprsync.yaml");
    static const std::regex key(R"(\n *(?:- )?#?([a-z_0-9]+): )");
    int keys = 0;
    for (std::sregex_iterator place(example.begin(), example.end(), key), end; place != end; ++place, ++keys)
        BOOST_TEST(holds(man, "\n\\fB" + (*place)[1].str() + "\\fR: "), (*place)[1].str());
    BOOST_TEST(keys > 40);
    BOOST_TEST(holds(man, "\\fBdelete_local_after\\fR: \\fITIME\\fR\nage (seconds since registration)"), man);
    BOOST_TEST(holds(man, "\nDefault: g+rwX,o+rX.\n"), man);
    const auto begins = man.find(".nf\n", man.find(".SH EXAMPLES")) + 4;
    auto typed =
        std::regex_replace(man.substr(begins, man.find("\n.fi", begins) - begins), std::regex(R"(\\-)"), "-");
    const auto file = (s.scratch / "example.yaml").string();
    // A key that is there.
    typed = std::regex_replace(typed, std::regex("ssh_key: .*"), "ssh_key: " + file);
    write_file(file, typed + "\n");
    const auto checked = t.run({"run", "--check-config", "--config", file});
    BOOST_TEST(checked.exit == exited_with(0), checked.err);
    BOOST_TEST(holds(checked.out, "archive smurf to /archive/smurf"), checked.out);
}

// What the daemon says, and what to do: made from its tables.
BOOST_AUTO_TEST_CASE(the_catalogue_of_messages_is_that_of_the_program) {
    site s;
    tool t(s);
    BOOST_TEST(
        (t.run({"help", "--messages"}).out == read_file(tool::source_directory() / "docs/messages.md")),
        "make it anew: suprsync help --messages > docs/messages.md");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
