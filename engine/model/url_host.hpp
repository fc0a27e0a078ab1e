// How a host stands in a URL.
#pragma once

#include <string>

namespace suprsync {

/// A host's name or address as a URL and the header Host have it: an IPv6 address stands in brackets.
inline std::string host_of_url(const std::string& host) {
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace suprsync
