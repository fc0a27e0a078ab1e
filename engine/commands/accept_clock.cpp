// `suprsync accept-clock`: a person takes the clock of this machine as right.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <iostream>

#include "engine/commands/exit_code.hpp"
#include "engine/commands/file_printing.hpp"
#include "engine/commands/tool_catalog.hpp"
#include "engine/commands/tools.hpp"
#include "engine/loop/machine_clock.hpp"

namespace suprsync {

namespace {

int accept_clock(const tool_arguments& arguments) {
    tool_catalog catalog(arguments, catalog_use::changing);
    const auto here = read_machine_clock();
    catalog.wait(catalog->trust_clock({here.boot, here.set_to, true}));
    if (arguments.has("json")) {
        json_writer document;
        document.begin_object()
            .member("accepted", here.now())
            .member("synchronized", here.synchronized)
            .end_object();
        print_json(document);
    } else {
        std::cout
            << fmt::format(
                   "{:%F %T} UTC is taken as right (the kernel calls the clock {}): days are announced and files deleted by it until it is set by more than a minute, or this machine is started anew",
                   fmt::gmtime(static_cast<std::time_t>(here.now())),
                   here.synchronized ? "synchronised" : "unsynchronised")
            << std::endl;
    }
    return exit_code::done;
}

}  // namespace

command describe_accept_clock() {
    command c;
    c.name = "accept-clock";
    c.synopsis = "";
    c.summary = "take this machine's clock as right";
    c.description =
        "While the clock of this machine is in doubt (condition clock_untrusted) and may be ahead, no day is announced and no local file deleted. This says that the clock is right as it is now: a running daemon goes on within a second. To be used on the machine of the daemon.";
    c.options = with_catalog_options({{"json", "", "print what was accepted as JSON"}});
    c.run = accept_clock;
    return c;
}

}  // namespace suprsync
