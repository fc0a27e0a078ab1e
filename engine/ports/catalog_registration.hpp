// Files come into the catalog. Implemented by storage/.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/model/rows.hpp"

namespace suprsync {

class catalog_registration {
  public:
    virtual ~catalog_registration() = default;

    /// Registers all or none, durably. Failure `conflict` (another local file owns the remote path of that
    /// destination), with the index in `subject` as "files[3]". An identical unsettled registration (same
    /// paths and archive, and md5 where both are known) is answered as `existed`.
    virtual boost::asio::awaitable<result<std::vector<added_file>>> add(std::vector<registration>) = 0;

    virtual boost::asio::awaitable<result<std::optional<file_view>>> find(file_id) = 0;
};

}  // namespace suprsync
