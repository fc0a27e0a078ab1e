#include "http/server/tls.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/error.hpp>

#include "engine/config/text_file.hpp"

namespace asio = boost::asio;
using boost::system::error_code;

namespace suprsync {

namespace {

failure wrong(const std::string& option, const std::string& file, const std::string& detail) {
    return {failure_code::invalid, "use " + option, "'" + file + "'", detail};
}

}  // namespace

tls_files read_tls_files(const std::string& certificate_file, const std::string& key_file) {
    tls_files read;
    constexpr const char* both = "http.tls_certificate and http.tls_key are needed both";
    if (certificate_file.empty()) read.certificate_fault = wrong("http.tls_certificate", "", both);
    if (key_file.empty()) read.key_fault = wrong("http.tls_key", "", both);
    if (read.certificate_fault || read.key_fault) return read;
    auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    context->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1 |
                         asio::ssl::context::default_workarounds);
    // Without this OpenSSL would ask for a key's passphrase on the terminal.
    error_code error;
    context->set_password_callback([](std::size_t, asio::ssl::context::password_purpose) { return ""; },
                                   error);
    // OpenSSL would wait for ever for whoever opens the other end of a pipe.
    const auto certificate = read_text_file(certificate_file);
    if (certificate) context->use_certificate_chain(asio::buffer(*certificate), error);
    if (!certificate || error)
        read.certificate_fault =
            wrong("http.tls_certificate", certificate_file,
                  (certificate ? error.message() : certificate.error().detail) +
                      "; expected a readable PEM file with the certificate and its chain");
    const auto key = read_text_file(key_file);
    if (key) context->use_private_key(asio::buffer(*key), asio::ssl::context::pem, error);
    if (!key || error)
        read.key_fault =
            wrong("http.tls_key", key_file,
                  (key ? error.message() : key.error().detail) +
                      "; expected a readable PEM file without a passphrase with the certificate's key");
    read.context = std::move(context);
    return read;
}

result<std::unique_ptr<asio::ssl::context>> make_tls_context(const std::string& certificate_file,
                                                             const std::string& key_file) {
    auto read = read_tls_files(certificate_file, key_file);
    if (read.certificate_fault) return *read.certificate_fault;
    if (read.key_fault) return *read.key_fault;
    return std::move(read.context);
}

}  // namespace suprsync
