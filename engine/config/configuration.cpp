#include "engine/config/configuration.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <map>

#include "engine/model/option_words.hpp"
#include "engine/model/shown_text.hpp"

namespace suprsync {

namespace {

failure wrong(const std::string& option, const std::string& detail) {
    return {failure_code::invalid, "use", option, detail};
}

result<void> check_positive(const std::string& option, const std::optional<double>& value) {
    if (value && !(std::isfinite(*value) && *value > 0))
        return wrong(option, fmt::format("expected a number of seconds above 0, got {}", *value));
    return {};
}

result<void> check_absolute(const std::string& option, const std::string& path) {
    if (path.empty()) return wrong(option, "it is required and must not be empty");
    if (path.find('\0') != std::string::npos) return wrong(option, "a path cannot hold a NUL byte");
    if (!path.starts_with('/')) return wrong(option, expected_not("an absolute path", path));
    return {};
}

std::string normal_directory(const std::string& path) {
    return std::filesystem::path(path + "/").lexically_normal().string();
}

bool is_or_lies_within(const std::string& inner, const std::string& outer) {
    return normal_directory(inner).starts_with(normal_directory(outer));
}

// Two archives on one host must not put staging or files among the other's (spec, The base directory): one
// file would have two remote paths, and claims know nothing of that.
result<void> check_neighbours(const archive_configuration& a, const archive_configuration& b) {
    if (a.ssh_host != b.ssh_host) return {};
    if (a.remote_staging_dir && is_or_lies_within(*a.remote_staging_dir, b.remote_basedir))
        return wrong(
            "--remote-staging-dir",
            fmt::format(
                "'{}' of archive '{}' lies inside the base directory '{}' of '{}', where nothing but files under their final names may appear",
                abridged(*a.remote_staging_dir, most_of_a_path), a.name,
                abridged(b.remote_basedir, most_of_a_path), b.name));
    const bool inside = is_or_lies_within(a.remote_basedir, b.remote_basedir) &&
                        !is_or_lies_within(b.remote_basedir, a.remote_basedir);
    if (inside)
        return wrong(
            "--remote-basedir",
            fmt::format(
                "the base directory of archive '{}', {}, lies inside that of '{}', {}: what one of them delivered, the other could replace. Choose a directory outside it, or the same one ({}) and remote paths that begin with what is below it",
                a.name, a.destination(), b.name, b.destination(), b.remote_basedir));
    return {};
}

// What is wrong with one archive, or with the daemon.
class fault_list {
  public:
    fault_list(std::optional<std::size_t> archive, std::vector<configuration_fault>& into)
        : archive_(archive), into_(into) {}

    void note(const result<void>& checked) {
        if (!checked) into_.push_back({archive_, checked.error().subject.substr(2), checked.error().detail});
    }
    void note(const std::string& option, const std::string& detail) { note(wrong(option, detail)); }
    /// That an option needs another one, which is not given.
    void refuse_alone(const std::string& option, const std::string& without, const std::string& detail) {
        note(option, detail);
        into_.back().without = without.substr(2);
    }
    std::size_t count() const { return into_.size(); }

