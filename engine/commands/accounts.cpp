#include "engine/commands/accounts.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

namespace suprsync {

namespace {

constexpr std::size_t longest_entry = 65536;

// `find` is one of the functions of getpwnam_r(3) and getgrnam_r(3), with what it looks for; it fills an
// entry whose texts lie in a buffer.
template <class Entry, class Find, class Take>
auto look_up_entry(Find find, Take take) -> std::optional<decltype(take(std::declval<Entry&>()))> {
    std::vector<char> room(longest_entry);
    Entry entry{}, *found = nullptr;
    find(&entry, room.data(), room.size(), &found);
    if (!found) return std::nullopt;
    return take(*found);
}

account account_of(const passwd& entry) { return {entry.pw_uid, entry.pw_gid, entry.pw_name, entry.pw_dir}; }

}  // namespace

std::optional<account> account_named(const std::string& name) {
    return look_up_entry<passwd>([&](auto... into) { return ::getpwnam_r(name.c_str(), into...); },
                                 account_of);
}

std::optional<account> account_numbered(uid_t number) {
    return look_up_entry<passwd>([&](auto... into) { return ::getpwuid_r(number, into...); }, account_of);
}

std::optional<gid_t> group_number(const std::string& name) {
    return look_up_entry<group>([&](auto... into) { return ::getgrnam_r(name.c_str(), into...); },
                                [](const group& entry) { return entry.gr_gid; });
}

std::optional<std::string> group_name(gid_t number) {
    return look_up_entry<group>([&](auto... into) { return ::getgrgid_r(number, into...); },
                                [](const group& entry) { return std::string(entry.gr_name); });
}

std::optional<gid_t> own_group_number(const std::string& name) {
    const auto number = group_number(name);
    if (!number || *number == ::getegid()) return number;
    const int count = ::getgroups(0, nullptr);
    std::vector<gid_t> own(static_cast<std::size_t>(std::max(count, 0)));
    if (count <= 0 || ::getgroups(count, own.data()) < 0) return std::nullopt;
    return std::find(own.begin(), own.end(), *number) != own.end() ? number : std::nullopt;
}

}  // namespace suprsync
