// What a person may have meant who wrote a name that there is not: of an archive, an option, a key.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace suprsync {

/// The one of the names that is nearest and near enough, one slip in three letters; none where there is none.
std::optional<std::string> likely_meant(const std::string& name, const std::vector<std::string>& names);

/// " (did you mean 'smurf'?)" for likely_meant(); '' where there is none.
std::string did_you_mean(const std::string& name, const std::vector<std::string>& names);

}  // namespace suprsync
