// How fast bytes may be sent: a rate for all senders of an archive together.
#pragma once

#include <cstdint>

namespace suprsync {

class token_bucket {
  public:
    /// Bytes a second; 0: no limit. `now` is seconds of a clock that never goes back, here and below.
    explicit token_bucket(double rate = 0, double now = 0) : rate_(rate), free_at_(now) {}

    /// What was taken and is not paid for yet takes its time at the new rate.
    void set_rate(double rate, double now);

    /// Takes `bytes` that are to be sent next, and returns how long to wait before they are (s): as long as
    /// those before them take, less a short burst that was saved up.
    double take(std::uint64_t bytes, double now);

    /// So many bytes may be taken at once, so that the rate is kept evenly: a twentieth of a second's.
    std::uint64_t piece(std::uint64_t most) const;

  private:
    double rate_;
    double free_at_;  // when all that was taken has been paid for
};

}  // namespace suprsync
