// The processes of this machine that belong to one test: those that name its scratch directory in their
// command line, work in it, or carry it in their environment.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace suprsync::test {

struct process {
    pid_t pid = 0;
    std::string command;  ///< arguments, joined by spaces
};

/// Living processes (no zombies) of which the command line, the working directory or the environment holds
/// `text`; the calling process is left out.
std::vector<process> processes_about(const std::string& text);

/// Of these, the ones with `word` in their command line.
std::vector<process> processes_about(const std::string& text, const std::string& word);

/// Our own children, those that have ended and are not reaped included.
std::set<pid_t> children();

}  // namespace suprsync::test
