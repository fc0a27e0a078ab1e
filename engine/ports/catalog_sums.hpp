// What whoever sums local files, while their copy has to wait, reads from the catalog and records in it.
// Implemented by storage/catalog (see engine/ports/catalog.hpp for what is true of all its functions).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/model/file.hpp"

namespace suprsync {

/// Rows that wait for their copy, and of which no sum is known.
struct unsummed_files {
    std::vector<file_row> rows;  ///< by id
    file_id scanned_to = 0;      ///< no further row has an id up to this
    bool end = false;            ///< nothing lies behind
};

/// A local file's sum, read while its copy has to wait.
struct local_sum {
    file_row seen;  ///< the row as it was loaded
    std::string md5;
};

class catalog_sums {
  public:
    virtual ~catalog_sums() = default;

    /// Unsettled rows with an empty local_md5sum and an id behind `after`, among the next thousands of rows.
    virtual boost::asio::awaitable<result<unsummed_files>> load_unsummed(std::string archive,
                                                                         file_id after) = 0;

    /// Records sums, at most 500, each only while its row is the same file and still has none.
    virtual boost::asio::awaitable<result<void>> record_sums(std::vector<local_sum>) = 0;
};

}  // namespace suprsync
