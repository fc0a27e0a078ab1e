// A destination where one file is staged and published.
#pragma once

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <utility>

#include "tests/support/net/transport_fixture.hpp"

namespace suprsync::test {

struct publishing_destination : prepared_destination {
    using prepared_destination::prepared_destination;

    publish_report publish_one(const stage_item& item, std::optional<std::string> supersedes = {},
                               file_id id = 7) {
        return wait(
            get().publish(0, {{id, item.remote_path, md5_of_file(item.local_path), std::move(supersedes)}}));
    }
    stage_item stage_one(const std::string& path, const std::string& content) {
        auto item = make(path, content);
        BOOST_REQUIRE(stage({item}).end.finished());
        BOOST_REQUIRE(files_below(slot()).contains(path));
        return item;
    }
};

}  // namespace suprsync::test
