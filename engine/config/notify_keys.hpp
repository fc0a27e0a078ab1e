// The keys of an entry of `notify`, and what is wrong with the values of one.
#pragma once

#include <string>
#include <vector>

#include "engine/config/configuration_keys.hpp"

namespace suprsync {

using notify_key = configuration_key<notify_configuration>;

/// In the order in which people read them. Their options stand on no command line.
const std::vector<notify_key>& notify_keys();

struct notify_fault {
    std::string option;  ///< of notify_keys()
    std::string detail;
};

/// Everything that is wrong with one entry; what it names elsewhere (kinds, archives, files) is not looked
/// at.
std::vector<notify_fault> find_faults(const notify_configuration& entry);

/// What is wrong with a webhook's address; none where nothing is. Says nothing of what it holds.
std::string why_no_webhook(const std::string& url);

}  // namespace suprsync
