// A throwaway TLS certificate, signed by itself.
#pragma once

#include <filesystem>
#include <string>

namespace suprsync::test {

/// Writes the certificate and its key as PEM files; throws where that fails. Valid for an hour.
void make_certificate(const std::filesystem::path& certificate, const std::filesystem::path& key,
                      const std::string& names = "DNS:localhost,IP:127.0.0.1");

}  // namespace suprsync::test
