// Records for systemd's journal, with their fields: `journalctl SUPRSYNC_ARCHIVE=smurf`.
#pragma once

#include <string>
#include <string_view>

#include "engine/report/log.hpp"

namespace suprsync {

class journal {
  public:
    /// Where standard error leads to the journal (JOURNAL_STREAM, systemd.exec(5)); elsewhere nothing is
    /// sent.
    journal();
    ~journal();
    journal(const journal&) = delete;
    journal& operator=(const journal&) = delete;

    bool is_there() const { return socket_ >= 0; }

    /// One record, with SUPRSYNC_ARCHIVE, _ID, _PATH and _KIND as `about` has them. `priority` is that of
    /// syslog(3). False where the journal does not take it (its size, or nobody listens): to be written as a
    /// line, then.
    bool send(int priority, std::string_view message, const log::about& about) const;

  private:
    int socket_ = -1;
    std::string address_;
};

}  // namespace suprsync
