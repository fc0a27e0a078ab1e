// A throwaway TLS certificate for localhost and 127.0.0.1, signed by itself.
#pragma once

#include <filesystem>

namespace suprsync::test {

/// Writes the certificate and its key as PEM files; throws where that fails. Valid for an hour.
void make_certificate(const std::filesystem::path& certificate, const std::filesystem::path& key);

}  // namespace suprsync::test
