// The table of the log's warnings and errors beside conditions: each with what it means and what to do, as
// docs/messages.md lists them (`suprsync help --messages`). Nothing else is logged as a warning or an error.
#pragma once

#include <spdlog/common.h>

#include <span>

namespace suprsync {

struct log_message {
    const char* name;  ///< that of the variable
    spdlog::level::level_enum level;
    const char* text;     ///< with places for values, as fmt reads it
    const char* meaning;  ///< what it says, a sentence
    const char* advice;   ///< what to do, in Markdown
    /// As the catalogue shows it, where nearly all of `text` is a value.
    const char* shown = "";
};

namespace messages {

inline constexpr auto warning = spdlog::level::warn;
inline constexpr auto error = spdlog::level::err;
inline constexpr auto critical = spdlog::level::critical;

inline constexpr log_message file_not_copied{
    "file_not_copied", warning, "{} (id {}) is not copied: {}",
    "an attempt to copy this file failed, for the reason given; it is tried again while it has attempts left",
    "what the reason says; `suprsync explain <local path>` tells what follows"};
inline constexpr log_message more_not_copied{
    "more_not_copied", warning, "{} files are not copied, of which the first {} are told above",
    "so many files of one batch failed that only the first are told one by one",
    "`suprsync list <archive> --state retrying` and `--state failed` have all of them, with their reasons"};
inline constexpr log_message file_not_deleted{"file_not_deleted", warning, "{} (id {}) is not deleted: {}",
                                              "the file was due, and was kept for the reason given",
                                              "what the reason says; it is looked at again by itself"};
inline constexpr log_message content_replaced{
    "content_replaced", warning, "other content stood at {}: it was moved to {}",
    "a file was published where another program or catalog had put something else, which is kept",
    "see the condition `content_replaced`"};
inline constexpr log_message copied_by_rsync{
    "copied_by_rsync", warning, "files are copied by rsync: {}",
    "neither the daemon by itself nor the suprsync at the destination can copy to this base directory, for the reason given, and rsync does it, more slowly; that none is installed at an ssh host is no warning, where `remote_suprsync` is not set",
    "what the reason says: have a suprsync of this version there, say in `remote_suprsync` where it is, or set `transfer: rsync`, which says that it is meant so"};
inline constexpr log_message leftovers_not_removed{
    "leftovers_not_removed", warning, "leftovers in staging are not removed: {}",
    "what nothing waits for any more stays in the staging directory at the destination for now",
    "nothing while the destination is not reachable: it is tried again; else what the reason says"};
inline constexpr log_message base_is_neighbour{
    "base_is_neighbour",
    warning,
    "{}",
    "two base directories of the catalog lie inside one another, by a link or a mount",
    "give one of the archives another `remote_basedir`; until then each file has one owner all the same",
    "... is .../...: remote paths of ... that begin with ... are files of both"};
inline constexpr log_message pause_not_recorded{
    "pause_not_recorded", error, "the pause for the base directory is not recorded: {}",
    "the archive is paused, and after a restart would find out anew that its base directory is another",
    "see why the catalog cannot be written (condition `catalog_error`)"};
inline constexpr log_message batch_not_recorded{
    "batch_not_recorded", error, "what became of a batch is not recorded: {}",
    "files were copied, and the catalog does not say so: the destination is asked before they are sent again",
    "see why the catalog cannot be written (conditions `catalog_error`, `catalog_replaced`)"};
inline constexpr log_message sync_failed{
    "sync_failed", error, "{}: all copies that were published before are read anew from the disk there",
    "a disk at the destination could not write what it was given",
    "see to that disk (`dmesg` there), and the condition `copies_unproved`"};
inline constexpr log_message finalization_not_discarded{
    "finalization_not_discarded", warning, "a finalization file that announces nothing is not removed: {}",
    "it was written, could not be registered, and lies in the file root; nobody is sent it",
    "remove the file that the message names"};
inline constexpr log_message end_not_recorded{
    "end_not_recorded", warning,
    "the catalog {} is locked by another program: what was done last is not recorded",
    "the daemon ends all the same; the next one asks the destination what it has",
    "find the program that holds the lock: `fuser -v <database>`"};
inline constexpr log_message catalog_is_locked{
    "catalog_is_locked", warning, "{}; waiting for it",
    "another program has the catalog locked while the daemon starts", "find it with `fuser -v <database>`"};
inline constexpr log_message guardian_ended{
    "guardian_ended",
    warning,
    "{}",
    "the process that ends our children when the daemon dies has ended itself; another one was started",
    "find out who kills processes of this account (out of memory? `journalctl -k`)",
    "the guardian ... has ended ..."};
inline constexpr log_message option_without_effect{
    "option_without_effect",
    warning,
    "{}",
    "a setting that somebody meant to have an effect has none: a variable is misspelt, or another setting makes it void",
    "correct or remove what the message names",
    "SUPRSYNC_... is skipped: ..., ... has no effect: ..., archive '...' copies nothing: ..."};
inline constexpr log_message nothing_to_reload{
    "nothing_to_reload",
    warning,
    "SIGHUP: {}",
    "the daemon was told everything on its command line and by its environment",
    "put the options into a file, or restart the daemon to change them",
    "SIGHUP: there is nothing to read again, without --config or --site-file"};
inline constexpr log_message reload_not_heard{
    "reload_not_heard", warning, "{}; suprsync reload does not find this daemon, SIGHUP does as ever",
    "the socket at which the daemon answers `suprsync reload` cannot be made",
    "what the reason says; until then `kill -HUP`, and see the log for what became of it"};
inline constexpr log_message http_is_open{
    "http_is_open",
    warning,
    "{}: {}",
    "what others on this machine or network can do or read over HTTP, or of a secret, by the configuration as it is",
    "what the message says; `suprsync doctor` says the same",
    "http: ..."};
inline constexpr log_message http_ended{
    "http_ended", warning, "http: {}",
    "a connection or a request of the HTTP interface ended with an error of this program",
    "report it, with the lines around it; copying is not concerned"};
inline constexpr log_message no_socket{
    "no_socket", warning, "this daemon has no socket of its own: {}",
    "the Unix socket in the runtime directory cannot be made; the daemon answers at the port, where it has that",
    "what the reason says, or say where to listen (`http.listen`)"};
inline constexpr log_message address_is_lost{
    "address_is_lost", error, "an address that this daemon listened at is lost: {}",
    "a reload was refused, and one of the addresses before it cannot be had again",
    "mend what has that address, then restart the daemon"};
inline constexpr log_message notice_given_up{
    "notice_given_up", warning, "{}: a message is given up, and will be told in a summary: {}",
    "somebody who is to be told (`notify`) could not be told for an hour, or refused the message",
    "what the reason says; `suprsync notify --test` tries it"};
inline constexpr log_message notices_left{
    "notices_left", warning, "{}: {} not delivered: {}",
    "messages to somebody who is to be told (`notify`) are lost",
    "see the condition `notification_failed`; what holds now is told by `suprsync status`"};
inline constexpr log_message watchdog_starves{
    "watchdog_starves", error, "a transfer makes no progress and does not end: the watchdog is not fed",
    "the service manager restarts the daemon after its time limit, and it goes on where it was",
    "where it comes again: look for processes in state D, and at the disk or server that they wait for"};
inline constexpr log_message not_started{
    "not_started", error, "the daemon is not started: {}",
    "the daemon cannot start, for the reason given, and has ended",
    "what the reason says; `suprsync doctor` looks at everything that a start needs"};
inline constexpr log_message ended_by_a_bug{
    "ended_by_a_bug", critical, "the daemon ends: {}",
    "the daemon met what must not be, and has ended; nothing is lost",
    "report it, with the lines before it; the service manager starts it again"};

}  // namespace messages

/// Every one of them.
std::span<const log_message* const> message_catalogue();

}  // namespace suprsync
