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

std::vector<gid_t> groups_of(const account& who) {
    int count = 0;
    ::getgrouplist(who.name.c_str(), who.group, nullptr, &count);
    std::vector<gid_t> groups(static_cast<std::size_t>(std::max(count, 0)));
    if (::getgrouplist(who.name.c_str(), who.group, groups.data(), &count) < 0) groups = {who.group};
    return groups;
}

std::vector<gid_t> own_groups() {
    const int count = ::getgroups(0, nullptr);
    std::vector<gid_t> own(static_cast<std::size_t>(std::max(count, 0)));
    if (count > 0 && ::getgroups(count, own.data()) < 0) own.clear();
    return own;
}

// access(2) asks for the real account; what this process may do is the effective one's.
class asking_as {
  public:
    asking_as(const account& who, const std::vector<gid_t>& groups)
        : groups_(own_groups()), group_(::getgid()) {
        possible_ = ::setgroups(groups.size(), groups.data()) == 0 &&
                    ::setregid(who.group, static_cast<gid_t>(-1)) == 0 &&
                    ::setreuid(who.number, static_cast<uid_t>(-1)) == 0;
    }
    ~asking_as() {
        // What was possible one way is the other way for root.
        [[maybe_unused]] const bool back = ::setreuid(0, static_cast<uid_t>(-1)) == 0 &&
                                           ::setregid(group_, static_cast<gid_t>(-1)) == 0 &&
                                           ::setgroups(groups_.size(), groups_.data()) == 0;
    }
    asking_as(const asking_as&) = delete;
    asking_as& operator=(const asking_as&) = delete;
    bool possible() const { return possible_; }

  private:
    std::vector<gid_t> groups_;
    gid_t group_;
    bool possible_ = false;
};

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
    const auto own = own_groups();
    return std::find(own.begin(), own.end(), *number) != own.end() ? number : std::nullopt;
}

bool may_use(const account& who, const std::vector<gid_t>& more_groups, const std::string& path, int how) {
    if (::geteuid() != 0) return ::access(path.c_str(), how) == 0;
    auto groups = groups_of(who);
    groups.insert(groups.end(), more_groups.begin(), more_groups.end());
    const asking_as other(who, groups);
    return !other.possible() || ::access(path.c_str(), how) == 0;
}

}  // namespace suprsync
