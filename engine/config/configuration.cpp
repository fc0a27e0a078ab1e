#include "engine/config/configuration.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <set>

#include "engine/model/option_words.hpp"

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
    if (!path.starts_with('/'))
        return wrong(option, fmt::format("expected an absolute path, got '{}'", path));
    return {};
}

std::string normal_directory(const std::string& path) {
    return std::filesystem::path(path + "/").lexically_normal().string();
}

bool is_or_lies_within(const std::string& inner, const std::string& outer) {
    return normal_directory(inner).starts_with(normal_directory(outer));
}

// Two archives on one host must not put staging or files among the other's (spec, Staging and publishing). A
// base directory inside another has its default staging there, too, hence wants another one.
result<void> check_neighbours(const archive_configuration& a, const archive_configuration& b) {
    if (a.ssh_host != b.ssh_host) return {};
    if (a.remote_staging_dir && is_or_lies_within(*a.remote_staging_dir, b.remote_basedir))
        return wrong(
            "--remote-staging-dir",
            fmt::format(
                "'{}' of archive '{}' lies inside the base directory '{}' of '{}', where nothing but files under their final names may appear",
                *a.remote_staging_dir, a.name, b.remote_basedir, b.name));
    const bool inside = is_or_lies_within(a.remote_basedir, b.remote_basedir) &&
                        !is_or_lies_within(b.remote_basedir, a.remote_basedir);
    if (inside && !a.remote_staging_dir)
        return wrong(
            "--remote-basedir",
            fmt::format(
                "the base directory of archive '{}', {}, lies inside that of '{}', {}: choose another, or a --remote-staging-dir outside both",
                a.name, a.destination(), b.name, b.destination()));
    return {};
}

result<void> check_archive(const archive_configuration& a) {
    if (auto r = check_name("--archive-name", a.name); !r) return r;
    if (auto r = check_absolute("--remote-basedir", a.remote_basedir); !r) return r;
    if (std::filesystem::path(a.remote_basedir).lexically_normal() == "/")
        return wrong("--remote-basedir",
                     "the root directory cannot be a base directory: staging would have no place");
    if (a.ssh_host && !is_ssh_destination(*a.ssh_host))
        return wrong("--ssh-host", fmt::format("expected user@host, got '{}'", *a.ssh_host));
    if (a.ssh_key && !a.ssh_host)
        return wrong("--ssh-key", "it has no meaning without --ssh-host: copies are local");
    if (a.ssh_key && !std::filesystem::exists(*a.ssh_key))
        return wrong("--ssh-key", fmt::format("there is no file '{}'", *a.ssh_key));
    if (a.remote_staging_dir) {
        if (auto r = check_absolute("--remote-staging-dir", *a.remote_staging_dir); !r) return r;
        if (is_or_lies_within(*a.remote_staging_dir, a.remote_basedir))
            return wrong(
                "--remote-staging-dir",
                fmt::format(
                    "'{}' lies inside the base directory '{}', where nothing but files under their final names may appear: choose a directory beside it",
                    *a.remote_staging_dir, a.remote_basedir));
    }
    if (a.delete_local_after && !(std::isfinite(*a.delete_local_after) && *a.delete_local_after >= 0))
        return wrong("--delete-local-after",
                     fmt::format("expected a number of seconds, 0 or more, got {}", *a.delete_local_after));
    if (a.max_copy_attempts < 1)
        return wrong("--max-copy-attempts", fmt::format("expected 1 or more, got {}", a.max_copy_attempts));
    if (auto r = check_positive("--copy-timeout", a.copy_timeout); !r) return r;
    if (auto r = check_positive("--cmd-timeout", a.cmd_timeout); !r) return r;
    if (auto r = check_positive("--stall-timeout", a.stall_timeout); !r) return r;
    if (auto r = check_positive("--sleep-time", a.sleep_time); !r) return r;
    if (a.files_per_batch && *a.files_per_batch < 1)
        return wrong("--files-per-batch", "expected 1 or more, got 0");
    if (a.concurrency < 1 || a.concurrency > 64)
        return wrong("--concurrency",
                     fmt::format("expected 1 to 64 batches in flight, got {}", a.concurrency));
    if (a.bwlimit && !is_rsync_rate(*a.bwlimit))
        return wrong(
            "--bwlimit",
            fmt::format("expected a rate as rsync knows it (800 for KiB/s, or with a suffix: 1.5m), got '{}'",
                        *a.bwlimit));
    if (!is_rsync_modes(a.chmod))
        return wrong(
            "--chmod",
            fmt::format("expected modes as rsync knows them (g+rwX,o+rX or D2775,F664), got '{}'", a.chmod));
    for (const auto& root : a.local_roots)
        if (auto r = check_absolute("--local-root", root); !r) return r;
    if (auto r = check_absolute("--suprsync-file-root", a.suprsync_file_root); !r) return r;
    return check_name("--instance-id", a.instance_id);
}

result<void> check_daemon(const daemon_configuration& c) {
    if (auto r = check_absolute("--db-path", c.db_path); !r) return r;
    for (const auto& root : c.local_roots)
        if (auto r = check_absolute("--local-root", root); !r) return r;
    if (!std::isfinite(c.shutdown_grace) || c.shutdown_grace < 0)
        return wrong("--shutdown-grace", "expected a number of seconds, 0 or more");
    if (c.http_tls_certificate && !c.http_tls_key)
        return wrong("--http-tls-certificate", "it goes with --http-tls-key, which is missing");
    if (c.http_tls_key && !c.http_tls_certificate)
        return wrong("--http-tls-key", "it goes with --http-tls-certificate, which is missing");
    if (c.archives.empty()) return wrong("--archive-name", "it is required: no archive to serve");
    return {};
}

configuration_fault fault_of(const failure& f, std::optional<std::size_t> archive) {
    return {archive, f.subject.substr(2), f.detail};
}

}  // namespace

result<void> check_name(const std::string& option, const std::string& name) {
    if (name.empty()) return wrong(option, "it is required and must not be empty");
    if (name.find('/') != std::string::npos || name.find('\0') != std::string::npos)
        return wrong(option, fmt::format("'{}' becomes part of paths and cannot hold '/' or NUL", name));
    if (name.starts_with('.'))
        return wrong(option, fmt::format("'{}' becomes part of paths and cannot begin with a dot", name));
    return {};
}

std::optional<configuration_fault> find_fault(const daemon_configuration& c) {
    if (auto r = check_daemon(c); !r) return fault_of(r.error(), std::nullopt);
    std::set<std::string> names;
    for (std::size_t i = 0; i < c.archives.size(); ++i) {
        const auto& archive = c.archives[i];
        if (auto r = check_archive(archive); !r) return fault_of(r.error(), i);
        if (!names.insert(archive.name).second)
            return configuration_fault{
                i, "archive-name",
                fmt::format("archive '{}' is configured twice: expected a name of its own for each archive",
                            archive.name)};
    }
    for (std::size_t i = 0; i < c.archives.size(); ++i)
        for (const auto& other : c.archives)
            if (c.archives[i].name != other.name)
                if (auto r = check_neighbours(c.archives[i], other); !r) return fault_of(r.error(), i);
    return std::nullopt;
}

result<void> check(const daemon_configuration& c) {
    if (const auto fault = find_fault(c)) return wrong("--" + fault->option, fault->detail);
    return {};
}

}  // namespace suprsync
