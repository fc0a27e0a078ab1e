// How files get to one archive's destination, on an ssh host or on this machine: three verbs, stage, digests
// and publish (spec, Staging and publishing), and the questions around them. Implemented by net/.
//
// All paths are relative to the base directory ("17000/smurf/a.g3"), any bytes but NUL and without "..". No
// name ever reaches a shell. Every function ends within its own limits, and reports rather than throws: a
// report says how the process ended and, item by item, what became of each file, answers received before a
// limit included.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/destination.hpp"
#include "engine/model/disk_space.hpp"
#include "engine/model/failure.hpp"
#include "engine/model/file.hpp"

namespace suprsync {

struct prepare_request {
    std::string catalog_uuid;      ///< names this catalog's own part of staging
    bool may_create_base = false;  ///< make the base directory (never its parent) where it is missing
    std::optional<base_identity> expected;  ///< refuse with base_changed when the base is another
    std::vector<int> slots_in_use;          ///< nothing in them is touched or listed
    /// For questions alone, beside a daemon that works there: nothing is made, listed or ended, and there is
    /// no staging.
    bool only_look = false;
};

/// What `prepare` found at the destination.
struct destination_facts {
    std::string base;  ///< real path of the base directory
    base_identity identity;
    bool base_created = false;
    std::string staging;                   ///< staging directory; empty where staging is refused
    std::string staging_refused;           ///< why there is none and what to set; empty where there is one
    std::vector<staged_file> staged;       ///< what lies there from before
    std::vector<int> locked_slots;         ///< in which another process works
    std::uint64_t device = 0;              ///< of the base directory, as numbered by that kernel
    std::optional<epoch_seconds> clock{};  ///< what the clock there said, in whole seconds
    std::string boot{};                    ///< which run of which machine's kernel that is; empty: not known
    std::optional<directory_place> place{};  ///< of the base directory; none: not known
};

/// How the process behind a verb ended. Every end but `finished` says nothing about the files that have no
/// answer: they keep their attempts.
struct process_end {
    /// finished: whatever the exit status, the connection lasted and each file may be judged by its own
    /// answer. Otherwise one of connection, no_space, timed_out, stalled, slot_busy, stopped,
    /// missing_program, not_permitted, io.
    std::optional<failure> error;
    std::string exit_class;  ///< for counters and logs: "0", "23", "signal 9", "timed out"
    bool finished() const { return !error.has_value(); }
};

struct stage_item {
    std::string local_path;
    std::string remote_path;
    std::uint64_t size = 0;    ///< bytes
    std::string read_at = {};  ///< what is sent: as open_file; empty: what stands at `local_path`
    int descriptor = -1;       ///< the same in this process; -1: there is none
    std::shared_ptr<const void> held = {};  ///< keeps both valid while anybody may read it
};

struct stage_request {
    int slot = 0;
    stage_mode mode = stage_mode::resume;
    std::vector<stage_item> items;
    /// Called on the loop as bytes are sent, and files of which nothing lay there before; may be empty.
    std::function<void(std::uint64_t total_bytes, std::size_t files)> progress;
};

struct stage_report {
    process_end end;
    std::uint64_t bytes = 0;                             ///< sent by this process
    std::vector<std::optional<std::string>> complaints;  ///< per item: what rsync said about it
    /// Per item, or empty: it was not sent, since nothing may be made in its directory ("directory//why").
    std::vector<std::optional<std::string>> held_back{};
    /// Per item, or empty: its local file could not be read, for what is a problem of the place where it lies
    /// and not of the destination.
    std::vector<std::optional<failure>> unreadable{};
    /// Files of rsync's that an interruption had left below the base directory and that were removed: paths.
    std::vector<std::string> removed_leftovers{};
};

struct digest_request {
    std::optional<int> slot;  ///< staged files of this slot; none: published files
    std::vector<std::string> remote_paths;
    bool from_disk = false;   ///< past the page cache, where that can be had; what is read was synced
    std::uint64_t bytes = 0;  ///< together, for the time limit (spec, Copying: 10 MB/s)
};

struct digest_report {
    process_end end;
    std::vector<std::optional<std::string>> md5;          ///< per path, lower-case hexadecimal
    std::vector<std::optional<std::string>> complaints;   ///< per path: what md5sum said about it
    std::vector<std::optional<remote_object>> objects{};  ///< per path: which file that is
    std::vector<read_source> sources{};                   ///< per path: of md5
};

struct publish_item {
    file_id id = 0;
    std::string remote_path;
    std::string md5;  ///< verified content of the staged file
    std::optional<std::string>
        supersedes_md5;      ///< content of the earlier version that this catalog delivered
    std::uint64_t size = 0;  ///< bytes
    file_identity local{};   ///< the local file as it is now
};

enum class publish_outcome {
    unknown,  ///< no answer: ask the destination before sending again
    published,
    already_there,  ///< the final path had the right content; the staged file is gone
    replaced,       ///< other content stood there and was moved to `detail`; ours is published
    superseded,     ///< our own earlier version stood there and yielded
    held_back,      ///< nothing may be made in its directory: `detail` is "directory//why"
    conflict,       ///< what stands there is listed as `detail`, and may be the copy of another file
    refused,        ///< this file cannot be published: `detail` says why
    unverified,     ///< nothing was done: the staged file, or one beside it, was not found to be as expected
};

struct publish_report {
    process_end end;
    std::vector<publish_outcome> outcomes;
    std::vector<std::string> details;
    std::vector<std::optional<remote_object>>
        objects{};  ///< what was found at the final path (already_there)
};

struct stat_request {
    std::vector<std::string> remote_paths;  ///< published files
    bool md5 = false;                       ///< content, too; size alone otherwise
    bool from_disk = false;                 ///< md5 past the page cache, where that can be had
    bool sync_first = false;  ///< `sync -f` of the base directory before the stat (spec, Deleting, 3); alone
                              ///< where no paths are given
    bool failed_sync_known =
        false;                 ///< that a sync failed earlier is in the catalog: it is no error any more
    std::string synced_below;  ///< directory of which each file is synced where `sync -f` tells no errors
    std::uint64_t bytes = 0;   ///< together, for the time limit where md5 is asked
    /// With `from_disk`: what is larger is read so many bytes a second; 0: as fast as it goes.
    std::uint64_t pace = 0;
};

struct stat_report {
    process_end end;
    bool sync_failed =
        false;           ///< this sync, or one whose answer was lost: what was written there may be lost
    std::string boot{};  ///< as of destination_facts: of the kernel that answered
    std::vector<stat_answer> answers;
};

class transport {
  public:
    virtual ~transport() = default;

