#include "engine/config/configuration_keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <climits>
#include <set>

#include "engine/config/key_kinds.hpp"

namespace suprsync {

namespace {

using namespace key_kinds;
using A = archive_configuration;
using D = daemon_configuration;

// Each in the order of its kind.
const std::vector<std::string> recheck_words{"size", "md5", "off"};
const std::vector<std::string> verify_words{"cache", "disk"};
const std::vector<std::string> links_words{"refuse", "follow"};

template <class Kind, const std::vector<std::string>& Words>
std::optional<Kind> read_kind(const std::string& t) {
    const auto word = std::find(Words.begin(), Words.end(), t);
    return word == Words.end() ? std::nullopt : std::optional(static_cast<Kind>(word - Words.begin()));
}

template <class Kind, const std::vector<std::string>& Words>
std::string write_kind(Kind kind) {
    return Words[static_cast<std::size_t>(kind)];
}

std::optional<unsigned> read_permissions(const std::string& t) {
    if (t.size() < 3 || t.size() > 4 || t.find_first_not_of("01234567") != std::string::npos)
        return std::nullopt;
    unsigned permissions = 0;
    for (const char digit : t) permissions = permissions * 8 + static_cast<unsigned>(digit - '0');
    return permissions <= 0777 ? std::optional(permissions) : std::nullopt;
}

const char* const no_pool =
    "accepted for compatibility, without effect: one thread of the daemon's own uses the database";

const char* const how_often_scrubbed =
    "how often every copy that was verified is asked for again, in the background, where nothing else is to be done there; off: never";
const char* const how_fast_scrubbed =
    "most that is read there for that (bytes a second); where a round takes longer than scrub-every so, it does; 0: no limit";

std::vector<archive_key> make_archive_keys() {
    std::vector<archive_key> keys{
        text({"archive-name", "name", "NAME", "archive to manage", ""}, &A::name),
        text({"remote-basedir", "remote_basedir", "DIR", "base directory on the destination", ""},
             &A::remote_basedir),
        text({"ssh-host", "ssh_host", "USER@HOST", "destination host; without it, copies are local", "none"},
             &A::ssh_host),
        text({"ssh-key", "ssh_key", "FILE", "identity file for ssh", "none"}, &A::ssh_key),
        duration(
            {"delete-local-after", "delete_local_after", "TIME",
             "age (seconds since registration) after which a verified local file is deleted; without it, none is",
             "none"},
            &A::delete_local_after),
        count({"max-copy-attempts", "max_copy_attempts", "N",
               "failed attempts after which a file is left alone", "5"},
              &A::max_copy_attempts, 0, INT_MAX),
        limit({"copy-timeout", "copy_timeout", "TIME",
               "time limit (seconds) of one rsync process; a file that takes longer goes on where it was",
               "none"},
              &A::copy_timeout),
        limit({"cmd-timeout", "cmd_timeout", "TIME", "time limit (seconds) of one remote command", "none"},
              &A::cmd_timeout),
        duration({"stall-timeout", "stall_timeout", "TIME",
                  "a transfer or remote command without progress for so long (seconds) is ended", "300s"},
                 &A::stall_timeout),
        count_limit({"files-per-batch", "files_per_batch", "N", "most files in one batch", "none"},
                    &A::files_per_batch, 1'000'000),
        count_or_auto(
            {"concurrency", "concurrency", "N|auto",
             "batches in flight at a time; auto: as many, up to 16, as bring more together", "auto"},
            &A::concurrency, 1, largest_concurrency),
        pause({"sleep-time", "sleep_time", "TIME",
               "most time (seconds) between two full passes over the catalog; 0 is 1", "60s"},
              &A::sleep_time),
        flag(
            {"compression", "compression", "",
             "what goes to another machine is compressed: by zstd where a suprsync takes it there, by rsync -z elsewhere",
             "false"},
            &A::compression),
        rate(
            {"bwlimit", "bwlimit", "RATE",
             "rsync's bandwidth limit for the archive as a whole: with it, one batch at a time; 800 is KiB/s, K, M and G (or KiB, MiB, GiB) are powers of 1024, KB, MB and GB of 1000, bytes a second",
             "none"},
            &A::bwlimit),
        text({"chmod", "chmod", "MODES", "rsync's --chmod", "g+rwX,o+rX"}, &A::chmod),
        text({"remote-staging-dir", "remote_staging_dir", "DIR",
              "where files are staged and verified, on the base directory's file system and outside it",
              "<parent of the base directory>/.suprsync"},
             &A::remote_staging_dir),
        text(
            {"remote-suprsync", "remote_suprsync", "PATH",
             "suprsync at the destination, which takes the files where it is there; without a slash: in PATH there",
             "suprsync"},
            &A::remote_suprsync),
        single<A>(
            {"recheck-remote", "recheck_remote", "size|md5|off",
             "what is asked of the copy, after a sync there, before a local file is deleted: its content (md5, from the disk there where that can be had), its size, or nothing",
             "md5"},
            &A::recheck_remote, "one of size, md5, off", read_kind<recheck_kind, recheck_words>,
            write_kind<recheck_kind, recheck_words>),
        single<A>(
            {"verify-from", "verify_from", "cache|disk",
             "whether a copy that is verified may be read from memory there, or from the disk, after a sync",
             "cache"},
            &A::verify_from, "one of cache, disk", read_kind<verify_kind, verify_words>,
            write_kind<verify_kind, verify_words>),
        single<A>(
            {"remote-links", "remote_links", "refuse|follow",
             "what to do with files whose directory below the base directory is a symbolic link", "refuse"},
            &A::remote_links, "one of refuse, follow", read_kind<links_kind, links_words>,
            write_kind<links_kind, links_words>),
        word(
            {"transfer", "transfer", "auto|rsync",
             "how files are copied: auto, in the daemon itself to a base directory on this machine, by the suprsync of an ssh host where it has one, and by rsync elsewhere; rsync, always by rsync",
             "auto"},
            &A::transfer, {"auto", "rsync"}),
        period({"scrub-every", "scrub.every", "TIME", how_often_scrubbed, "the daemon's"}, &A::scrub_every),
        rate({"scrub-rate", "scrub.rate", "RATE", how_fast_scrubbed, "the daemon's"}, &A::scrub_rate),
        text({"instance-id", "instance_id", "ID", "names this archive's instance in finalization files",
              "the daemon's"},
             &A::instance_id),
        text({"suprsync-file-root", "suprsync_file_root", "DIR",
              "where this archive's finalization files are written locally", "the daemon's"},
             &A::suprsync_file_root),
        list({"local-root", "local_roots", "DIR",
              "where this archive's files may lie to be registered over HTTP and to be deleted",
              "the daemon's"},
             &A::local_roots),
    };
    for (auto& key : keys) {
        if (key.option == "recheck-remote") key.words = recheck_words;
        if (key.option == "verify-from") key.words = verify_words;
        if (key.option == "remote-links") key.words = links_words;
    }
    return keys;
}

std::vector<daemon_key> make_daemon_keys() {
    std::vector<daemon_key> keys{
        text({"db-path", "db_path", "FILE", "the catalog", ""}, &D::db_path),
        text({"suprsync-file-root", "suprsync_file_root", "DIR",
              "where finalization files are written locally", ""},
             &D::suprsync_file_root),
        text({"instance-id", "instance_id", "ID", "names this instance in finalization files",
              "$INSTANCE_ID, or the host name"},
             &D::instance_id),
        list(
            {"local-root", "local_roots", "DIR",
             "files below it may be registered over HTTP, and where any is given only those are deleted; repeatable",
             "none"},
            &D::local_roots),
        period({"scrub-every", "scrub.every", "TIME", how_often_scrubbed, "off"}, &D::scrub_every),
        rate({"scrub-rate", "scrub.rate", "RATE", how_fast_scrubbed, "20MB"}, &D::scrub_rate),
        duration({"shutdown-grace", "shutdown_grace", "TIME",
                  "time (seconds) that running transfers get after SIGTERM", "10s"},
                 &D::shutdown_grace),
        word({"log-level", "log_level", "LEVEL", "trace, debug, info, warn, error, critical or off",
              "$LOGLEVEL, or info"},
             &D::log_level,
             {"trace", "debug", "info", "warn", "warning", "error", "critical", "off", "none"}),
        word({"log-format", "log_format", "text|json", "one line per event, as text or as JSON", "text"},
             &D::log_format, {"text", "json"}),
        flag({"db-echo", "db_echo", "", "log every SQL statement", "false"}, &D::db_echo),
        without_effect<D>({"db-pool-size", "db_pool_size", "N", no_pool, "none"}),
        without_effect<D>({"db-pool-max-overflow", "db_pool_max_overflow", "N", no_pool, "none"}),
        list({"http-listen", "http.listen", "WHERE", "ADDRESS:PORT, unix:PATH or off; repeatable",
              "unix:<runtime directory>/http.sock and 127.0.0.1:8642"},
             &D::http_listen),
        single<D>({"http-socket-mode", "http.socket_mode", "MODE",
                   "who may connect to a Unix socket, in octal", "0660"},
                  &D::http_socket_mode, "permissions in octal, such as 0660", read_permissions,
                  [](unsigned mode) { return fmt::format("{:04o}", mode); }),
        text({"http-socket-group", "http.socket_group", "GROUP", "whose a Unix socket is, by name or number",
              "suprsync where the account belongs to it, else the daemon's"},
             &D::http_socket_group),
        text({"http-token-file", "http.token_file", "FILE",
              "holds the token that requests must carry; needed where others can reach the address", "none"},
             &D::http_token_file),
        text({"http-tls-certificate", "http.tls_certificate", "FILE", "PEM, with its chain: speak TLS",
              "none"},
             &D::http_tls_certificate),
        text({"http-tls-key", "http.tls_key", "FILE", "PEM", "none"}, &D::http_tls_key),
        list({"http-host-name", "http.host_names", "NAME",
              "further name under which clients may ask; repeatable", "none"},
             &D::http_host_names),
        word({"http-access", "http.access", "full|read-only",
              "what may be asked: everything, or only what changes nothing", "full"},
             &D::http_access, {"full", "read-only"}),
        text(
            {"site-hub", "ocs.hub", "URL",
             "hub of the site, where each archive is an agent of OCS: ws://HOST:PORT/PATH, wss://..., or off; with a site file its wamp_server, or $SITE_HUB",
             "off"},
            &D::ocs_hub),
        text({"site-realm", "ocs.realm", "REALM", "realm of the hub; with a site file its wamp_realm",
              "test_realm"},
             &D::ocs_realm),
        text({"address-root", "ocs.address_root", "ROOT",
              "what the addresses of agents begin with; with a site file its address_root", "observatory"},
             &D::ocs_address_root),
    };
    for (auto& key : keys)
        if (key.option == "http-listen") key.one_or_more = true;
    return keys;
}

// What says where a secret lies helps nobody who only reads.
const std::set<std::string_view> secrets{"ssh-key", "http-token-file", "http-tls-key"};

template <class Keys>
Keys with_secrets_marked(Keys keys) {
    for (auto& key : keys) key.secret = secrets.contains(key.option);
    return keys;
}

template <class Keys>
auto find_key(const Keys& keys, std::string_view option) {
    const auto place =
        std::find_if(keys.begin(), keys.end(), [&](const auto& k) { return k.option == option; });
    return place == keys.end() ? nullptr : &*place;
}

}  // namespace

const std::vector<archive_key>& archive_keys() {
    static const auto keys = with_secrets_marked(make_archive_keys());
    return keys;
}

const std::vector<daemon_key>& daemon_keys() {
    static const auto keys = with_secrets_marked(make_daemon_keys());
    return keys;
}

const std::vector<foreign_option>& foreign_options() {
    static const std::string ocs = "OCS";
    static const std::string earlier = "earlier versions of the agent";
    static const std::vector<foreign_option> options{
        {"site", true, ocs},          {"site-http", true, ocs},        {"registry-address", true, ocs},
        {"log-dir", true, ocs},       {"working-dir", true, ocs},      {"crossbar-timeout", true, ocs},
        {"access-policy", true, ocs}, {"timeout-wait", true, earlier}, {"stop-on-exception", false, earlier},
    };
    return options;
}

const archive_key* find_archive_key(std::string_view option) { return find_key(archive_keys(), option); }
const daemon_key* find_daemon_key(std::string_view option) { return find_key(daemon_keys(), option); }
const foreign_option* find_foreign_option(std::string_view option) {
    return find_key(foreign_options(), option);
}

bool is_of_agent(std::string_view option) {
    static const std::set<std::string_view> options{
        "archive-name",      "remote-basedir", "db-path",         "ssh-host",
        "ssh-key",           "copy-timeout",   "cmd-timeout",     "delete-local-after",
        "max-copy-attempts", "sleep-time",     "files-per-batch", "compression",
        "bwlimit",           "chmod",          "db-echo",         "suprsync-file-root",
        "db-pool-size",      "instance-id",    "site-file",       "db-pool-max-overflow",
        "site-host",         "site-hub",       "site-realm",      "address-root",
    };
    return options.contains(option) || find_foreign_option(option);
}

archive_configuration without_secrets(archive_configuration of) {
    for (const auto& key : archive_keys())
        if (key.secret) key.take(of, shown_values(key, of));
    return of;
}

bool is_inherited(std::string_view option) { return find_archive_key(option) && find_daemon_key(option); }

std::string show_values(value_kind kind, const std::vector<std::string>& values) {
    if (kind == value_kind::list) return fmt::format("[{}]", fmt::join(values, ", "));
    return values.empty() ? "none" : values.front();
}

}  // namespace suprsync
