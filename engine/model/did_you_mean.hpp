// What a person may have meant who wrote a name that there is not: of an archive, an option, a key.
#pragma once

#include <string>
#include <vector>

namespace suprsync {

/// " (did you mean 'smurf'?)" for the one name that is nearest and near enough, one slip in three letters;
/// '' where there is none.
std::string did_you_mean(const std::string& name, const std::vector<std::string>& names);

}  // namespace suprsync
