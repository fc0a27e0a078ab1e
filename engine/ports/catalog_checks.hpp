// Copies that are asked for again (spec, Checking copies again): which the destination is to have.
// Implemented by storage/catalog (see engine/ports/catalog.hpp for what is true of all its functions).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/model/kept_copy.hpp"

namespace suprsync {

/// Those of the archive with an id above `after` and not above `last`, in the order of ids.
struct copy_query {
    std::string archive;
    std::optional<std::string> remote_prefix;
    std::optional<epoch_seconds> registered_from;  ///< least timestamp
    file_id after = 0;
    file_id last = std::numeric_limits<file_id>::max();
    std::size_t limit = 100;  ///< files
    /// Together; one more may be among them. Unknown sizes count as likely_bytes_of_unknown; 0: no limit.
    std::uint64_t bytes = 0;
};

struct copy_page {
    std::vector<kept_copy> copies;
    file_id scanned_to = 0;  ///< `after` of the next page
    bool over = false;       ///< nothing lies behind
};

struct scrub_memory {
    scrub_state state;
    file_id newest = 0;  ///< highest id of the catalog
};

class catalog_checks {
  public:
    virtual ~catalog_checks() = default;

    /// A page, which may be empty though others follow.
    virtual boost::asio::awaitable<result<copy_page>> load_copies(copy_query) = 0;

    /// Whether each row is as it was seen, and the destination is still to have its copy.
    virtual boost::asio::awaitable<result<std::vector<bool>>> still_to_be_there(std::vector<file_row>) = 0;

    virtual boost::asio::awaitable<result<scrub_memory>> recall_scrub(std::string archive) = 0;

    virtual boost::asio::awaitable<result<void>> record_scrub(std::string archive, scrub_state) = 0;

    /// Those on record, by id, but for what was sent again since, ignored, or removed there on purpose.
    virtual boost::asio::awaitable<result<std::vector<bad_copy>>> bad_copies(std::string archive) = 0;

    /// Puts `found` on record, as far as there is room (most_bad_copies an archive, and some of each day that
    /// is not announced), and takes `mended` away, with all that bad_copies() leaves out.
    virtual boost::asio::awaitable<result<void>> record_bad_copies(std::string archive,
                                                                   std::vector<bad_copy> found,
                                                                   std::vector<file_id> mended) = 0;
};

}  // namespace suprsync
