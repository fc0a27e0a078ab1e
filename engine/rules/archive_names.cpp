#include "engine/rules/archive_names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/model/did_you_mean.hpp"
#include "engine/model/text.hpp"

namespace suprsync {

namespace {

constexpr std::size_t most_named = 5;

bool is_known(const known_archive& archive) { return archive.served || archive.files > 0; }

}  // namespace

std::string why_not_served(const std::string& name, const std::vector<std::string>& served) {
    return fmt::format("this daemon does not serve it; it serves {}{}", fmt::join(served, ", "),
                       did_you_mean(name, served));
}

std::optional<std::string> why_unknown(const std::string& name, const std::vector<known_archive>& known) {
    std::vector<std::string> names;
    for (const auto& archive : known) {
        if (!is_known(archive)) continue;
        if (archive.name == name) return std::nullopt;
        names.push_back(archive.name);
    }
    if (names.empty()) return std::nullopt;
    return fmt::format("no daemon has served it, and no file is registered for it: those known are {}{}",
                       fmt::join(names, ", "), did_you_mean(name, names));
}

void unserved_archives::update(const std::vector<known_archive>& known, const std::set<std::string>& ours,
                               double now) {
    found_.clear();
    std::map<std::string, double> since;
    for (const auto& archive : known) {
        if (archive.unsettled == 0 || archive.locked || ours.contains(archive.name)) continue;
        const auto before = since_.find(archive.name);
        const double begun = before == since_.end() ? now : before->second;
        since.emplace(archive.name, begun);
        if (!archive.served || now - begun >= grace) found_.push_back(archive);
    }
    since_ = std::move(since);
}

std::int64_t unserved_archives::files() const {
    std::int64_t all = 0;
    for (const auto& archive : found_) all += archive.unsettled;
    return all;
}

std::string unserved_archives::text() const {
    if (found_.empty()) return "";
    std::string what;
    for (std::size_t i = 0; i < std::min(found_.size(), most_named); ++i)
        what += fmt::format("{}{} for '{}'", i == 0 ? "" : ", ", counted(found_[i].unsettled, "file"),
                            found_[i].name);
    if (found_.size() > most_named) what += ", and more";
    return fmt::format(
        "{}: registered for archives that no daemon works on, so that nobody copies them; start the daemon that serves the archive, or, where the name is a slip, correct archive_name in their rows or ignore them",
        what);
}

}  // namespace suprsync
