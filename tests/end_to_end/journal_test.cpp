// systemd's journal gets records with fields, where standard error leads to it.
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/site.hpp"
#include "tests/support/message_socket.hpp"
#include "tests/support/only_where.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(journal)

namespace {

struct site_with_journal : site {
    site_with_journal() {
        write_file(log, "");
        struct ::stat seen{};
        BOOST_REQUIRE(::stat(log.c_str(), &seen) == 0);
        environment["JOURNAL_STREAM"] = std::to_string(seen.st_dev) + ":" + std::to_string(seen.st_ino);
        std::filesystem::create_directory(scratch / "journal");
    }
    // In a mount namespace of its own, where sockets of the test stand for those of the machine.
    std::unique_ptr<daemon_process> run_with_journal() {
        constexpr const char* mounted =
            R"(mount -t tmpfs none /run && mkdir -p /run/systemd/journal &&
            mount --bind "$0" /run/systemd/journal && exec "$@")";
        std::vector<std::string> words{
            "/usr/bin/unshare", "-m", "sh", "-c", mounted, (scratch / "journal").string()};
        const auto run = command();
        words.insert(words.end(), run.begin(), run.end());
        return std::make_unique<daemon_process>(words, environment, log);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_record_has_its_fields_and_no_line_is_written, site_with_journal,
                        *only_where_file_systems_can_be_mounted()) {
    using namespace std::string_literals;
    options["--max-copy-attempts"] = "1";
    std::filesystem::create_directories(data);
    auto row = make_file("there", std::to_string(timecode_now()) + "/x", "");
    row.local_path = (data / "new\nline\x1b").string();
    const auto id = catalog().insert(row);
    const message_socket listening((scratch / "journal/socket").string());
    const auto program = run_with_journal();
    const auto record = listening.await("EVENT=failed");
    const auto& path = row.local_path;
    for (const auto& part :
         {"PRIORITY=4\n"s, "SYSLOG_IDENTIFIER=suprsync\n"s, "ARCHIVE=" + archive + "\n",
          "FILE_ID=" + std::to_string(id) + "\n",
          "FILE_PATH\n"s + static_cast<char>(path.size()) + "\0\0\0\0\0\0\0"s + path + "\n",
          "new\\nline\\x1b (id "s})
        BOOST_TEST(record.find(part) != std::string::npos, part << " is not in " << record);
    listening.await("CONDITION=files_failed");
    BOOST_TEST(program->log() == "");
}

BOOST_FIXTURE_TEST_CASE(what_nobody_takes_is_a_line_with_its_priority, site_with_journal,
                        *only_where_file_systems_can_be_mounted()) {
    const auto program = run_with_journal();
    BOOST_TEST(program->await_line("ready: suprsync").starts_with("<6>ready: "));
}

// The variable is inherited by programs whose output goes elsewhere.
BOOST_FIXTURE_TEST_CASE(another_journal_stream_is_not_ours, site_with_journal) {
    environment["JOURNAL_STREAM"] = "1:2";
    start();
    BOOST_TEST(!daemon().await_line("ready: suprsync").starts_with("<6>"));
    stop();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