  private:
    const std::optional<std::size_t> archive_;
    std::vector<configuration_fault>& into_;
};

void check_staging(const archive_configuration& a, bool base_is_fine, fault_list& faults) {
    if (!a.remote_staging_dir) return;
    const auto absolute = check_absolute("--remote-staging-dir", *a.remote_staging_dir);
    faults.note(absolute);
    if (absolute && base_is_fine && is_or_lies_within(*a.remote_staging_dir, a.remote_basedir))
        faults.note(
            "--remote-staging-dir",
            fmt::format(
                "'{}' lies inside the base directory '{}', where nothing but files under their final names may appear: choose a directory beside it",
                abridged(*a.remote_staging_dir, most_of_a_path), abridged(a.remote_basedir, most_of_a_path)));
}

void check_key(const std::string& path, fault_list& faults) {
    std::error_code error;
    if (std::filesystem::exists(path, error)) return;
    const auto shown = abridged(path, most_of_a_path);
    faults.note("--ssh-key", error ? fmt::format("'{}' cannot be looked at: {}", shown, error.message())
                                   : fmt::format("there is no file '{}'", shown));
}

/// Whether it is known where the archive's directories lie.
bool check_places(const archive_configuration& a, fault_list& faults) {
    const auto before = faults.count();
    faults.note(check_absolute("--remote-basedir", a.remote_basedir));
    if (std::filesystem::path(a.remote_basedir).lexically_normal() == "/")
        faults.note("--remote-basedir",
                    "the root directory cannot be a base directory: staging would have no place");
    check_staging(a, faults.count() == before, faults);
    return faults.count() == before;
}

void check_transfers(const archive_configuration& a, fault_list& faults) {
    if (a.ssh_host && !is_ssh_destination(*a.ssh_host))
        faults.note("--ssh-host", expected_not("user@host", *a.ssh_host));
    if (a.ssh_key && !a.ssh_host)
        faults.refuse_alone("--ssh-key", "--ssh-host",
                            "it has no meaning without --ssh-host: copies are local");
    else if (a.ssh_key)
        check_key(*a.ssh_key, faults);
    if (a.bwlimit && !is_rsync_rate(*a.bwlimit))
        faults.note("--bwlimit", expected_not(rate_forms, *a.bwlimit));
    if (!a.chmod.empty() && !is_rsync_modes(a.chmod))
        faults.note("--chmod", expected_not("modes as rsync knows them (g+rwX,o+rX or D2775,F664)", a.chmod));
}

/// As check_places.
bool check_archive(const archive_configuration& a, fault_list& faults) {
    faults.note(check_name("--archive-name", a.name));
    const bool placed = check_places(a, faults);
    check_transfers(a, faults);
    if (a.delete_local_after && !(std::isfinite(*a.delete_local_after) && *a.delete_local_after >= 0))
        faults.note("--delete-local-after",
                    fmt::format("expected a number of seconds, 0 or more, got {}", *a.delete_local_after));
    if (a.max_copy_attempts < 0)
        faults.note("--max-copy-attempts", fmt::format("expected 0 or more, got {}", a.max_copy_attempts));
    faults.note(check_positive("--copy-timeout", a.copy_timeout));
    faults.note(check_positive("--cmd-timeout", a.cmd_timeout));
    faults.note(check_positive("--stall-timeout", a.stall_timeout));
    faults.note(check_positive("--sleep-time", a.sleep_time));
    if (a.remote_suprsync.empty())
        faults.note("--remote-suprsync", expected_not("a path, or the name of a program", a.remote_suprsync));
    if (a.files_per_batch && *a.files_per_batch < 1)
        faults.note("--files-per-batch", "expected 1 or more, got 0");
    if (a.concurrency && (*a.concurrency < 1 || *a.concurrency > largest_concurrency))
        faults.note("--concurrency", fmt::format("expected 1 to {} batches in flight, got {}",
                                                 largest_concurrency, *a.concurrency));
    for (const auto& root : a.local_roots) faults.note(check_absolute("--local-root", root));
    faults.note(check_absolute("--suprsync-file-root", a.suprsync_file_root));
    faults.note(check_name("--instance-id", a.instance_id));
    return placed;
}

void check_daemon(const daemon_configuration& c, fault_list& faults) {
    faults.note(check_absolute("--db-path", c.db_path));
    for (const auto& root : c.local_roots) faults.note(check_absolute("--local-root", root));
    if (!std::isfinite(c.shutdown_grace) || c.shutdown_grace < 0)
        faults.note("--shutdown-grace", "expected a number of seconds, 0 or more");
    if (c.http_tls_certificate && !c.http_tls_key)
        faults.refuse_alone("--http-tls-certificate", "--http-tls-key",
                            "it goes with --http-tls-key, which is missing");
    if (c.http_tls_key && !c.http_tls_certificate)
        faults.refuse_alone("--http-tls-key", "--http-tls-certificate",
                            "it goes with --http-tls-certificate, which is missing");
    if (c.archives.empty()) faults.note("--archive-name", "it is required: no archive to serve");
}

// A part of an address of OCS, or with dots between them several.
bool is_address(const std::string& text, bool dots) {
    return !text.empty() && text.find_first_of(" \t\r\n#") == std::string::npos && !text.starts_with('.') &&
           !text.ends_with('.') && text.find(dots ? ".." : ".") == std::string::npos;
}

// OCS knows an agent by its address alone.
void check_agents(const daemon_configuration& c, fault_list& of_daemon,
                  std::vector<configuration_fault>& found) {
    if (!is_address(c.ocs_realm, true))
        of_daemon.note("--site-realm", expected_not("a name without white space or #", c.ocs_realm));
    if (!is_address(c.ocs_address_root, true))
        of_daemon.note(
            "--address-root",
            expected_not("words with dots between them, without white space or #", c.ocs_address_root));
    std::map<std::string, std::size_t> ids;
    for (std::size_t i = 0; i < c.archives.size(); ++i) {
        const auto& archive = c.archives[i];
        fault_list faults(i, found);
        if (!archive.instance_id.empty() && !is_address(archive.instance_id, false))
            faults.note(
                "--instance-id",
                fmt::format(
                    "{}: choose another one, or turn OCS off (site-hub off)",
                    expected_not("an id without dots, white space or #, since it is part of an OCS address",
                                 archive.instance_id)));
        const auto [first, fresh] = ids.try_emplace(archive.instance_id, i);
        if (fresh) continue;
        faults.note(
            "--instance-id",
            fmt::format(
                "archives '{}' and '{}' have the id '{}' both, and OCS knows one agent by an id: give each its own, or turn OCS off (site-hub off)",
                c.archives[first->second].name, archive.name, abridged(archive.instance_id)));
        found.back().first = first->second;
    }
}

}  // namespace

result<void> check_name(const std::string& option, const std::string& name) {
    const auto why = why_no_name(name);
    return why ? wrong(option, *why) : result<void>();
}

std::vector<configuration_fault> find_faults(const daemon_configuration& c) {
    std::vector<configuration_fault> found;
    fault_list of_daemon(std::nullopt, found);
    check_daemon(c, of_daemon);
    if (c.ocs_hub != "off") check_agents(c, of_daemon, found);
    std::map<std::string, std::size_t> names;
    std::vector<std::size_t> placed;
    for (std::size_t i = 0; i < c.archives.size(); ++i) {
        const auto& archive = c.archives[i];
        fault_list faults(i, found);
        if (check_archive(archive, faults)) placed.push_back(i);
        const auto [first, fresh] = names.try_emplace(archive.name, i);
        if (fresh || archive.name.empty()) continue;
        faults.note(
            "--archive-name",
            fmt::format("archive '{}' is configured twice: expected a name of its own for each archive",
                        archive.name));
        found.back().first = first->second;
    }
    for (const auto i : placed)
        for (const auto other : placed)
            if (i != other) fault_list(i, found).note(check_neighbours(c.archives[i], c.archives[other]));
    return found;
}

result<void> check(const daemon_configuration& c) {
    const auto faults = find_faults(c);
    if (faults.empty()) return {};
    return wrong("--" + faults.front().option, faults.front().detail);
}

}  // namespace suprsync
