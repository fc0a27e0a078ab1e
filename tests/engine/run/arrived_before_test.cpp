// Files that are registered again after they were deleted for their copies: what they were registered as has
// arrived already.
#include <boost/test/unit_test.hpp>

#include "engine/run/copy_prover.hpp"
#include "tests/engine/run/worker_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(arrived_before)

namespace {

struct registered_again_world : worker_world {
    copy_prover prover{archive};
    file_id earlier = add("a");

    registered_again_world() {
        deliver(earlier);
        change(earlier, "removed = 5");
        disk.files.erase("/data/a");
    }
    ~registered_again_world() { end(); }

    file_id register_again(const std::string& md5) { return insert("/data/a", "17000/a", md5); }
    void prove() { start(prover.run()); }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(
    a_file_that_was_deleted_for_the_copy_of_this_content_is_verified_and_its_copy_read_anew,
    registered_again_world) {
    const auto later = register_again(fake_md5("content of a"));
    begin();
    BOOST_TEST(verified(later));
    BOOST_TEST(row(later).failed_copy_attempts == 0);
    BOOST_TEST(archive.files_verified == 1);
    BOOST_TEST(memory().unproved);
    prove();
    BOOST_TEST(there.stat_requests.back().md5);
    BOOST_TEST(!memory().unproved);
    BOOST_TEST(verified(later));
    BOOST_TEST(there.count("stage") == 0U);
}

BOOST_FIXTURE_TEST_CASE(the_copy_is_read_anew_as_soon_as_it_counts, registered_again_world) {
    begin();
    prove();
    const auto later = register_again(fake_md5("content of a"));
    wake();
    BOOST_TEST(verified(later));
    BOOST_TEST(!memory().unproved);
}

BOOST_FIXTURE_TEST_CASE(a_sum_in_capital_letters_is_the_same_sum, registered_again_world) {
    auto md5 = fake_md5("content of a");
    for (auto& letter : md5) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    const auto later = register_again(md5);
    begin();
    BOOST_TEST(verified(later));
}

BOOST_FIXTURE_TEST_CASE(a_file_that_was_registered_with_other_content_or_none_is_missing,
                        registered_again_world) {
    const auto other = register_again(fake_md5("other content"));
    begin();
    BOOST_TEST(row(other).failed_copy_attempts == 1);
    const auto unknown = register_again("");
    wake();
    BOOST_TEST(row(unknown).failed_copy_attempts == 1);
    BOOST_TEST(holds_text(last_error(unknown), "no such file"));
}

BOOST_FIXTURE_TEST_CASE(a_file_whose_copy_is_not_there_any_more_is_missing_and_not_verified_again,
                        registered_again_world) {
    there.published.clear();
    const auto later = register_again(fake_md5("content of a"));
    begin();
    prove();
    time.advance(1);
    BOOST_TEST(!verified(later));
    BOOST_TEST(row(later).failed_copy_attempts == 1);
    BOOST_TEST(holds_text(last_error(later), "no such file"));
    time.advance(10 + 60 + 600 + 3600);
    BOOST_TEST(view(later).state == "failed");
}

BOOST_AUTO_TEST_SUITE_END()
