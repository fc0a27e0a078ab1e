// What a failure of TLS was about.
#pragma once

#include <boost/asio/ssl/error.hpp>
#include <boost/system/error_code.hpp>
#include <string>

namespace suprsync {

/// Whether the other side's certificate was not trusted, or was not one of that name.
inline bool is_about_trust(const boost::system::error_code& error) {
    return error.category() == boost::asio::error::get_ssl_category() &&
           error.message().find("certificate") != std::string::npos;
}

}  // namespace suprsync
