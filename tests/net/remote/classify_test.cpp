// What the end of a process means, as one table: every exit status that rsync(1) knows, those of remote
// commands and of ssh, signals, our own limits, and texts that overrule or must not overrule a status.
#include "net/remote/classify.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <set>

#include "tests/net/remote/classified.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(classifying)

namespace {

const std::map<int, meaning>& statuses_of_rsync() {
    static const std::map<int, meaning> table = {
        {0, finished},                 // success
        {1, code::io},                 // syntax or usage
        {2, code::io},                 // protocol incompatibility
        {3, code::io},                 // selecting input or output files
        {4, code::io},                 // action not supported
        {5, code::connection},         // starting the client-server protocol
        {6, code::io},                 // daemon cannot append to its log
        {10, code::connection},        // socket
        {11, code::io},                // file I/O
        {12, code::connection},        // protocol data stream
        {13, code::io},                // diagnostics
        {14, code::io},                // IPC
        {15, code::io},                // sibling crashed
        {16, code::io},                // sibling was killed
        {19, code::io},                // SIGUSR1
        {20, code::connection},        // SIGINT, SIGTERM, SIGHUP
        {21, code::io},                // waitpid
        {22, code::io},                // memory
        {23, finished},                // partial transfer: each file is judged by its own sum
        {24, finished},                // source files vanished
        {25, finished},                // --max-delete
        {30, code::stalled},           // --timeout
        {35, code::connection},        // waiting for a daemon connection
        {86, code::slot_busy},         // of our receiver
        {87, code::base_changed},      //
        {88, code::base_missing},      //
        {89, code::io},                //
        {124, code::missing_program},  // command failed, killed, not runnable, not found: of the remote shell
        {126, code::missing_program},  //
        {127, code::missing_program},  //
        {255, code::connection},       // ssh
    };
    return table;
}

const std::map<int, meaning>& statuses_of_commands() {
    static const std::map<int, meaning> table = {
        {0, finished},
        {86, code::slot_busy},
        {87, code::base_changed},
        {88, code::base_missing},
        {89, code::io},
        {123, finished},  // xargs: some of its commands failed
        {124, code::timed_out},
        {126, code::missing_program},
        {127, code::missing_program},
        {129, code::connection},
        {137, code::timed_out},
        {141, code::connection},
        {143, code::connection},
        {255, code::connection},
    };
    return table;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_exit_status_of_rsync) {
    for (int status = 0; status < 256; ++status) {
        const auto known = statuses_of_rsync().find(status);
        const meaning expected = known == statuses_of_rsync().end() ? meaning(code::io) : known->second;
        BOOST_TEST(of(program_kind::rsync, status) == expected, "exit status " << status);
        BOOST_TEST(ended(program_kind::rsync, exited{status}).exit_class == std::to_string(status));
    }
}

BOOST_AUTO_TEST_CASE(every_exit_status_of_a_remote_command) {
    for (int status = 0; status < 256; ++status) {
        const auto known = statuses_of_commands().find(status);
        const meaning expected = known == statuses_of_commands().end() ? meaning(code::io) : known->second;
        BOOST_TEST(of(program_kind::remote_command, status) == expected, "exit status " << status);
    }
}

BOOST_AUTO_TEST_CASE(what_is_said_of_every_file_may_be_of_the_file_system) {
    using said = std::vector<std::optional<std::string>>;
    const std::string stale = "[receiver] open \"a\" failed: Stale file handle (116)";
    const std::string broken = "[generator] mkdir \"a\" failed: Input/output error (5)";
    for (const auto& all : {said{stale}, said{stale, stale}, said{broken, broken}, said{stale, broken},
                            said{"a: Read-only file system"}, said{"a: Transport endpoint is not connected"}})
        BOOST_TEST(file_system_error(all).value_or("") == all.front().value_or("?"));
    for (const auto& some : {said{}, said{std::nullopt}, said{stale, std::nullopt}, said{broken},
                             said{stale, "[receiver] mkstemp \"b\" failed: Permission denied (13)"},
                             said{"[sender] send_files failed to open \"/a\": Stale file handle (116)"}})
        BOOST_TEST(!file_system_error(some).has_value());
}

BOOST_AUTO_TEST_CASE(every_end_of_the_connection_is_a_loss_of_the_link) {
    for (int status = 0; status < 256; ++status) {
        const bool no_ssh = status == 126 || status == 127;
        BOOST_TEST(of(program_kind::connection, status) ==
                       meaning(no_ssh ? code::missing_program : code::connection),
                   "exit status " << status);
    }
    // What it says of disks is not ours.
    BOOST_TEST(of(program_kind::connection, 255, "write: No space left on device\n") ==
               meaning(code::connection));
}

BOOST_AUTO_TEST_CASE(a_signal_is_a_loss_of_the_link) {
    for (auto kind : {program_kind::rsync, program_kind::remote_command, program_kind::connection})
        for (int signal : {1, 2, 6, 9, 11, 13, 15, 64}) {
            const auto end = ended(kind, signaled{signal});
            BOOST_TEST(code_of(end) == meaning(code::connection));
            BOOST_TEST(end.exit_class == "signal " + std::to_string(signal));
            BOOST_TEST(end.error->detail.find("signal " + std::to_string(signal)) != std::string::npos);
        }
    // Ended by signal 15 and exit status 15 are not the same.
    BOOST_TEST(ended(program_kind::rsync, exited{15}).exit_class == "15");
    BOOST_TEST(code_of(ended(program_kind::rsync, signaled{15}, "rsync: suprsync\nsuprsync: slot busy\n")) ==
               meaning(code::slot_busy));
}

BOOST_AUTO_TEST_CASE(our_own_limits_come_before_every_status_and_text) {
    const std::map<ended_by, std::pair<failure_code, std::string>> causes = {
        {ended_by::stop, {code::stopped, "stopped"}},
        {ended_by::time_limit, {code::timed_out, "timed out"}},
        {ended_by::stall, {code::stalled, "stalled"}},
    };
    for (const auto& [cause, expected] : causes)
        for (auto kind : {program_kind::rsync, program_kind::remote_command, program_kind::connection})
            for (const exit_status& status :
                 {exit_status(exited{0}), exit_status(exited{23}), exit_status(exited{86}),
                  exit_status(signaled{9}), exit_status(signaled{15})})
                for (std::string_view error :
                     {"", "rsync: write failed on \"x\": No space left on device (28)\n"}) {
                    const auto end = ended(kind, status, error, cause);
                    BOOST_TEST(code_of(end) == meaning(expected.first));
                    BOOST_TEST(end.exit_class == expected.second);
                }
}

BOOST_AUTO_TEST_CASE(a_full_disk_overrules_failures_and_single_files_but_no_success) {
    for (std::string_view full :
         {"rsync: [receiver] write failed on \"/b/x\": No space left on device (28)\n",
          "rsync: [receiver] mkstemp \"/b/.x.abcdef\" failed: Disk quota exceeded (122)\n",
          "cp: error writing './x': No space left on device\r\n",
          "mkdir: cannot create directory 'a': Disk quota exceeded  \nmore\n"}) {
        BOOST_TEST(says_no_space(full), full);
        for (auto kind : {program_kind::rsync, program_kind::remote_command})
            for (int status : {1, 3, 11, 12, 20, 24, 123, 255})
                BOOST_TEST(of(kind, status, full) == meaning(code::no_space), status << " " << full);
        BOOST_TEST(of(program_kind::rsync, 23, full) == meaning(code::no_space));
        BOOST_TEST(of(program_kind::rsync, 0, full) == meaning(finished));
        BOOST_TEST(code_of(ended(program_kind::rsync, signaled{9}, full)) == meaning(code::no_space));
    }
    BOOST_TEST(says_no_space("No space left on device"));
    BOOST_TEST(says_no_space("Disk quota exceeded"));
}

BOOST_AUTO_TEST_CASE(names_that_hold_such_words_decide_nothing) {
    for (
        std::string_view error :
        {"rsync: [sender] link_stat \"/l/No space left on device\" failed: No such file or directory (2)\n",
         "rsync: [sender] link_stat \"/l/: No space left on device (28)\" failed: No such file or directory (2)\n",
         "md5sum: './17000/Disk quota exceeded': No such file or directory\n",
         "cannot delete non-empty directory: 17000/No space left on device\n",
         "cannot delete non-empty directory: 17000/x: No space left on device\n",
         "could not make way for new regular file: 17000/a: Disk quota exceeded\n",
         "suprsync: slot busy, says a name\n", "\"suprsync: slot busy\"\n",
         "rsync: [sender] link_stat \"/l/Failed to exec ssh\" failed: No such file or directory (2)\n",
         "rsync: [sender] send_files failed to open \"/l/Permission denied (13)\": Input/output error (5)\n"}) {
        BOOST_TEST(!says_no_space(error), error);
        BOOST_TEST(of(program_kind::rsync, 23, error) == meaning(finished), error);
        BOOST_TEST(of(program_kind::rsync, 12, error) == meaning(code::connection), error);
        BOOST_TEST(of(program_kind::rsync, 11, error) == meaning(code::io), error);
        BOOST_TEST(of(program_kind::remote_command, 123, error) == meaning(finished), error);
        BOOST_TEST(of(program_kind::remote_command, 255, error) == meaning(code::connection), error);
    }
}

BOOST_AUTO_TEST_CASE(a_busy_slot_is_known_by_its_text_where_the_status_is_lost) {
    for (int status : {1, 12, 20, 86, 255}) {
        const auto end = ended(program_kind::rsync, exited{status},
                               "suprsync: slot busy\nrsync: connection unexpectedly closed (0 bytes)\n");
        BOOST_TEST(code_of(end) == meaning(code::slot_busy));
    }
    BOOST_TEST(of(program_kind::rsync, 0, "suprsync: slot busy\n") == meaning(finished));
    BOOST_TEST(of(program_kind::rsync, 23, "suprsync: slot busy\n") == meaning(finished));
}

BOOST_AUTO_TEST_CASE(what_is_not_permitted_or_not_installed_is_known_by_its_text) {
    const std::string denied = "rsync: [Receiver] mkdir \"/b/0\" failed: Permission denied (13)\n";
    BOOST_TEST(of(program_kind::rsync, 3, denied) == meaning(code::not_permitted));
    BOOST_TEST(of(program_kind::rsync, 11, denied) == meaning(code::not_permitted));
    BOOST_TEST(of(program_kind::rsync, 23, denied) == meaning(finished));
    BOOST_TEST(of(program_kind::rsync, 255, "user@host: Permission denied (publickey).\n") ==
               meaning(code::connection));
    for (int status : {12, 14})
        BOOST_TEST(of(program_kind::rsync, status,
                      "rsync: [sender] Failed to exec ssh: No such file or directory (2)\n") ==
                   meaning(code::missing_program));
    const auto end = ended(program_kind::rsync, exited{127}, "sh: 1: exec: rsync: not found\n");
    BOOST_TEST(end.error->detail == "sh: 1: exec: rsync: not found (exit status 127)");
}

BOOST_AUTO_TEST_SUITE_END()
