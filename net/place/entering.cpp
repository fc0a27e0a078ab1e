#include "net/place/entering.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "engine/files/open_beneath.hpp"
#include "engine/model/text.hpp"
#include "net/place/shown_by_kernel.hpp"

namespace suprsync {

namespace {

constexpr unsigned for_others = 077;

bool is_private(int directory, const char* which) {
    struct ::stat seen{};
    return ::fstatat(directory, which, &seen, 0) == 0 && S_ISDIR(seen.st_mode) &&
           seen.st_uid == ::geteuid() && (seen.st_mode & for_others) == 0;
}

failure not_private(const call_names& call, const std::string& path) {
    return call.failed(failure_code::io, path + " is no private directory of the account");
}

}  // namespace

base_identity identity_of_directory(int directory) {
    struct ::statfs system{};
    struct ::stat seen{};
    if (::fstatfs(directory, &system) != 0 || ::fstat(directory, &seen) != 0) return {};
    unsigned parts[2] = {};
    static_assert(sizeof parts == sizeof system.f_fsid);
    std::memcpy(parts, &system.f_fsid, sizeof parts);
    return {fmt::format("{:x}", std::uint64_t{parts[0]} << 32 | parts[1]), seen.st_ino};
}

std::string real_path_of(int descriptor) {
    std::error_code unknown;
    return std::filesystem::read_symlink(shown_by_kernel(descriptor), unknown).string();
}

bool may_enter(int directory) { return ::faccessat(directory, ".", X_OK, AT_EACCESS) == 0; }
bool may_write_in(int directory) { return ::faccessat(directory, ".", W_OK | X_OK, AT_EACCESS) == 0; }

std::uint64_t mount_of(int descriptor) {
    std::ifstream facts(fmt::format("/proc/self/fdinfo/{}", descriptor));
    constexpr std::string_view key = "mnt_id:";
    for (std::string line; std::getline(facts, line);) {
        if (!line.starts_with(key)) continue;
        std::string_view rest(line);
        rest.remove_prefix(std::min(rest.find_first_of("0123456789"), rest.size()));
        return take_number<std::uint64_t>(rest).value_or(0);
    }
    return 0;
}

bool on_one_file_system(int one, int other) {
    struct ::stat seen{};
    struct ::stat seen_other{};
    if (::fstat(one, &seen) != 0 || ::fstat(other, &seen_other) != 0 || seen.st_dev != seen_other.st_dev)
        return false;
    const auto mount = mount_of(one);
    const auto mount_of_other = mount_of(other);
    return mount == mount_of_other || mount == 0 || mount_of_other == 0;
}

result<open_descriptor> enter_base(const base_state& state, const call_names& call) {
    open_descriptor base(::open(state.base.c_str(), as_directory));
    if (!base || !may_enter(base.number()))
        return call.failed(failure_code::base_missing,
                           "the base directory is not there, or cannot be entered: is its disk mounted?");
    if (identity_of_directory(base.number()) != state.identity)
        return call.failed(failure_code::base_changed,
                           "the base directory is another than before: is its disk mounted?");
    return base;
}

result<open_descriptor> enter_in(const base_state& state, const call_names& call) {
    const auto path = state.in();
    const open_descriptor root(::open("/", as_directory));
    open_descriptor in(open_beneath(root.number(), path.substr(1), as_directory));
    // What lies below the first of them can be exchanged by nobody else.
    if (!in || !is_private(in.number(), ".") || !is_private(in.number(), "..") ||
        !is_private(in.number(), "../.."))
        return not_private(call, path);
    return in;
}

result<open_descriptor> enter_slot(int in, const base_state& state, int slot, const call_names& call) {
    const auto name = std::to_string(slot);
    open_descriptor entered(::openat(in, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct ::stat seen{};
    if (!entered || ::fstat(entered.number(), &seen) != 0 || seen.st_uid != ::geteuid())
        return not_private(call, state.in() + "/" + name);
    return entered;
}

}  // namespace suprsync
