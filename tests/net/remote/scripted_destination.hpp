// A prepared destination on this machine where `sh` is a certain shell, and its scripts one by one.
#pragma once

#include <fcntl.h>
#include <sys/file.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "net/remote/destination_shell.hpp"
#include "net/remote/destination_state.hpp"
#include "net/remote/scripts.hpp"
#include "net/remote/shell_text.hpp"
#include "tests/support/net/far_shells.hpp"
#include "tests/support/net/transport_fixture.hpp"
#include "tests/support/waiting.hpp"

namespace suprsync::test {

struct scripted_destination : destination {
    explicit scripted_destination(const std::string& shell, const std::string& lock_style = "directory")
        : sh(shell), state(prepared_state(lock_style)) {
        std::filesystem::create_directories(slot());
    }
    script_answer run(std::string_view script, const std::string& list, const std::string& settings = {}) {
        script_request request;
        request.operation = "test";
        request.settings =
            state.settings() + assignment("slot", "0") + assignment("per_process", "2") + settings;
        request.script = script;
        request.list = list;
        request.limit = generous;
        return wait(shell_.run(std::move(request)));
    }
    script_answer publish_listed(const std::string& list) {
        return run(scripts::publish, list, assignment("stamp", "1"));
    }
    int lock(const std::filesystem::path& what) const {
        const int handle =
            ::open(what.c_str(), O_RDONLY | O_CREAT * !std::filesystem::is_directory(what) | O_CLOEXEC, 0600);
        BOOST_REQUIRE(::flock(handle, LOCK_EX | LOCK_NB) == 0);
        return handle;
    }

    sh_is sh;
    destination_state state;
    child_runner runner_{context.get_executor(), nullptr};
    destination_shell shell_{runner_, nullptr, "", "here"};
};

}  // namespace suprsync::test
