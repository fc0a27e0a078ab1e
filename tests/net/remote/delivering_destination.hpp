// A destination where staged files are compared and published in one command.
#pragma once

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/support/net/printing.hpp"
#include "tests/support/net/transport_fixture.hpp"

namespace suprsync::test {

struct delivering_destination : prepared_destination {
    using prepared_destination::prepared_destination;
    std::vector<publish_item> items_of(const std::vector<stage_item>& files) const {
        std::vector<publish_item> items;
        for (const auto& f : files)
            items.push_back(
                {static_cast<file_id>(items.size() + 1), f.remote_path, md5_of_file(f.local_path), {}});
        return items;
    }
    publish_report deliver(const std::vector<publish_item>& items, int slot = 0) {
        return wait(get().deliver(slot, items, 100));
    }
    /// All the way.
    void send(const std::string& path, const std::string& content, int slot = 0) {
        const auto item = make(path, content);
        const auto sent = stage({item}, stage_mode::resume, slot);
        BOOST_REQUIRE_MESSAGE(sent.end.finished(), (sent.end.error ? sent.end.error->text() : ""));
        const auto report = deliver(items_of({item}), slot);
        BOOST_REQUIRE(report.outcomes.size() == 1U);
        BOOST_TEST(report.outcomes[0] == publish_outcome::published);
        BOOST_TEST(read_file(base() / path) == content);
    }
};

}  // namespace suprsync::test
