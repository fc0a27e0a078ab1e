// Asking what a destination is, also where one of its programs is missing.
#pragma once

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "tests/support/net/transport_fixture.hpp"

namespace suprsync::test {

inline result<destination_facts> ask(destination& d, bool may_create = false,
                                     std::optional<base_identity> expected = {}) {
    prepare_request request;
    request.catalog_uuid = catalog_uuid;
    request.may_create_base = may_create;
    request.expected = std::move(expected);
    return d.wait(d.get().prepare(std::move(request)));
}

inline std::string refusal_of_staging(const result<destination_facts>& facts) {
    BOOST_REQUIRE_MESSAGE(facts.has_value(), (facts ? "" : facts.error().text()));
    BOOST_TEST(facts->staging.empty());
    return facts->staging_refused;
}

/// A PATH with everything that a destination needs but one program.
class path_without {
  public:
    path_without(const std::filesystem::path& directory, const std::string& missing)
        : before_(::getenv("PATH")) {
        std::filesystem::create_directories(directory);
        for (const char* folder : {"/bin", "/usr/bin"})
            for (const auto& entry : std::filesystem::directory_iterator(folder))
                if (const auto name = entry.path().filename();
                    name != missing && !std::filesystem::exists(directory / name))
                    std::filesystem::create_symlink(entry.path(), directory / name);
        ::setenv("PATH", directory.c_str(), 1);
    }
    ~path_without() { ::setenv("PATH", before_.c_str(), 1); }

  private:
    std::string before_;
};

}  // namespace suprsync::test
