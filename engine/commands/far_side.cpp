// `suprsync far-side`: what a daemon on another machine speaks to by ssh, where this one is its destination.
#include <malloc.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "engine/commands/complain.hpp"
#include "engine/commands/exit_code.hpp"
#include "engine/commands/tool_arguments.hpp"
#include "engine/commands/tools.hpp"
#include "engine/model/version.hpp"
#include "net/far/server.hpp"
#include "net/process/descriptor_limit.hpp"

namespace suprsync {

namespace {

int far_side(const tool_arguments&) {
    std::signal(SIGPIPE, SIG_IGN);
    // A part of the heap for each thread would take several times what is needed.
    ::mallopt(M_ARENA_MAX, 2);
    raise_descriptor_limit();
    const auto why = far::serve_far_side(STDIN_FILENO, STDOUT_FILENO, std::string(version()));
    if (!why.empty()) complain("suprsync far-side: " + why);
    // A thread that hangs in a file system holds nobody up.
    ::_exit(why.empty() ? exit_code::done : exit_code::failed);
}

}  // namespace

command describe_far_side() {
    command c;
    c.name = "far-side";
    c.synopsis = "";
    c.summary = "what a daemon elsewhere starts here, by ssh, to bring its files";
    c.description =
        "Receives files, computes sums, publishes and looks for a daemon on another machine whose destination is here, by frames on standard input and output, and ends with them. It has the power of the account and no configuration; people have no use for it.";
    c.run = far_side;
    return c;
}

}  // namespace suprsync
