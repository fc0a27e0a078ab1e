// What the answer of a webhook means for the message that was posted to it.
#pragma once

#include <optional>
#include <string>

#include "engine/ports/notice_sender.hpp"
#include "net/notify/web_thread.hpp"

namespace suprsync {

/// None where it was taken (2xx). Redirections are not followed: the message is for whoever was named.
std::optional<delivery_failure> judge_answer(const notify_configuration& to, const web_answer& answer);

/// The text without the secret in it: what a server or libcurl says may hold the address.
std::string without_address(std::string text, const std::string& url);

}  // namespace suprsync
