#include "engine/rules/row_state.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <vector>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(row_states)

// Every combination of what the state depends on, and the state that the row then has (spec, The life
// of a file).
BOOST_AUTO_TEST_CASE(every_combination_of_facts_has_its_state) {
    const std::vector<std::optional<std::string>> answers = {std::nullopt, "", "m", "other"};
    for (const bool ignore : {false, true})
        for (const std::string local : {"m", ""})
            for (const auto& remote : answers)
                for (const bool removed : {false, true})
                    for (const bool deletable : {false, true})
                        for (const int attempts : {0, 4, 5, 6}) {
                            file_row row;
                            row.ignore = ignore;
                            row.local_md5sum = local;
                            row.remote_md5sum = remote;
                            if (removed) row.removed = 0;
                            row.deletable = deletable;
                            row.failed_copy_attempts = attempts;
                            auto expected = row_state::pending;
                            if (ignore)
                                expected = row_state::ignored;
                            else if (local == "m" && remote == "m")
                                expected = removed     ? row_state::removed
                                           : deletable ? row_state::deletable
                                                       : row_state::verified;
                            else if (removed || attempts >= 5)
                                expected = row_state::failed;
                            BOOST_TEST((state_of(row, 5) == expected));
                            BOOST_TEST(is_unsettled(row) == is_unsettled(expected));
                            BOOST_TEST((ignore || is_verified(row) == is_verified(expected)));
                        }
    BOOST_TEST(is_unsettled(row_state::failed));
    BOOST_TEST(!is_unsettled(row_state::ignored));
    BOOST_TEST(is_verified(row_state::removed));
    BOOST_TEST(!is_verified(row_state::ignored));
}

BOOST_AUTO_TEST_SUITE_END()
