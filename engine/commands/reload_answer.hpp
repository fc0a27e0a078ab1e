// What passes between `suprsync reload` and the daemon at the daemon's socket for it, a line each: what is
// asked, who answers, and how the reload went (spec, Reload).
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "engine/model/failure.hpp"

namespace suprsync {

/// Said first, by whoever asks.
inline constexpr const char* reload_question = "reload\n";

/// Who answers.
struct reload_greeting {
    pid_t pid = 0;
    std::string file;  ///< which a reload reads, an absolute path; '' for none
};

/// How it went.
struct reload_answer {
    enum class outcome {
        taken,    ///< the daemon goes by the file now
        refused,  ///< it cannot be used: everything is as it was
        failed    ///< it was not tried, or could not be read in time
    };

    outcome how = outcome::failed;
    std::vector<std::string> lines;  ///< for people: what has changed, or what is wrong
};

/// One line each, with its newline.
std::string written(const reload_greeting& greeting);
std::string written(const reload_answer& answer);

/// Of such a line; failure `io` where it is none.
result<reload_greeting> read_greeting(const std::string& line);
result<reload_answer> read_answer(const std::string& line);

}  // namespace suprsync