    /// Connects, checks base directory and programs, makes staging, lists what lies there; processes of ours
    /// that hang there in a slot are ended. Failures: connection,
    /// missing_program, base_missing, base_changed, not_permitted, timed_out, stopped.
    virtual boost::asio::awaitable<result<destination_facts>> prepare(prepare_request) = 0;

    /// One rsync into the slot (or, where staging is refused, straight to the base directory).
    virtual boost::asio::awaitable<stage_report> stage(stage_request) = 0;

    /// In which order stage() goes through files of these remote paths: their places. So `progress` counts
    /// them.
    virtual std::vector<std::size_t> order_of(const std::vector<std::string_view>& remote_paths) const = 0;

    /// md5sum of staged or published files, computed at the destination.
    virtual boost::asio::awaitable<digest_report> digests(digest_request) = 0;

    /// Links verified staged files to their final names and unlinks them in staging: one command for all.
    virtual boost::asio::awaitable<publish_report> publish(int slot, std::vector<publish_item>) = 0;

    /// digests() and publish() in one command, which saves a round trip: sums are compared there with `md5`
    /// of each item, and files are published only where all are right that were compared together, and none
    /// may be a local file itself.
    /// `unverified` are those to be asked for by digests(). `bytes`: together, for the time limit. What
    /// cannot be done so (names that the command cannot take) is `unverified`, too.
    virtual boost::asio::awaitable<publish_report> deliver(int slot, std::vector<publish_item>,
                                                           std::uint64_t bytes) = 0;

    /// What stands at final paths now.
    virtual boost::asio::awaitable<stat_report> stat(stat_request) = 0;

    /// Removes files from staging, and directories there that have become empty.
    virtual boost::asio::awaitable<result<void>> sweep(std::vector<staged_file>) = 0;

    /// How much room the base directory's file system has. Failures: connection, timed_out (soon: nobody is
    /// to wait for it), base_missing, base_changed, io, stopped.
    virtual boost::asio::awaitable<result<disk_space>> space() = 0;

    /// Ends every running process (SIGTERM to its group, then SIGKILL); what runs returns `stopped`, and so
    /// does whatever is asked later. What was sent stays for resumption.
    virtual void stop() = 0;

    /// Where files go, for people: "user@host:/base" or "/base".
    virtual std::string name() const = 0;
};

}  // namespace suprsync
