#include "engine/rules/not_a_copy.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(not_a_copy)

BOOST_AUTO_TEST_CASE(the_local_file_is_known_by_its_object_and_from_two_machines_by_its_change_time) {
    constexpr file_identity here{1, 2, 300, 4, 5};
    BOOST_TEST(!is_the_local_file(here, std::nullopt));
    struct seen {
        remote_object object;
        bool is_it;
    };
    for (const auto& s : {
             seen{{true, 1, 2, 5, 300}, true},     // one file of one kernel
             seen{{true, 1, 2, 99, 300}, true},    // changed between the looks
             seen{{true, 7, 2, 5, 300}, true},     // another mount of one storage
             seen{{false, 7, 2, 5, 300}, true},    // one storage seen from two machines
             seen{{false, 1, 2, 99, 300}, false},  // numbers of another machine that are the same by chance
             seen{{false, 7, 2, 5, 301}, false},
             seen{{true, 7, 2, 99, 300}, false},  // of another disk
             seen{{true, 1, 3, 5, 300}, false},   // a copy beside it, made in the same moment
             seen{{false, 1, 3, 6, 300}, false},
             seen{{true, 7, 3, 5, 300}, true},  // passed on with an inode number of its own
             seen{{false, 7, 3, 5, 300}, true},
             seen{{true, 7, 3, 5, 301}, false},
         })
        BOOST_TEST(is_the_local_file(here, s.object) == s.is_it);
    // Where change times have seconds only, another file of the same second may have the same.
    constexpr file_identity coarse{1, 2, 300, 4, 5'000'000'000};
    BOOST_TEST(!is_the_local_file(coarse, remote_object{true, 7, 3, 5'000'000'000, 300}));
    BOOST_TEST(is_the_local_file(coarse, remote_object{true, 7, 2, 5'000'000'000, 300}));
}

BOOST_AUTO_TEST_CASE(those_are_told_that_were_met_lately_and_not_found_otherwise) {
    file_row one, other;
    one.id = 1;
    one.local_path = "/data/a";
    one.remote_path = "17000/a";
    other = one;
    other.id = 2;
    originals known;
    BOOST_TEST(known.text().empty());
    known.met(one, "host:/base", 1000);
    known.met(other, "host:/base", 1500);
    BOOST_TEST(known.text() == "2 files, first /data/a is host:/base/17000/a");
    known.forget_unmet(1700);
    BOOST_TEST(known.text() == "1 file, first /data/a is host:/base/17000/a");
    known.left(2);
    BOOST_TEST(known.text().empty());
}

BOOST_AUTO_TEST_SUITE_END()
