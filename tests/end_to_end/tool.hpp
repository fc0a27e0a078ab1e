// The short-lived tools, run by their real command lines on a site's catalog.
#pragma once

#include <boost/json/value.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/end_to_end/site.hpp"

namespace suprsync::test {

/// What a tool said, and how it ended.
struct told {
    process_exit exit;
    std::string out;
    std::string err;
    long peak_kb = 0;  ///< most memory that it had resident

    /// Standard output as JSON; throws where it is none.
    boost::json::value json() const;
};

class tool {
  public:
    /// SUPRSYNC_DB names the site's catalog; there is no default configuration.
    explicit tool(const site& s);

    using arguments = std::vector<std::string>;

    /// Waits for its end.
    told run(const arguments& words) const { return run(words, directory_); }
    told run(const arguments& words, const std::filesystem::path& directory) const;
    /// Its standard output goes to this file, and is not read.
    told run_into(const std::filesystem::path& out, const arguments& words) const;
    /// The same on a terminal of its own; everything that is written to it is `out`.
    told on_terminal(const arguments& words) const;

    /// As a daemon does at its start: makes the catalog's tables, and indexes what is there.
    void prepare_catalog() const;
    /// From now on it is run as an account that owns nothing here ("nobody"). Only root can.
    void run_as_nobody();
    /// From now on it sees the file systems that this process sees.
    void run_within_mounts_of(pid_t process);

    /// Of this project.
    static std::filesystem::path source_directory();

    /// Changed by tests; an empty value takes a variable away.
    std::map<std::string, std::string> environment;

    std::vector<std::string> command(const arguments& words) const;

  private:
    told run_into(const std::filesystem::path& out, const arguments& words,
                  const std::filesystem::path& directory) const;

    std::filesystem::path directory_;
    std::filesystem::path output_;
    std::vector<std::string> program_;
};

}  // namespace suprsync::test
