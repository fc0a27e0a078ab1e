// A base directory on this machine, with its staging: everything that the scripts of net/remote and rsync do
// at a destination, as blocking functions that start no program (spec, Staging and publishing). The transport
// to a local destination calls them in the daemon, and the far side where suprsync is installed there.
//
// Below the base directory and in staging everything is reached by descriptors and without following links,
// so that nobody who may write there leads it elsewhere. Nothing stays open between two calls: a disk can be
// unmounted. Requests and reports are those of engine/ports/transport.hpp and mean the same. Every function
// may be called from several threads at once after prepare(); each ends soon after `stop` of its watch.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/ports/transport.hpp"
#include "net/place/base_options.hpp"
#include "net/place/base_state.hpp"
#include "net/place/received_file.hpp"
#include "net/place/slot_hold.hpp"
#include "net/place/work_watch.hpp"

namespace suprsync {

class base_directory {
  public:
    explicit base_directory(base_options options) : options_(std::move(options)) {}

    /// As transport::prepare. To be called by itself. Failures: base_missing, base_changed, not_permitted,
    /// no_space, io, invalid (`chmod` is nothing that is understood here), stopped.
    result<destination_facts> prepare(const prepare_request& request, work_watch& watch);
    const base_state& state() const { return state_; }

    /// Locks a slot, and makes it where it is missing. What holds it gets two seconds; a process of ours that
    /// hangs there is ended. Failures: slot_busy, io (staging has gone, or is not ours), stopped.
    result<slot_hold> hold(int slot, slot_use use, work_watch& watch) const;

    /// Opens a file to be received in ranges. `compare`: nothing that lies there counts. Failures, of the
    /// file: io (a directory with something in it stands in its place), not_permitted, no_space.
    result<received_file> receive(const slot_hold& slot, const incoming_file& file, stage_mode mode) const;

    /// Stages a small file in one go. Failures: as receive() and received_file::write().
    result<void> receive_whole(const slot_hold& slot, const incoming_file& file,
                               std::string_view bytes) const;

    /// As transport::digests, publish, deliver and stat. They hold the slot by themselves, alone: whoever
    /// holds it gives it back before. `end.error` is one of slot_busy, base_missing, base_changed, no_space,
    /// not_permitted, io, stopped; with `stopped`, what was answered until then counts.
    digest_report digests(const digest_request& request, work_watch& watch) const;
    publish_report publish(int slot, const std::vector<publish_item>& items, work_watch& watch) const;
    publish_report deliver(int slot, const std::vector<publish_item>& items, work_watch& watch) const;
    stat_report stat(const stat_request& request, work_watch& watch) const;

    /// As transport::sweep. A slot that somebody else has is left alone.
    result<void> sweep(const std::vector<staged_file>& files, work_watch& watch) const;

    /// As transport::space.
    result<disk_space> space() const;

  private:
    /// Publishes them where all are as they should be, as `all_right` finds in the slot that is held.
    publish_report publish_where(int slot, const std::vector<publish_item>& items, work_watch& watch,
                                 const std::function<bool(const slot_hold&)>& all_right) const;

    base_options options_;
    base_state state_;
};

}  // namespace suprsync
