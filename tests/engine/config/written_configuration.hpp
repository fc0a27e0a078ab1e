// A configuration file of a test's own, and what becomes of it.
#pragma once

#include <boost/test/unit_test.hpp>
#include <string>

#include "engine/config/configuration_file.hpp"
#include "tests/support/files.hpp"
#include "tests/support/scratch_directory.hpp"

namespace suprsync::test {

/// Reads what a test writes into a configuration file.
struct written_configuration {
    scratch_directory scratch;
    std::string file = (scratch / "x.yaml").string();
    configuration_layers layers;

    result<assembled_configuration> read(const std::string& content) {
        write_file(file, content);
        layers = {};
        layers.environment["instance-id"] = {{"host-name"}, {"", "INSTANCE_ID"}};
        if (auto r = read_configuration_file(file, layers); !r) return r.error();
        return assemble(layers);
    }
    daemon_configuration good(const std::string& content) {
        auto r = read(content);
        BOOST_REQUIRE_MESSAGE(r.has_value(), (r ? "" : r.error().text()));
        return r->configuration;
    }
    // The whole message, without the file's directory.
    void refused(const std::string& content, const std::string& message) {
        const auto r = read(content);
        BOOST_TEST(!r.has_value(), "accepted: " << content);
        if (r) return;
        BOOST_TEST((r.error().code == failure_code::invalid));
        auto text = r.error().text();
        if (const auto at = text.find(file); at != std::string::npos) text.replace(at, file.size(), "x.yaml");
        BOOST_TEST(text == "cannot use x.yaml:" + message);
    }
};

}  // namespace suprsync::test
