#include "engine/report/condition_catalogue.hpp"

#include <algorithm>

#include "engine/report/conditions.hpp"

namespace suprsync {

namespace {

namespace kind = condition_kind;

constexpr known_condition all_conditions[] = {
    {kind::destination_unreachable, "the destination does not answer, or its account runs no commands",
     "the message says what ssh, the account there or the local command said, and what to change where the account runs no commands (nologin, sftp only, a forced command, a login shell that prints); it goes when the destination answers, which is tried at once with `suprsync try-now ARCHIVE`"},
    {kind::missing_program, "a program that is needed is not there, or is another one of that name",
     "install the program that it names, here or there; of programs there that do not do what is needed (BusyBox's own, a `sh` of another kind) it says what they said. Then: `suprsync try-now ARCHIVE`"},
    {kind::runtime_directory, "the directory for sockets and links cannot be had",
     "the directory, which the message names, went away or cannot be made: see what removes it, or start the daemon by the installed unit, which has one of its own"},
    {kind::destination_full, "the destination has no space or no quota left",
     "make room there; to have it tried at once: `suprsync try-now ARCHIVE`"},
    {kind::base_directory,
     "the base directory is missing, or is another one than before: nothing is copied, announced or deleted",
     "mount the right file system: the archive goes on by itself within 30 s. To take the directory as it is now: `suprsync resume ARCHIVE`"},
    {kind::directory_unusable, "files cannot be put into a directory below the base directory",
     "what the message says of each directory: give the account permission, make it a directory of the base directory's file system, remove the symbolic link or set `remote_links: follow`; its files then go by themselves"},
    {kind::staging_unavailable, "files are copied straight to their places, without staging",
     "set `--remote-staging-dir` to a directory on the base directory's file system, where nobody else may rename what the account makes (not writable by others, or sticky: `chmod +t`); or remove what the message names"},
    {kind::slot_busy, "a place in staging there is held by an earlier process",
     "nothing at first: an earlier rsync still holds a place in staging there; where it stays, end that rsync at the destination"},
    {kind::source_unavailable, "a directory of registered files here is missing or does not answer",
     "a directory of this machine is missing, unmounted or does not answer, or the daemon is out of descriptors: mend what the message names; files go on by themselves. Files that are gone for good: `suprsync ignore ID`, or `suprsync ignore ARCHIVE --prefix P`"},
    {kind::paused, "nothing of the archive is copied",
     "somebody paused the archive, for what the message says: when that is over, `suprsync resume ARCHIVE`"},
    {kind::ocs_stopped, "an operation of OCS was stopped, and nothing of its archive is copied",
     "the operation `run` of that agent was stopped over OCS: start it there (ocs-web, `OCSClient(...).run.start()`), or restart the daemon; `resume` does not end it"},
    {kind::ocs_hub_unreachable, "the hub of OCS does not answer",
     "the message says what failed: is the site's crossbar running, is `wamp_server` of the site file (or `SITE_HUB`, `ocs.hub`) its address? It is tried again by itself. Copying is not concerned, but the site's packaging stops some hours after the last feed"},
    {kind::ocs_not_registered, "an agent's address at the hub is another's, or not permitted",
     "another agent has that address: stop the Python agent, and set `manage: ignore` in its entry of the site file where a HostManager starts it again; or the hub does not permit it. Tried again every 10 s"},
    {kind::files_failed, "files have no attempts left",
     "`suprsync list <archive> --state failed` has the reasons; mend the cause, then `suprsync retry` or `ignore`"},
    {kind::finalization_blocked,
     "a complete day waits for files that have no attempts left, for lost copies, or for a word about its removal at the destination",
     "`suprsync timecodes <archive> --open` names the files; mend the cause, then `suprsync retry` or `ignore`; lost copies: `suprsync verify <archive> --requeue` sends again what is here"},
    {kind::copies_lost, "verified copies are missing or changed at the destination, again", "find out what removes or changes verified files there, then retry them; of copies that were asked for again, `suprsync verify <archive>` shows all, and with `--requeue` sends those whose local files are here. What was removed there on purpose: `ignore` (a whole day is the condition `day_removed`)"},
    {kind::day_removed, "a whole day was removed at the destination",
     "Was it removed on purpose (a clean-up, archived further on): `suprsync accept-removal <archive> <timecode>`, and files of it that are still here go here, too, when they are due. Was it a mistake: put it back, or `suprsync retry <archive> --prefix <timecode>/`, and they are sent again. Until then they are kept"},
    {kind::content_replaced, "other content stood where a file was published",
     "it is kept at the path in the message. Find out who put it there: where a second catalog or host copies to the same path, give each its own paths and have the other one retry its file. The condition goes a day after the last such file"},
    {kind::copies_unproved,
     "copies may not be at the destination as they were verified: its disk could not write or lost power, or nobody looked after them",
     "see to that disk (`dmesg` there), or to why its machine was started anew. Nothing else is to be done: the copies are read anew, and what is damaged is sent again. Where the message says that memory holds a file: unmount and mount that file system, or restart that machine"},
    {kind::not_a_copy, "the destination is the local file itself",
     "the base directory is the data's own directory, by a link, a mount or an ssh to this machine: set `remote_basedir` to another place. Its files are neither verified nor deleted, and go by themselves then"},
    {kind::read_from_memory, "content of copies that was to come from the disk there may come from memory",
     "install `fincore` there (Debian: package util-linux-extra) for `recheck_remote: md5` and `verify_from: disk`, or know that the file system is one in memory, or has a memory of its own (zfs, NFS, CIFS, 9p, FUSE), of which nothing tells"},
    {kind::deletion_failed, "local files that are due cannot be deleted",
     "the message names the file and what the system said"},
    {kind::back_dated, "a file was registered with a date that readers have already passed",
     "tell the readers of that day, and mend the clock or the program that dates its files so"},
    {kind::undated_files, "a row has a `timestamp` that is no date",
     "the message names a row whose `timestamp` is text, empty, negative or infinite: correct it (`UPDATE supersync_v0 SET timestamp = ... WHERE id = ...`) or ignore the row"},
    {kind::unserved, "files are registered for an archive that no daemon works on",
     "start the daemon that serves it, or correct the name (`UPDATE supersync_v0 SET archive_name = ... WHERE archive_name = ...`), or ignore the rows"},
    {kind::clock_untrusted, "this machine's clock is in doubt, so that announcements or deletions wait",
     "the message says whether announcements and deletions wait: set the clock right and keep it so (`timedatectl`; chrony tells the kernel only with `rtcsync` in chrony.conf; a container must be allowed to ask, `adjtimex`), or, where it is right, `suprsync accept-clock`"},
    {kind::clock_difference, "the clocks here and at the destination differ",
     "set the clocks here and at the destination by NTP"},
    {kind::finalization_failed, "a finalization file cannot be written",
     "the message says where and why (permission, space)"},
    {kind::catalog_error, "SQLite refuses to read or write the catalog",
     "the message says why; check its disk, permissions and `PRAGMA integrity_check`"},
    {kind::catalog_replaced, "the catalog is not the one that was opened, or lacks tables of ours",
     "the catalog's file was removed, moved or replaced, or tables of ours were dropped in it: put a catalog at the path; the daemon takes it up by itself, and nothing is registered, copied or deleted before. Where there is to be a new one, restart the daemon"},
    {kind::preparing, "an old database is indexed for the first time", "nothing: it goes when that is done"},
    {kind::port_busy, "the daemon has neither the default port nor a socket, and answers no requests",
     "another program has the default port, and no socket could be made: give this daemon a `--http-listen` of its own"},
    {kind::configuration_not_reloaded,
     "the configuration was read again and cannot be used: the one before holds",
     "mend the file at the line that the message names, then `systemctl reload suprsync` (or send SIGHUP) again"},
    {kind::notification_failed, "somebody who is to be told (`notify`) cannot be told",
     "the message says who, why, and how many messages wait, which are told in one as soon as that is possible: mend the program or the address, and try it with `suprsync notify --test`"},
    {kind::database_locked, "another program has the catalog locked",
     "find the program that holds the lock: `fuser -v <database>`"},
    {kind::disk_nearly_full, "a disk of this machine is nearly full",
     "less than 3 % of the bytes or of the inodes of a disk are free, on which registered files, the catalog or the file root lie: see what keeps files from being deleted"},
};

}  // namespace

std::span<const known_condition> condition_catalogue() { return all_conditions; }

bool is_condition(std::string_view name) {
    return std::ranges::any_of(all_conditions, [&](const known_condition& one) { return name == one.kind; });
}

}  // namespace suprsync
