// What the daemon is told to do: one daemon, any number of archives. Where a value may come from and what it
// may be is engine/config/.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/notify_settings.hpp"

namespace suprsync {

/// What is asked of the destination before a local file is deleted (spec, Deleting, 3).
enum class recheck_kind { size, md5, off };
/// Whence the sums come that a file is verified by (spec, Verifying).
enum class verify_kind { cache, disk };
enum class links_kind { refuse, follow };

/// Batches of one archive in flight at a time, at most (spec, Options of run), and the staging slots that it
/// has beside theirs, for those that another process has locked.
inline constexpr std::size_t largest_concurrency = 64;
inline constexpr std::size_t spare_slots = 4;

/// Options of one archive, names and defaults as promised (spec, Options of run). Durations in seconds.
struct archive_configuration {
    std::string name;
    std::string remote_basedir;
    std::optional<std::string> ssh_host;
    std::optional<std::string> ssh_key;
    std::optional<std::string> remote_staging_dir;
    std::string remote_suprsync = "suprsync";  ///< our program there; without a slash: in PATH
    std::optional<double> delete_local_after;
    int max_copy_attempts = 5;
    std::optional<double> copy_timeout;
    std::optional<double> cmd_timeout;
    double stall_timeout = 300;
    std::optional<std::size_t> files_per_batch;
    double sleep_time = 60;
    bool compression = false;
    std::optional<std::string> bwlimit;
    std::string chmod = "g+rwX,o+rX";
    std::optional<std::size_t> concurrency;  ///< batches in flight; none: as many as bring more
    recheck_kind recheck_remote = recheck_kind::md5;
    verify_kind verify_from = verify_kind::cache;
    links_kind remote_links = links_kind::refuse;
    std::string transfer = "auto";      ///< or "rsync": never by our own code (spec, Transfers)
    std::optional<double> scrub_every;  ///< every copy is asked for again; none: never
    std::string scrub_rate = "20MB";    ///< as bytes_of_rate reads it: of content that is read for that
    std::vector<std::string> local_roots;
    std::string instance_id;
    std::string suprsync_file_root;

    /// "user@host:/base" or "/base": equal for archives that share their remote paths.
    std::string destination() const;

    /// Below which local files are read and deleted, links resolved; none: anywhere. Finalization files are
    /// our own, wherever they are written.
    std::vector<std::string> file_roots() const;

    /// The suprsync of an ssh host is to take the files, where there is one (spec, The far side).
    bool asks_far_side() const { return ssh_host && transfer == "auto"; }
};

struct daemon_configuration {
    std::string db_path;
    std::string suprsync_file_root;
    std::string instance_id;
    std::vector<std::string> local_roots;
    std::optional<double> scrub_every;
    std::string scrub_rate = "20MB";
    std::string log_level = "info";
    std::string log_format = "text";
    bool db_echo = false;
    std::vector<std::string> http_listen;  ///< empty: the default (spec, Who may ask)
    unsigned http_socket_mode = 0660;      ///< of Unix sockets
    std::optional<std::string> http_socket_group;
    std::optional<std::string> http_token_file;
    std::optional<std::string> http_tls_certificate;
    std::optional<std::string> http_tls_key;
    std::vector<std::string> http_host_names;
    std::string http_access = "full";  ///< or "read-only"
    std::string ocs_hub = "off";       ///< or a URL (spec, OCS)
    std::string ocs_realm = "test_realm";
    std::string ocs_address_root = "observatory";
    double shutdown_grace = 10;
    bool once = false;
    std::vector<archive_configuration> archives;
    std::vector<notify_configuration> notify;
};

}  // namespace suprsync
