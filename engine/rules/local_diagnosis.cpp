// What the doctor makes of this side: programs, the clock, the catalog, local directories.
#include <fmt/format.h>

#include "engine/model/shell_word.hpp"
#include "engine/model/text.hpp"
#include "engine/rules/diagnosis.hpp"
#include "engine/rules/space_level.hpp"

namespace suprsync {

namespace {

finding does_not_answer(const std::string& archive, const std::string& check, const probed_place& place) {
    return {
        health::failed, archive, check,
        place.path +
            " does not answer (a dead file server?): files there wait until it does; mend the mount, or restart the server"};
}

}  // namespace

finding judge_space(const std::string& archive, const std::string& check, const std::string& where,
                    const disk_space& space) {
    auto text =
        fmt::format("{} free of {} at {}", gigabytes(space.bytes_free), gigabytes(space.bytes_total), where);
    if (space.inodes_total > 0) text += fmt::format(", {} inodes free", space.inodes_free);
    const auto level = level_of(space);
    if (level == space_level::full) return {health::failed, archive, check, text + ": make room"};
    if (level == space_level::nearly_full)
        return {health::warning, archive, check, text + ": nearly full, make room"};
    return {health::ok, archive, check, text};
}

std::vector<finding> judge_programs(const std::vector<probed_program>& programs) {
    std::vector<finding> found;
    for (const auto& p : programs)
        if (p.version.empty())
            found.push_back({health::failed, "", p.name + " here",
                             fmt::format("it is not installed: install package {}", p.package)});
        else
            found.push_back({health::ok, "", p.name + " here", p.version});
    return found;
}

finding judge_md5(const std::string& error) {
    const std::string check = "MD5 here";
    if (error.empty()) return {health::ok, "", check, "it can be computed, in FIPS mode, too"};
    return {
        health::failed, "", check,
        error +
            ": nothing can be proved, and files would wait. Install an OpenSSL whose default provider has MD5"};
}

finding judge_own_clock(const clock_reading& here) {
    if (here.synchronized) return {health::ok, "", "clock here", "the kernel calls it synchronised"};
    return {
        health::warning, "", "clock here",
        "the kernel calls it unsynchronised: where it differs from a destination's by more than a minute, or is set by as much, announcements and deletions may wait. Have chrony (with rtcsync in chrony.conf, or the kernel is not told), ntpd or systemd-timesyncd (timedatectl set-ntp true) keep it"};
}

// The Python agent copies what has no sum, and never finds it right.
finding judge_sums(const std::string& archive, std::int64_t unsummed) {
    const std::string check = "sums";
    if (unsummed == 0) return {health::ok, archive, check, "no file waits without its MD5 sum"};
    return {
        health::ok, archive, check,
        fmt::format(
            "no MD5 sum is known yet of {} that wait{}: computed when they are copied, while the destination is down, and before the daemon ends; the Python agent could not verify them",
            counted(unsummed, "file"), unsummed == 1 ? "s" : "")};
}

std::vector<finding> judge_catalog(const probed_catalog& c) {
    const std::string check = "catalog";
    if (c.error) return {{health::failed, "", check, c.error->text()}};
    if (!c.writable)
        return {
            {health::failed, "", check,
             c.path +
                 ": the file and its directory must be writable for this user (SQLite makes -wal and -shm beside it)"}};
    if (!c.exists) return {{health::ok, "", check, c.path + " does not exist yet; it is made at the start"}};
    if (!c.not_probed.empty())
        return {{health::warning, "", check, c.path + " was not looked into: " + c.not_probed}};
    if (!c.damage.empty())
        return {
            {health::failed, "", check,
             fmt::format("{} is damaged ({}): stop all of its users, then recover it: sqlite3 {} .recover",
                         c.path, c.damage, command_word(c.path))}};
    std::vector<finding> found = {
        {health::ok, "", check,
         c.probed_to_the_end
             ? fmt::format("{}: schema is right, no damage, ids up to {}", c.path, c.rows)
             : fmt::format(
                   "{}: schema is right, no damage in the part that was looked at in time (ids up to {}); all of it: PRAGMA quick_check",
                   c.path, c.rows)}};
    for (const auto& [name, archive] : c.archives)
        if (archive.unsummed) found.push_back(judge_sums(name, *archive.unsummed));
    return found;
}

finding judge_finalization_root(const std::string& archive, const probed_place& root) {
    const std::string check = "finalization root";
    if (!root.answers) return does_not_answer(archive, check, root);
    if (root.exists && !root.is_directory)
        return {health::failed, archive, check, root.path + " is not a directory"};
    if (!root.writable)
        return {health::failed, archive, check,
                fmt::format("{}: this user may not write in {}: give it write and search permission",
                            root.path, root.nearest)};
    if (root.space && level_of(*root.space) == space_level::full)
        return judge_space(archive, check, root.path, *root.space);
    return {health::ok, archive, check,
            root.exists ? root.path : root.path + " does not exist yet; it is made on first use"};
}

finding judge_local_directory(const archive_configuration& archive, const std::string& check,
                              const probed_place& place) {
    const auto& name = archive.name;
    if (!place.answers) return does_not_answer(name, check, place);
    if (!place.exists)
        return {health::warning, name, check, place.path + " does not exist: no file can lie there"};
    if (!place.is_directory) return {health::failed, name, check, place.path + " is not a directory"};
    if (!place.readable)
        return {health::failed, name, check,
                place.path + ": this user may not read it: give it read and search permission"};
    if (!archive.delete_local_after) return {health::ok, name, check, place.path + " can be read"};
    if (!place.writable)
        return {
            health::failed, name, check,
            place.path +
                ": this user may not delete files in it: give it write permission, or leave delete_local_after out"};
    if (place.sticky)
        return {
            health::warning, name, check,
            place.path +
                ": only owners may delete files in it (sticky bit): run the daemon as the owner of the files"};
    return {health::ok, name, check, place.path + " can be read and deleted from"};
}

}  // namespace suprsync
