// What bash, zsh and fish complete, asked of the shells themselves: commands, options, their words, names of
// archives.
#include <boost/test/unit_test.hpp>
#include <set>
#include <sstream>

#include "tests/end_to_end/tool.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(completion)

namespace {

using offers = std::set<std::string>;

// Reads what was offered, a line each; blanks behind escaped names stay.
offers lines_of(const std::string& text, const std::string& mark = "") {
    offers all;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        while (!line.empty() && line.back() == '\r') line.pop_back();
        if (const auto at = line.find(mark); !line.empty() && at != std::string::npos)
            all.insert(line.substr(at + mark.size()));
    }
    return all;
}

// Archives "smurf" and "two words" of a configuration, "hk" of its catalog.
struct shells : site {
    tool t{*this};
    const fs::path etc = scratch / "etc";

    shells() {
        fs::create_directory(etc);
        write_file(etc / "x.yaml", "db_path: " + database.string() +
                                       "\nsuprsync_file_root: " + finalization_root.string() +
                                       "\narchives:\n  - {name: smurf, remote_basedir: /archive/a}\n" +
                                       "  - {name: two words, remote_basedir: /archive/b}\n");
        t.environment["SUPRSYNC_DB"] = "";
        t.environment["SUPRSYNC_CONFIG"] = (etc / "x.yaml").string();
        catalog_row row;
        row.local_path = "/data/x";
        row.remote_path = "17000/x";
        row.archive_name = "hk";
        catalog().insert(row);
        fs::create_symlink(t.command({}).front(), scratch / "bin/suprsync");
        t.environment["PATH"] = environment.at("PATH");
        fs::create_directory(scratch / "functions");
        write_file(scratch / "functions/_suprsync", t.run({"help", "--zsh-completion"}).out);
        write_file(scratch / "bash", t.run({"help", "--bash-completion"}).out);
        write_file(scratch / "fish", t.run({"help", "--fish-completion"}).out);
        write_file(scratch / "some-file", "");
    }
    // Of a script with the command line as its last argument; nothing may be said beside.
    std::string said_by(const std::string& shell, const std::string& script, const std::string& line) {
        write_file(scratch / "script", script);
        auto environment_of_shell = t.environment;
        environment_of_shell["HOME"] = scratch.path().string();
        environment_of_shell["TERM"] = "dumb";
        environment_of_shell["LINE"] = line;
        fs::remove(scratch / "said");
        daemon_process program({"/bin/sh", "-c",
                                "cd '" + scratch.path().string() + "' && exec " + shell + " '" +
                                    (scratch / "script").string() + "'"},
                               environment_of_shell, scratch / "said");
        const auto end = program.wait();
        BOOST_TEST(end == exited_with(0), program.log());
        return read_file(scratch / "said");
    }
    // `words` are as bash splits a command line.
    offers bash(const std::string& words) {
        return lines_of(said_by("bash --norc", R"bash(source ./bash
eval "COMP_WORDS=($LINE)"
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_suprsync
[ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}"
)bash",
                                words));
    }
    offers fish(const std::string& line) {
        offers all;
        for (const auto& one :
             lines_of(said_by("fish --no-config", "source ./fish\ncomplete -C \"$LINE\"\n", line)))
            all.insert(one.substr(0, one.find('\t')));
        return all;
    }
    // Completion is a matter of its line editor, so it is asked on a terminal; what it would add is printed.
    offers zsh(const std::string& line) {
        write_file(scratch / "zsh-setup", R"(PROMPT= RPROMPT=
fpath=($PWD/functions $fpath)
autoload -U compinit
compinit -u -D
zstyle ':completion:*' insert-tab false
zstyle ':completion:*' verbose no
compadd() {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
        builtin compadd "$@"
        return
    fi
    local -a hits
    builtin compadd -O hits "$@"
    (( $#hits )) && print -rl -- "OFFER:"${^hits}
    builtin compadd "$@"
}
finish() { print; print FINISHED; exit }
comppostfuncs=(finish)
print READY
)");
        return lines_of(said_by("zsh -f", R"zsh(zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'source ./zsh-setup'
zpty -r z seen '*READY*'
zpty -w -n z "$LINE"$'\t'
zpty -r z seen '*FINISHED*'
print -r -- "$seen"
)zsh",
                                line),
                        "OFFER:");
    }
};

bool has(const offers& all, const std::string& one) { return all.contains(one); }

}  // namespace

