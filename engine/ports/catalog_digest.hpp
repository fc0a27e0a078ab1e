// What the catalog remembers for the digests of those who are told (spec, Being told).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "engine/model/failure.hpp"

namespace suprsync {

class catalog_digest {
  public:
    virtual ~catalog_digest() = default;

    /// The record of the last digest under this name; '' where there is none.
    virtual boost::asio::awaitable<result<std::string>> last_digest(std::string name) = 0;

    /// From now on this is its record.
    virtual boost::asio::awaitable<result<void>> record_digest(std::string name, std::string record) = 0;
};

}  // namespace suprsync
