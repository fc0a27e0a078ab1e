// What --check-config takes for bwlimit and chmod is what rsync takes: both are asked about the same texts.
#include "engine/model/option_words.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <random>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(rsync_syntax)

namespace {

bool rsync_takes(const std::string& option) {
    return std::system(("rsync --list-only '" + option + "' /dev/null > /dev/null 2>&1").c_str()) == 0;
}

// Texts of these characters; the same in every run.
std::vector<std::string> texts_of(const std::string& characters, int count) {
    std::mt19937 random(1);
    std::vector<std::string> all;
    for (int i = 0; i < count; ++i) {
        std::string text;
        for (auto length = 1 + random() % 5; length > 0; --length)
            text += characters[random() % characters.size()];
        all.push_back(text);
    }
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(modes_are_judged_as_rsync_does) {
    for (const auto* text : {"g+rwX,o+rX", "D2775,F664", "Dg+s,ug+w,Fo-w,+X", "644", "u+", "=",
                             "go=", "a=rwx", "u+rwxXst", "g=u", "+o", "uD+x", "07777", "D00755"})
        BOOST_TEST((is_rsync_modes(text) && rsync_takes("--chmod=" + std::string(text))), text);
    for (const auto* text : {"banana", "", "u", "D", "8", "DF+x", "u+r,,o+r", ",u+r", "a=rwx,", "ug", "u644",
                             "+ug", "+ur", "-x+r", "10000", "u+r o+r", "u+r,banana", "=a"})
        BOOST_TEST(!is_rsync_modes(text), text);
    for (const auto& text : texts_of("DFugoa+-=rwxXst07,8", 300))
        BOOST_TEST(is_rsync_modes(text) == rsync_takes("--chmod=" + text), text);
}

BOOST_AUTO_TEST_CASE(rates_are_judged_as_rsync_does) {
    for (const auto* text :
         {"800", "1.5m", "2MiB", "10kb+1", "0", "1.", ".5m", "5t", "0.5", "512b", "5k-1", "1G"})
        BOOST_TEST((is_rsync_rate(text) && rsync_takes("--bwlimit=" + std::string(text))), text);
    // rsync takes a lone suffix and nothing at all for 0, which nobody means.
    for (const auto* text : {"banana", "", "k", ".", "-5", "5x", "5kx", "5ki", "1e3", "5 ", " 5", "5bb",
                             "5k+2", "511b", "0.4", "0.001"})
        BOOST_TEST(!is_rsync_rate(text), text);
    for (const auto& text : texts_of("0519.kKmbBiI+1", 300))
        if (is_rsync_rate(text)) BOOST_TEST(rsync_takes("--bwlimit=" + text), text);
}

BOOST_AUTO_TEST_CASE(ssh_destinations_are_told_from_options_and_paths) {
    for (const auto* text :
         {"host", "user@host", "u@h.example.org", "u.x-y@10.0.0.1", "so@fe80::1", "so@[::1]", "[::1]", "::1",
          "u@fe80::1%eth0", "u@[fe80::1%eth0.2]", "u@2001:db8::192.0.2.1", "a@b@host"})
        BOOST_TEST(is_ssh_destination(text), text);
    for (const auto* text : {"",
                             "-oProxyCommand=x",
                             "user@",
                             "@host",
                             "user@host name",
                             "host;x",
                             "host:path",
                             "host:22",
                             "u@host:",
                             "us/er@host",
                             "u:p@host",
                             "$x",
                             "a\nb",
                             "`x`",
                             "'x'",
                             "\"x\"",
                             "a\\b",
                             "[::1",
                             "::1]",
                             "[host]",
                             "u@[::1]:22",
                             "u@fe80::1%",
                             "u@:::::::::",
                             "u@g::1",
                             "u@[]"})
        BOOST_TEST(!is_ssh_destination(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
