// What is to be said of how the daemon listens and of its secrets, by the doctor and at a start (spec, Who
// may ask).
#pragma once

#include <string>
#include <vector>

#include "engine/rules/diagnosis.hpp"

namespace suprsync {

/// A file that only the daemon's account is to read.
struct probed_secret {
    std::string archive;  ///< empty: of the daemon
    std::string option;   ///< "http.token_file"
    std::string path;
    unsigned mode = 0;
    bool of_ssh = false;  ///< which does not use it where anybody else may read it
};

enum class reach { own_socket, this_machine, network };

struct probed_http {
    struct address {
        std::string text;  ///< as --http-listen is written
        suprsync::reach reach = reach::own_socket;
    };
    std::vector<address> listens;
    bool has_token = false;
    bool speaks_tls = false;
    bool read_only = false;
    std::vector<probed_secret> secrets;
};

/// One line of the doctor at least; a start logs the warnings.
std::vector<finding> judge_http(const probed_http& here);

}  // namespace suprsync
