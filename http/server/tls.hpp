// The certificate and key with which the HTTP server speaks TLS (spec, Who may ask).
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <optional>
#include <string>

#include "engine/model/failure.hpp"

namespace suprsync {

struct tls_files {
    std::unique_ptr<boost::asio::ssl::context> context;
    std::optional<failure> certificate_fault;
    std::optional<failure> key_fault;
};

/// Both files are read, whatever is wrong with one of them. Faults as of make_tls_context().
tls_files read_tls_files(const std::string& certificate_file, const std::string& key_file);

/// TLS 1.2 and newer. Failure `invalid`: a file that is missing, unreadable or no PEM, a key that is not the
/// certificate's, or one of the two options without the other.
result<std::unique_ptr<boost::asio::ssl::context>> make_tls_context(const std::string& certificate_file,
                                                                    const std::string& key_file);

}  // namespace suprsync