BOOST_FIXTURE_TEST_CASE(commands_and_options_are_completed, shells) {
    for (const auto ask : {&shells::bash, &shells::zsh, &shells::fish}) {
        const auto offered = [&](const std::string& line) { return (this->*ask)(line); };
        BOOST_TEST((offered("suprsync un") == offers{"unignore"}));
        BOOST_TEST((offered("suprsync add") == offers{"add", "add-local-files"}));
        BOOST_TEST((offered("suprsync retry x --p") == offers{"--patience", "--prefix"}));
        BOOST_TEST(has(offered("suprsync run --max"), "--max-copy-attempts"));
        BOOST_TEST(has(offered("suprsync doctor --fr"), "--from-agent"));
        BOOST_TEST((offered("suprsync doctor --reb") == offers{"--rebuild-side-tables"}));
        BOOST_TEST((offered("suprsync doctor --un") == offers{"--unit"}));
        // The name of an account, of which none is offered, and no option.
        BOOST_TEST(offered("suprsync doctor --user roo").empty());
        // Values of options that take one of a few words, and the operand of help.
        BOOST_TEST((offered("suprsync help un") == offers{"unignore"}));
        BOOST_TEST((offered("suprsync list x --state re") == offers{"retrying"}));
        BOOST_TEST((offered("suprsync run --recheck-remote m") == offers{"md5"}));
    }
    BOOST_TEST((bash("suprsync list x --state = ver") == offers{"verified"}));
    BOOST_TEST((bash("suprsync run --log-format ''") == offers{"json", "text"}));
    BOOST_TEST((bash("suprsync run --log-format =") == offers{"json", "text"}));
    BOOST_TEST((zsh("suprsync list x --state=ver") == offers{"verified"}));
    BOOST_TEST((fish("suprsync list x --state=ver") == offers{"--state=verified"}));
}

BOOST_FIXTURE_TEST_CASE(names_of_archives_are_completed, shells) {
    for (const auto ask : {&shells::bash, &shells::zsh, &shells::fish}) {
        const auto offered = [&](const std::string& line) { return (this->*ask)(line); };
        BOOST_TEST((offered("suprsync list sm") == offers{"smurf"}));
        BOOST_TEST((offered("suprsync retry --patience 3 h") == offers{"hk"}));
        BOOST_TEST((offered("suprsync add some-file 17000/x h") == offers{"hk"}));
        BOOST_TEST(has(offered("suprsync add some"), "some-file"));
        BOOST_TEST(offered("suprsync timecodes zz").empty());
        // As the command line says where they are.
        const auto none = offered("suprsync list --config /none --db /none ");
        BOOST_TEST(!has(none, "smurf"));
        BOOST_TEST(!has(none, "hk"));
    }
    BOOST_TEST((bash("suprsync list tw") == offers{"two\\ words"}));
    // Half of it escaped, or within quotes: as bash has the word.
    BOOST_TEST((bash("suprsync list 'two\\ w'") == offers{"two\\ words"}));
    BOOST_TEST((bash("suprsync list '\"two w'") == offers{"two words"}));
    BOOST_TEST((bash("suprsync list \"'tw\"") == offers{"two words"}));
    BOOST_TEST((zsh("suprsync list tw") == offers{"two words"}));
    BOOST_TEST((fish("suprsync list tw") == offers{"two words"}));
}

// A name is text, and never what a shell would make of it.
BOOST_FIXTURE_TEST_CASE(a_hostile_name_is_only_a_name, shells) {
    for (const auto* name : {"$(touch pwned)", "`touch pwned`", "a'b\"c", "-rf", "*"}) {
        catalog_row row;
        row.local_path = "/data/x";
        row.remote_path = std::string("17000/") + name;
        row.archive_name = name;
        catalog().insert(row);
    }
    BOOST_TEST(has(bash("suprsync list ''"), "\\$\\(touch\\ pwned\\)"));
    BOOST_TEST((bash("suprsync list '\"$'") == offers{}));
    BOOST_TEST((bash("suprsync list '\"a'") == offers{}));
    BOOST_TEST((bash("suprsync list \"'a\"") == offers{}));
    BOOST_TEST(has(bash("suprsync list \"'$\""), "$(touch pwned)"));
    BOOST_TEST(has(zsh("suprsync list "), "$(touch pwned)"));
    BOOST_TEST(has(fish("suprsync list "), "$(touch pwned)"));
    BOOST_TEST(!fs::exists(scratch / "pwned"));
}

BOOST_FIXTURE_TEST_CASE(archives_that_cannot_be_known_are_none_and_nothing_is_said, shells) {
    const auto names = [&](const tool::arguments& more) {
        tool::arguments words{"help", "--archives"};
        words.insert(words.end(), more.begin(), more.end());
        return t.run(words);
    };
    BOOST_TEST(names({}).out == "hk\nsmurf\ntwo words\n");
    write_file(etc / "x.yaml", "no: configuration");
    for (const auto& more :
         {tool::arguments{}, {"--config", "/none"}, {"--db", "/none"}, {"--db", (etc / "x.yaml").string()}}) {
        const auto said = names(more);
        BOOST_TEST(said.exit == exited_with(0));
        BOOST_TEST(said.out == "");
        BOOST_TEST(said.err == "");
    }
    // What a daemon prepared, also while another program writes.
    t.environment["SUPRSYNC_CONFIG"] = "";
    t.environment["SUPRSYNC_DB"] = database.string();
    t.prepare_catalog();
    catalog().execute("BEGIN IMMEDIATE");
    BOOST_TEST(names({}).out == "hk\n");
    catalog().execute("ROLLBACK");
    BOOST_TEST(t.run({"help", "--db", "x"}).exit == exited_with(2));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
