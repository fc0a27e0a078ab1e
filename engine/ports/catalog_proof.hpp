// Which copies are doubtful, since a sync at the destination failed or its machine was started anew before
// one (spec, Deleting): they are not deleted, and no day of their archive is announced, until each is read
// anew from the disk there. Kept in the catalog, since that is told only once. Implemented by storage/catalog
// (see engine/ports/catalog.hpp for what is true of all its functions).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/model/rows.hpp"

namespace suprsync {

/// The next of them, to be read anew.
struct unproved_copies {
    std::vector<file_view> files;
    std::set<file_id>
        after_new_start;      ///< of these: only a new start of the machine there speaks against them
    file_id scanned_to = 0;   ///< earlier rows, of those that were verified when the sync failed, are done
    file_id after = 0;        ///< where the next page of this round begins
    bool round_over = false;  ///< what lies after there was examined; what could not be proved is left
    bool all = false;         ///< there are none at all
};

class catalog_proof {
  public:
    virtual ~catalog_proof() = default;

    /// A sync at the archive's destination failed: no copy there is proved any more, of this archive or of
    /// another whose base directory is on the same file system; nor is one that is published later, of a file
    /// that is registered now, some of which may have been written before.
    virtual boost::asio::awaitable<result<void>> distrust_copies(std::string archive) = 0;

    /// The place up to which verified rows are on the disk at the destination once a sync that begins now is
    /// answered; 0: none was verified since the last one.
    virtual boost::asio::awaitable<result<std::int64_t>> sync_place(std::string archive) = 0;

    /// The archive's destination answered; `boot` tells which run of which machine's kernel (empty: not
    /// known), `synced_to` the place of a sync_place() before, where that was answered by a sync. The first
    /// time that this run answers, after others, what was verified since the last sync may never have come to
    /// its disk: these copies are not proved any more. How many there are.
    virtual boost::asio::awaitable<result<std::int64_t>> meet_boot(std::string archive, std::string boot,
                                                                   std::int64_t synced_to) = 0;

    /// Those after `after`, in the order of ids: 0, or as the last page of the round told it. What was left
    /// before there is not examined, so that a page costs the same wherever it lies.
    virtual boost::asio::awaitable<result<unproved_copies>> load_unproved(std::string archive, file_id after,
                                                                          std::size_t limit) = 0;

    /// These were read anew, or are to be made anew; `scanned_to` as it was loaded: what lies up to it and is
    /// not among them stays doubtful, and is loaded in the next round.
    virtual boost::asio::awaitable<result<void>> record_proved(std::string archive, std::vector<file_id>,
                                                               file_id scanned_to) = 0;
};

}  // namespace suprsync
