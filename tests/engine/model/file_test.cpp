#include "engine/model/file.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(file)

BOOST_AUTO_TEST_CASE(a_timecode_is_a_first_component_of_exactly_five_digits) {
    const std::pair<const char*, std::optional<int>> table[] = {
        {"17000/smurf/a.g3", 17000},
        {"17000/a.g3", 17000},
        {"17000", 17000},
        {"00123/a", 123},
        {"00000/a", 0},
        {"99999/a", 99999},
        {"", std::nullopt},
        {"/17000/a", std::nullopt},
        {"1700/a", std::nullopt},
        {"170000/a", std::nullopt},
        {"1700a/a", std::nullopt},
        {"-1700/a", std::nullopt},
        {"+1700/a", std::nullopt},
        {" 1700/a", std::nullopt},
        {"1700 /a", std::nullopt},
        {"17.00/a", std::nullopt},
        {"data/17000/a", std::nullopt},
        {"\xd9\xa1\xd9\xa2\xd9\xa3/a", std::nullopt},  // Arabic-Indic digits
        {"17000\n/a", std::nullopt},
    };
    for (const auto& [path, expected] : table)
        BOOST_TEST((timecode_of(path) == expected), "timecode_of(" << path << ")");
}

BOOST_AUTO_TEST_CASE(a_file_is_the_same_where_device_inode_size_and_time_are) {
    const file_identity seen{1, 2, 3, 4, 5};
    BOOST_TEST((seen == file_identity{1, 2, 3, 4, 5}));
    BOOST_TEST((seen == file_identity{1, 2, 3, 4, 6}));
    for (const auto& other :
         {file_identity{9, 2, 3, 4, 5}, {1, 9, 3, 4, 5}, {1, 2, 9, 4, 5}, {1, 2, 3, 9, 5}})
        BOOST_TEST((seen != other));
    // A device may have another number after a restart.
    BOOST_TEST((lasting(seen) == lasting({9, 2, 3, 4, 5})));
    for (const auto& other : {file_identity{1, 9, 3, 4, 5}, {1, 2, 9, 4, 5}, {1, 2, 3, 9, 5}})
        BOOST_TEST((lasting(seen) != lasting(other)));
}

BOOST_AUTO_TEST_CASE(every_byte_but_a_digit_spoils_a_timecode) {
    for (int byte = 0; byte < 256; ++byte)
        for (std::size_t at = 0; at < 5; ++at) {
            std::string path = "17000/a";
            path[at] = static_cast<char>(byte);
            const bool digit = byte >= '0' && byte <= '9';
            BOOST_TEST(timecode_of(path).has_value() == digit, "byte " << byte << " at " << at);
        }
}

BOOST_AUTO_TEST_CASE(a_directory_has_the_name_that_is_read_as_its_timecode) {
    BOOST_TEST(timecode_directory(42) == "00042");
    BOOST_TEST(!read_timecode("17000/").has_value());
    for (int timecode = 0; timecode <= 99999; ++timecode)
        if (read_timecode(timecode_directory(timecode)) != timecode) BOOST_ERROR(timecode);
}

BOOST_AUTO_TEST_CASE(the_current_timecode_rounds_down) {
    BOOST_TEST(timecode_at(0) == 0);
    BOOST_TEST(timecode_at(99999.999) == 0);
    BOOST_TEST(timecode_at(100000) == 1);
    BOOST_TEST(timecode_at(1661284493.5) == 16612);
    BOOST_TEST(timecode_at(std::nextafter(1.7e9, 0)) == 16999);
    BOOST_TEST(timecode_at(1.7e9) == 17000);
    BOOST_TEST(timecode_at(-0.5) == -1);
}

BOOST_AUTO_TEST_CASE(a_subdir_is_the_second_component_of_what_lies_deeper) {
    const std::pair<const char*, std::optional<std::string>> table[] = {
        {"17000/smurf/a.g3", "smurf"}, {"17000/smurf/x/y/a.g3", "smurf"}, {"17000/a b'\"/c", "a b'\""},
        {"17000/a.g3", std::nullopt},  {"17000", std::nullopt},           {"", std::nullopt},
        {"17000/x\ny/c", "x\ny"},
    };
    for (const auto& [path, expected] : table)
        BOOST_TEST((subdir_of(path) == expected), "subdir_of(" << path << ")");
}

// As the spec (Timecode directories) has it:
// "<tc_now>/suprsync/<instance_id>/<int(now)>_<archive>_<timecode>_finalized.yaml". Whatever else lies below
// "suprsync" is data: taking it for a finalization file would finalize a day without it.
BOOST_AUTO_TEST_CASE(finalization_files_are_told_by_their_path) {
    const std::pair<const char*, bool> table[] = {
        {"17000/suprsync/inst/1700000000_smurf_16999_finalized.yaml", true},
        {"17000/suprsync/in st'\"/1700000000_sm urf_16999_finalized.yaml", true},
        {"17000/suprsync/inst/1700000000_smurf_16999_finalized.yaml.gz", false},
        {"17000/suprsync/inst/1700000000_smurf_16999_finalized.yml", false},
        {"17000/smurf/inst/1700000000_smurf_16999_finalized.yaml", false},
        {"17000/suprsync2/inst/1700000000_smurf_16999_finalized.yaml", false},
        {"1700/suprsync/inst/1700000000_smurf_16999_finalized.yaml", false},
        {"suprsync/inst/1700000000_smurf_16999_finalized.yaml", false},
        {"17000/suprsync/1700000000_smurf_16999_finalized.yaml", false},
        {"17000/suprsync/inst/deeper/1700000000_smurf_16999_finalized.yaml", false},
        {"17000/suprsync/inst/other.g3", false},
        {"17000_finalized.yaml", false},
        {"", false},
    };
    for (const auto& [path, expected] : table)
        BOOST_TEST(is_finalization_path(path) == expected, "is_finalization_path(" << path << ")");
}

BOOST_AUTO_TEST_CASE(an_mtime_is_told_in_seconds) {
    BOOST_TEST((file_identity{1, 2, 3, 1'500'000'000}.mtime()) == 1.5);
    BOOST_TEST((file_identity{1, 2, 3, -500'000'000}.mtime()) == -0.5);
}

BOOST_AUTO_TEST_CASE(an_identity_differs_when_any_part_differs) {
    const file_identity one{1, 2, 3, 4};
    BOOST_TEST((one == file_identity{1, 2, 3, 4}));
    BOOST_TEST((one != file_identity{9, 2, 3, 4}));
    BOOST_TEST((one != file_identity{1, 9, 3, 4}));
    BOOST_TEST((one != file_identity{1, 2, 9, 4}));
    BOOST_TEST((one != file_identity{1, 2, 3, 5}));
}

BOOST_AUTO_TEST_SUITE_END()
