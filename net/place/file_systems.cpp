#include "net/place/file_systems.hpp"

#include <fmt/format.h>
#include <sys/vfs.h>

#include <cstdint>

namespace suprsync {

namespace {

struct known_type {
    std::uint32_t magic;
    const char* name;
    bool ignores_case;
    bool has_own_memory;
};

// statfs(2); the names are those of coreutils.
constexpr known_type known_types[] = {
    {0xef53, "ext2/ext3", false, false},  {0x58465342, "xfs", false, false},
    {0x9123683e, "btrfs", false, false},  {0x01021994, "tmpfs", false, false},
    {0x858458f6, "ramfs", false, false},  {0x794c7630, "overlayfs", false, false},
    {0xf2f52010, "f2fs", false, false},   {0xca451a4e, "bcachefs", false, false},
    {0x3153464a, "jfs", false, false},    {0x52654973, "reiserfs", false, false},
    {0x3434, "nilfs", false, false},      {0xf15f, "ecryptfs", false, false},
    {0x61756673, "aufs", false, false},   {0x15013346, "udf", false, false},
    {0x9660, "isofs", false, false},      {0x73717368, "squashfs", false, false},
    {0x4d44, "msdos", true, false},       {0x2011bab0, "exfat", true, false},
    {0x5346544e, "ntfs", true, false},    {0x7366746e, "ntfs3", true, false},
    {0x4244, "hfs", true, false},         {0x482b, "hfs+", true, false},
    {0x4858, "hfsx", true, false},        {0x42535041, "apfs", true, false},
    {0x517b, "smb", true, true},          {0xfe534d42, "smb2", true, true},
    {0xff534d42, "cifs", true, true},     {0x6969, "nfs", false, true},
    {0x65735546, "fuseblk", false, true}, {0x2fc12fc1, "zfs", false, true},
    {0x01021997, "v9fs", false, true},    {0x00c36400, "ceph", false, true},
    {0x0bd00bd0, "lustre", false, true},  {0x47504653, "gpfs", false, true},
};

}  // namespace

file_system_kind file_system_of(int descriptor) {
    struct ::statfs seen{};
    if (::fstatfs(descriptor, &seen) != 0) return {};
    const auto magic = static_cast<std::uint32_t>(seen.f_type);
    for (const auto& type : known_types)
        if (type.magic == magic) return {type.name, type.ignores_case, type.has_own_memory};
    return {fmt::format("UNKNOWN (0x{:x})", magic), false, true};
}

}  // namespace suprsync
