// What the deleter reads from the catalog and records in it. Implemented by storage/catalog (see
// engine/ports/catalog.hpp for what is true of all its functions).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/model/outcomes.hpp"
#include "engine/model/rows.hpp"

namespace suprsync {

/// Asks for the unsettled rows whose local path ends with one of these names. A page that is shorter than
/// `limit` is the last one; otherwise it goes on after its last row: `first` and `after` become that row's.
struct name_query {
    std::vector<std::string> names;
    std::size_t first = 0;  ///< names before it are done
    /// Rows of names[first] up to this id are done.
    file_id after = std::numeric_limits<file_id>::min();
    std::size_t limit = 1000;
};

class catalog_deletion {
  public:
    virtual ~catalog_deletion() = default;

    /// Rows that are verified, deletable, not ignored, not removed and registered before the given time,
    /// oldest first.
    virtual boost::asio::awaitable<result<std::vector<deletable_item>>> load_deletable(
        std::string archive, epoch_seconds registered_before, epoch_seconds now, std::size_t limit) = 0;

    /// Notes, before it happens, that the local files of these rows are being removed; `record_deletions` of
    /// a file that was deleted takes the note away.
    virtual boost::asio::awaitable<result<void>> begin_removals(std::vector<decided_removal>) = 0;

    /// Rows of the archive of which a removal was noted and neither recorded nor ended.
    virtual boost::asio::awaitable<result<std::vector<begun_removal>>> begun_removals(
        std::string archive) = 0;

    /// What was begun has been undone.
    virtual boost::asio::awaitable<result<void>> end_removals(std::vector<file_id>) = 0;

    virtual boost::asio::awaitable<result<void>> record_deletions(std::vector<deletion_record>) = 0;

    /// Whether each row may be deleted at this moment as far as the catalog knows (spec, Deleting, 1 and 4).
    virtual boost::asio::awaitable<result<std::vector<bool>>> may_delete(std::vector<file_row>,
                                                                         epoch_seconds registered_before) = 0;

    /// Unsettled rows of any archive by the last component of their local path, a page at a time.
    virtual boost::asio::awaitable<result<std::vector<named_file>>> unsettled_named(name_query) = 0;

    /// Verified rows of any archive that spell their local path otherwise than the row asked for, but led to
    /// that real path when they were verified, or spell it so; with other content, or a doubtful copy. Where
    /// they lead now is for the caller to find out.
    virtual boost::asio::awaitable<result<std::vector<other_spelling>>> spelled_otherwise(
        std::vector<placed_file>) = 0;
};

}  // namespace suprsync
