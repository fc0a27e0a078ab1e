#include "engine/run/space_watch.hpp"

#include <set>
#include <string>

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double space_looked_at_every = 60;  // s
// Where nothing is sent, others fill it: a connection for that alone need not be made every minute.
constexpr std::chrono::minutes ask_idle_every{10};

}  // namespace

asio::awaitable<void> space_watch::run() {
    while (!archive_.stopping) {
        co_await look_here();
        if (archive_.stopping) break;
        co_await look_there();
        if (archive_.stopping) break;
        co_await wake_.wait_for(archive_.environment.clock, space_looked_at_every);
    }
}

// The file system with the least room is full first.
asio::awaitable<void> space_watch::look_here() {
    std::set<std::string> places;
    for (const auto& [device, directory] : archive_.places.file_systems()) places.insert(directory);
    if (places.empty()) places.insert(archive_.config.local_roots.begin(), archive_.config.local_roots.end());
    if (places.empty()) places.insert(archive_.config.suprsync_file_root);
    std::optional<disk_space> least;
    for (const auto& place : places) {
        const auto space = co_await archive_.environment.disk.space(place);
        if (space && space->bytes_total > 0 && (!least || space->bytes_free < least->bytes_free))
            least = *space;
    }
    archive_.space_here = least;
}

bool space_watch::is_due() const {
    return !asked_ || archive_.instruments.sent_bytes != sent_then_ ||
           archive_.environment.clock.steady_now() - *asked_ >= ask_idle_every;
}

// Only of a destination that answers: it is not for this to find that out.
asio::awaitable<void> space_watch::look_there() {
    if (archive_.connection.at(archive_.now()) != connection_state::phase::up) {
        archive_.space_there.reset();
        asked_.reset();
        co_return;
    }
    if (!is_due()) co_return;
    asked_ = archive_.environment.clock.steady_now();
    sent_then_ = archive_.instruments.sent_bytes;
    const auto space = co_await archive_.transport.space();
    archive_.space_there = space && space->bytes_total > 0 ? std::optional(*space) : std::nullopt;
}

}  // namespace suprsync
