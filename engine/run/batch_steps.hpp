// The steps of a batch in their order (batch_ask_destination.cpp, batch_stage.cpp, batch_read_back.cpp, and
// batch_publish.cpp for deliver and publish). A step passes over files that are settled
// and settles those of which it learns what has become of them; an error of the batch as a whole goes to
// state.result. The state must live until the step ends.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "engine/run/batch_state.hpp"

namespace suprsync {

/// After a crash files may be published and not recorded; a predecessor may have copied without recording.
/// Whatever has the right content at the destination counts as delivered and is not sent again.
boost::asio::awaitable<void> ask_destination(batch_state& state);

/// One rsync, while local files without a trustworthy sum are hashed here.
boost::asio::awaitable<void> stage_and_hash(batch_state& state);

/// The common case, in one command: nothing went wrong here, and if every sum there is right, all is
/// published. Whatever is not so goes the longer way, where each file is judged.
boost::asio::awaitable<void> deliver(batch_state& state);

/// Reads the sums of staged files at the destination and judges each file by its own.
boost::asio::awaitable<void> read_back(batch_state& state);

/// Publishes the files that were judged so.
boost::asio::awaitable<void> publish(batch_state& state);

}  // namespace suprsync
