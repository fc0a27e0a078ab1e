#include "engine/rules/diagnosis.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>

#include "engine/model/text.hpp"
#include "engine/rules/clock_trust.hpp"

namespace suprsync {

namespace {

finding judge_base(const archive_configuration& archive, const probed_destination& there,
                   const probed_archive* remembered) {
    const auto& name = archive.name;
    const std::string check = "base directory";
    if (!there.base_error.empty())
        return {health::failed, name, check, archive.destination() + ": " + there.base_error};
    const bool delivered = remembered && (remembered->has_verified || remembered->base);
    if (!there.base_exists && delivered)
        return {
            health::failed, name, check,
            archive.destination() +
                " does not exist, though files were delivered there: is its file system mounted? Mount it, or make the directory, and resume the archive"};
    if (!there.base_exists && !there.parent_exists)
        return {health::failed, name, check,
                archive.destination() +
                    " and its parent do not exist: make the parent (it is never made by the daemon)"};
    if (!there.base_exists && !there.parent_writable)
        return {health::failed, name, check,
                fmt::format("{} does not exist, and {} may not make it: make it, writable for that account",
                            archive.destination(), there.account)};
    if (!there.base_exists)
        return {health::ok, name, check,
                archive.destination() + " does not exist yet; it is made on first use"};
    const auto what = fmt::format("{} (mode {}, {})", archive.destination(), there.mode, there.owner);
    if (remembered && remembered->base && *remembered->base != there.identity)
        return {
            health::failed, name, check,
            what +
                " is another directory than files were delivered to: is the right file system mounted? If it is right as it is, resume the archive"};
    if (!there.base_writable)
        return {health::failed, name, check,
                fmt::format("{}: {} may not write in it: give it write and search permission", what,
                            there.account)};
    // Its mode is its owner's business: --chmod is for what lies below it, and the daemon itself makes a
    // missing one as the account's umask says.
    if ((std::strtol(there.mode.c_str(), nullptr, 8) & 020) == 0)
        return {health::ok, name, check,
                what + "; where others of its group are to clean up, give them write permission: chmod g+w"};
    return {health::ok, name, check, what};
}

finding judge_directories(const archive_configuration& archive, const probed_destination& there) {
    const std::string check = "directories below it";
    std::string list;
    for (const auto& [kind, directory] : there.unusable_directories) {
        if (kind == 'l' && archive.remote_links == links_kind::follow) continue;
        const auto* const what = kind == 'l' ? "a symbolic link: remote_links: follow permits it"
                                 : kind == 'u'
                                     ? "the account may not write in it"
                                     : "another file system, where staged files cannot be linked to";
        list += (list.empty() ? "" : "; ") + directory + ": " + what;
    }
    if (list.empty()) return {health::ok, archive.name, check, "none is known that cannot be used"};
    return {health::warning, archive.name, check, "files for these would wait: " + list};
}

finding judge_names(const archive_configuration& archive) {
    return {
        health::warning, archive.name, "names",
        "the file system of " + archive.destination() +
            " ignores case: of files whose remote paths differ by case alone only the first is copied, the others fail"};
}

finding judge_staging(const archive_configuration& archive, const probed_destination& there) {
    const std::string check = "staging";
    const std::string consequence =
        "files would be copied straight to their place, where readers may see them incomplete: set remote_staging_dir to a directory that is";
    if (there.base_is_mount_point && !there.staging_same_file_system)
        return {
            health::warning, archive.name, check,
            fmt::format(
                "{} is a mount point, so that {} is on another file system; {} on the base directory's file system (and outside the base directory)",
                there.base, there.staging, consequence)};
    if (!there.staging_same_file_system)
        return {health::warning, archive.name, check,
                fmt::format("{} is on another file system than the base directory; {} on the same one",
                            there.staging_nearest, consequence)};
    if (!there.staging_writable)
        return {health::warning, archive.name, check,
                fmt::format("{} may not write in {}; {} writable", there.account, there.staging_nearest,
                            consequence)};
    if (!there.staging_refused.empty())
        return {health::warning, archive.name, check,
                fmt::format("{}; {} the account's own", there.staging_refused, consequence)};
    return {health::ok, archive.name, check, there.staging + ", on the base directory's file system"};
}

}  // namespace

bool expects_far_side(const archive_configuration& archive) {
    return archive.remote_suprsync != archive_configuration().remote_suprsync;
}

finding judge_transfer(const archive_configuration& archive, const std::string& version,
                       const std::string& refused) {
    const std::string check = "transfer";
    if (archive.transfer == "rsync")
        return {health::ok, archive.name, check, "by rsync, as transfer: rsync asks for"};
    if (!version.empty()) return {health::ok, archive.name, check, "by the suprsync " + version + " there"};
    return {expects_far_side(archive) ? health::warning : health::ok, archive.name, check,
            "by rsync: " + refused +
                ". It is faster where a suprsync is installed there (remote_suprsync), and needs none"};
}

// What a local file is deleted for.
std::vector<finding> judge_proof(const archive_configuration& archive, const probed_destination& there,
                                 const std::vector<probed_place>& local) {
    std::vector<finding> found;
    const std::string check = "copies";
    for (const auto& place : local)
        if (there.on_this_machine && place.exists && place.device == there.device &&
            place.inode == there.identity.inode)
            found.push_back(
                {health::failed, archive.name, check,
                 fmt::format(
                     "{} is {}, the directory of the data itself: nothing would be a copy. Set remote_basedir to another place",
                     archive.destination(), place.path)});
    const bool from_disk = (archive.delete_local_after && archive.recheck_remote == recheck_kind::md5) ||
                           archive.verify_from == verify_kind::disk;
    if (from_disk && !there.tells_what_is_in_memory)
        found.push_back(
            {health::warning, archive.name, check,
             "the content of copies may be read from memory there, and not from the disk: install fincore there (Debian: package util-linux-extra)"});
    return found;
}

std::vector<finding> judge_destination(const archive_configuration& archive, const probed_destination& there,
                                       const probed_archive* remembered,
                                       const std::vector<probed_place>& local) {
    const auto& name = archive.name;
    std::vector<finding> found;
    if (there.unreachable) {
        const bool programs = there.unreachable->code == failure_code::missing_program;
        found.push_back({health::failed, name,
                         programs           ? "programs there"
                         : archive.ssh_host ? "ssh"
                                            : "shell",
                         there.unreachable->text()});
        return found;
    }
    if (archive.ssh_host)
        found.push_back({health::ok, name, "ssh",
                         fmt::format("{} answers, without asking for anything (as {})", *archive.ssh_host,
                                     there.account)});
    if (there.no_locks.empty())
        found.push_back({health::ok, name, "programs there", there.rsync_version});
    else
        found.push_back(
            {health::failed, name, "programs there", there.no_locks + ": there is no staging without"});
    if (archive.ssh_host) {
        const auto text = fmt::format("it is {:+.1f} s from this machine's (known to {:.1f} s)",
                                      there.clock_difference, there.clock_uncertainty);
        const bool far = differs(there.clock_difference, there.clock_uncertainty);
        found.push_back({far ? health::warning : health::ok, name, "clock there",
                         far ? text + ": set both by NTP" : text});
    }
    found.push_back(judge_base(archive, there, remembered));
    if (there.space) found.push_back(judge_space(name, "space there", archive.destination(), *there.space));
    if (there.base_exists) found.push_back(judge_directories(archive, there));
    if (there.ignores_case) found.push_back(judge_names(archive));
    if (!there.staging_nearest.empty()) found.push_back(judge_staging(archive, there));
    for (auto& of_proof : judge_proof(archive, there, local)) found.push_back(std::move(of_proof));
    if (remembered && remembered->paused)
        found.push_back({health::warning, name, "paused",
                         fmt::format("the archive is paused ({}): nothing is copied until it is resumed",
                                     remembered->pause_reason)});
    return found;
}

}  // namespace suprsync
