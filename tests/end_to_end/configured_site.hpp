// A site whose daemon is told by a configuration file what to serve.
#pragma once

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/end_to_end/site.hpp"

namespace suprsync::test {

struct configured_site : site {
    configured_site() {
        options = {{"--config", file.string()},
                   {"--http-listen", "unix:" + (scratch / "http").string()},
                   {"--log-level", "debug"}};
        std::filesystem::create_directories(data);
    }

    const std::filesystem::path file = scratch / "suprsync.yaml";

    // An archive whose base directory is `destination`/NAME.
    std::string archive_text(const std::string& name, const std::string& more = "") const {
        return "  - name: " + name + "\n    remote_basedir: " + (destination / name).string() +
               "\n    sleep_time: 10m\n" + more;
    }
    // To be called after use_ssh: takes from the command line what belongs to one archive.
    std::string by_ssh() {
        const auto text =
            "    ssh_host: " + options.at("--ssh-host") + "\n    ssh_key: " + options.at("--ssh-key") + "\n";
        options.erase("--ssh-host");
        options.erase("--ssh-key");
        return text;
    }
    void configure(const std::vector<std::string>& archives) {
        std::string text = "# written by the test\ndb_path: " + database.string() +
                           "\nsuprsync_file_root: " + finalization_root.string() +
                           "\ninstance_id: " + instance + "\nlocal_roots: [" + data.string() +
                           "]\narchives:\n";
        for (const auto& archive : archives) text += archive;
        write_file(file, text);
    }
    std::int64_t add_to(const std::string& name, const std::string& remote_path, std::string_view content) {
        auto row = make_file(name + "-" + std::filesystem::path(remote_path).filename().string(), remote_path,
                             content);
        row.archive_name = name;
        return catalog().insert(row);
    }
    void hang_up() { daemon().signal(SIGHUP); }
    std::set<std::string> archives_served() const {
        std::set<std::string> names;
        const auto all = status();
        for (const auto& [name, figures] : all.at("archives").as_object()) names.emplace(name);
        return names;
    }
    // What a run with these further arguments says; it must end with `code`.
    std::string said(int code, const std::vector<std::string>& more) {
        auto arguments = command();
        arguments.insert(arguments.end(), more.begin(), more.end());
        std::filesystem::remove(scratch / "said");
        daemon_process program(arguments, environment, scratch / "said");
        const auto end = program.wait();
        BOOST_TEST(end == exited_with(code), end << ": " << program.log());
        return program.log();
    }
};

inline bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

using archives = std::set<std::string>;

}  // namespace suprsync::test
