// Accounts and groups of this machine, by name and number.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace suprsync {

/// Who may ask a daemon at its socket where nobody says otherwise: the installation makes this group.
inline constexpr const char* group_of_operators = "suprsync";

struct account {
    uid_t number = 0;
    gid_t group = 0;  ///< its primary one
    std::string name;
    std::string home;
};

/// None where there is no such account.
std::optional<account> account_named(const std::string& name);
std::optional<account> account_numbered(uid_t number);

/// None where there is no such group.
std::optional<gid_t> group_number(const std::string& name);
std::optional<std::string> group_name(gid_t number);

/// The group's number, where this process belongs to it.
std::optional<gid_t> own_group_number(const std::string& name);

/// Whether that account, with these groups beside its own, may use what is at the path: as access(2) (R_OK,
/// W_OK, X_OK), all that is on the way included. Only root can ask for another account; to anybody else, for
/// the own one; where the system lets not even root ask, yes. Not to be asked while another thread runs.
bool may_use(const account& who, const std::vector<gid_t>& more_groups, const std::string& path, int how);

}  // namespace suprsync
