// Which of the connections to a host a command or a transfer goes over, and when there is to be a further
// one. One connection carries what is in flight on it in a round trip, and is encrypted by one process:
// several transfers go faster over several. What the host refuses is not asked for again.
#pragma once

#include <cstddef>
#include <vector>

namespace suprsync {

/// A connection as it is now.
struct connection_load {
    bool connected = false;  ///< else it is being made
    int channels = 0;        ///< commands and transfers on it, or that wait for it
    int transfers = 0;       ///< of these, transfers
};

struct connection_limits {
    int channels = 8;     ///< on one: sshd refuses more than MaxSessions, which is 10 where nobody set it
    int transfers = 2;    ///< on one, as long as there may be more connections
    int connections = 4;  ///< that transfers alone are a reason for

    /// The host refused the last of so many channels on one connection.
    void channel_refused(int channels_then);
    /// The host refused a further connection, while so many stood.
    void connection_refused(int connected);
};

struct connection_choice {
    enum class step { take, wait, connect };
    step what = step::connect;
    std::size_t which = 0;  ///< of the loads: to take, or to wait for
};

/// Of those with room: for a transfer the one with the fewest, else the one with the fewest channels; the
/// first of equals. A transfer makes a further connection rather than share one with more than
/// limits.transfers.
connection_choice choose_connection(const std::vector<connection_load>& loads, bool transfer,
                                    const connection_limits& limits);

}  // namespace suprsync
