// The tools: each file engine/commands/<name>.cpp describes one subcommand for the table of commands.
#pragma once

#include "engine/commands/command.hpp"

namespace suprsync {

command describe_add();
command describe_add_local_files();
command describe_check();
command describe_next();
command describe_list();
command describe_timecodes();
command describe_explain();
command describe_retry();
command describe_ignore();
command describe_unignore();
command describe_pause();
command describe_resume();
command describe_try_now();
command describe_accept_clock();
command describe_accept_removal();
command describe_verify();
command describe_status();
command describe_history();
command describe_token();
command describe_far_side();
command describe_help();

}  // namespace suprsync
