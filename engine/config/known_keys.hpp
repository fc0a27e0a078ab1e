// Which keys a place of a configuration file may hold.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "engine/config/configuration_keys.hpp"

namespace suprsync {

/// Names that a place may hold: those of a table, and for the whole file "archives", "notify" and the
/// sections.
struct known_keys {
    std::vector<std::string> names;
    std::string elsewhere;  ///< said where a key of the other place stands here
    std::vector<std::string> of_other_place;
};

/// Of one section, without its name and dot; '' for those outside sections.
template <class Keys>
std::vector<std::string> names_in(const Keys& keys, const std::string& section) {
    std::vector<std::string> names;
    for (const auto& k : keys) {
        if (section.empty() && k.key.find('.') == std::string::npos) names.push_back(k.key);
        if (!section.empty() && k.key.starts_with(section + "."))
            names.push_back(k.key.substr(section.size() + 1));
    }
    return names;
}

/// "http", "ocs", "scrub".
template <class Keys>
std::set<std::string> sections_of(const Keys& keys) {
    std::set<std::string> found;
    for (const auto& k : keys)
        if (const auto dot = k.key.find('.'); dot != std::string::npos) found.insert(k.key.substr(0, dot));
    return found;
}

/// Keys outside sections, and the sections.
template <class Keys>
std::vector<std::string> names_of(const Keys& keys) {
    auto names = names_in(keys, "");
    for (const auto& section : sections_of(keys)) names.push_back(section);
    return names;
}

/// The key of that name, with its section; null where there is none.
template <class Keys>
auto key_named(const Keys& keys, const std::string& name) {
    const auto place = std::find_if(keys.begin(), keys.end(), [&](const auto& k) { return k.key == name; });
    return place == keys.end() ? nullptr : &*place;
}

}  // namespace suprsync
