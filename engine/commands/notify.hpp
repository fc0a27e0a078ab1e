// `suprsync notify`: tries whether those who are told can be told.
#pragma once

#include <string>
#include <vector>

namespace suprsync {

int run_notify(const std::vector<std::string>& arguments);

std::string notify_help();

}  // namespace suprsync
