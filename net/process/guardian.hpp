// A small process of ours that outlives us by a moment: it learns every process group that we start, and when
// it sees our pipe close (we ended, SIGKILL included) it ends what is left of them. No child outlives the
// daemon by more than 2 s (spec, Copying), outside systemd, too.
#pragma once

#include <sys/types.h>

#include <string>

#include "engine/model/failure.hpp"

namespace suprsync {

class guardian {
  public:
    /// Starts `/proc/self/exe guardian`-like process: `executable` with the single argument
    /// `guardian_argument`, in a process group of its own.
    static result<guardian> start(const std::string& executable);
    guardian(guardian&& other) noexcept;
    guardian& operator=(guardian&& other) noexcept;
    ~guardian();

    /// Tells it of a process group, right after its leader was started.
    void watch(pid_t group);
    /// And that the group is gone: called before its leader is reaped, while the number cannot be used again.
    void forget(pid_t group);

    /// Starts another one where it has ended; what that one knew is found by the mark. Failures: as start.
    result<void> renew();
    /// How many were started so far.
    unsigned started() const { return started_; }
    /// A descriptor that becomes readable when it has ended, for the caller to close; -1 where there is none.
    int watched_end() const;

    /// Value of the environment variable `mark_variable` that every child of this daemon carries: the
    /// guardian ends carriers that it was never told of, too (we may die between a start and `watch`).
    const std::string& mark() const;

    static constexpr const char* guardian_argument = "--guardian";
    static constexpr const char* mark_variable = "SUPRSYNC_DAEMON";

  private:
    guardian() = default;
    result<void> launch();
    void tell(const std::string& line);
    void leave();

    int pipe_ = -1;
    pid_t pid_ = -1;
    unsigned started_ = 0;
    std::string executable_;
    std::string mark_;
};

/// What the guardian process does: reads "+group" and "-group" lines from standard input until its end, then
/// SIGTERM to every group that is left, SIGKILL one second later. `mark` as above. Returns the exit status.
int run_guardian(const std::string& mark);

}  // namespace suprsync
