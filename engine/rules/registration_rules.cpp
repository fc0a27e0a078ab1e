#include "engine/rules/registration_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"
#include "engine/rules/claims.hpp"

namespace suprsync {

namespace {

failure wrong(const std::string& what, const std::string& value, const std::string& detail) {
    return {failure_code::invalid, "use " + what, "'" + abridged(value, most_of_a_path) + "'", detail};
}

// An unsettled registration that says the same as far as both know.
bool is_identical(const claimant& other, const registration& file) {
    return !other.ignore && !other.verified && is_one_local_path(other.local_path, file.local_path) &&
           other.archive_name == file.archive_name &&
           (other.local_md5sum == file.local_md5sum || other.local_md5sum.empty() ||
            file.local_md5sum.empty());
}

}  // namespace

result<void> check_remote_path(const std::string& path) {
    const std::string what = "remote_path";
    if (path.empty()) return wrong(what, path, "it is empty");
    if (path.find('\0') != std::string::npos) return wrong(what, path, "it holds a NUL byte");
    if (path.front() == '/')
        return wrong(what, path, "it is absolute: give the path relative to the archive's base directory");
    const auto plain = plain_remote_path(path);
    if (plain.empty()) return wrong(what, path, "it names the base directory itself, and no file in it");
    if (plain.size() > longest_remote_path)
        return wrong(
            what, path,
            fmt::format("it is {} bytes long, at most {} can be stored", plain.size(), longest_remote_path));
    std::string_view rest = plain;
    while (true) {
        const auto component = rest.substr(0, rest.find('/'));
        if (component == "..")
            return wrong(what, path, "the component '..' could lead out of the base directory");
        if (component.size() > longest_component)
            return wrong(what, path,
                         fmt::format("a component is {} bytes long, file systems hold {}", component.size(),
                                     longest_component));
        if (component.size() == rest.size()) return {};
        rest.remove_prefix(component.size() + 1);
    }
}

std::string plain_remote_path(const std::string& path) {
    std::string plain;
    plain.reserve(path.size());
    if (path.starts_with('/')) plain = "/";
    std::string_view rest = path;
    while (!rest.empty()) {
        const auto component = rest.substr(0, rest.find('/'));
        rest.remove_prefix(std::min(component.size() + 1, rest.size()));
        if (component.empty() || component == ".") continue;
        if (!plain.empty() && plain != "/") plain += '/';
        plain += component;
    }
    return plain;
}

result<void> check_local_path(const std::string& path) {
    const std::string what = "local_path";
    if (path.empty()) return wrong(what, path, "it is empty");
    if (path.find('\0') != std::string::npos) return wrong(what, path, "it holds a NUL byte");
    if (path.front() != '/') return wrong(what, path, "it is relative: give an absolute path");
    for (std::size_t from = 0; from != std::string::npos; from = path.find('/', from + 1))
        if (path.compare(from, 3, "/..") == 0 && (from + 3 == path.size() || path[from + 3] == '/'))
            return wrong(what, path, "it has a component '..': give the path that the file really has");
    return {};
}

std::string plain_local_path(const std::string& path) {
    std::string plain;
    plain.reserve(path.size());
    std::size_t at = 0;
    while (at < path.size()) {
        if (path[at] == '/' && (path.compare(at, 2, "//") == 0)) {
            ++at;
        } else if (path.compare(at, 3, "/./") == 0) {
            at += 2;
        } else {
            plain += path[at++];
        }
    }
    return plain;
}

bool is_one_local_path(const std::string& one, const std::string& other) {
    return one == other || plain_local_path(one) == plain_local_path(other);
}

result<void> check_md5(const std::string& md5) {
    if (md5.empty()) return {};
    if (!is_md5(md5))
        return wrong("local_md5sum", md5, "expected 32 hexadecimal digits, as md5sum prints them");
    return {};
}

result<void> check_registration(const registration& file) {
    if (const auto why = why_no_name(file.archive_name))
        return failure{failure_code::invalid, "use archive_name", "", *why};
    return check_file(file);
}

result<void> check_file(const registration& file) {
    for (const auto* text : {&file.local_path, &file.remote_path})
        if (!is_utf8(*text))
            return failure{failure_code::invalid, "register", "", "a path is not valid UTF-8"};
    if (auto fine = check_local_path(file.local_path); !fine) return fine;
    if (auto fine = check_remote_path(file.remote_path); !fine) return fine;
    if (auto fine = check_md5(file.local_md5sum); !fine) return fine;
    if (!(std::isfinite(file.timestamp) && file.timestamp >= 0 && file.timestamp < 1e11))
        return failure{failure_code::invalid, "register", "timestamp",
                       fmt::format("expected seconds since the Unix epoch, from 0 up to 100000000000, got {}",
                                   file.timestamp)};
    return {};
}

bool spelled_below_any(const std::string& local_path, const std::vector<std::string>& roots) {
    const auto plain = plain_local_path(local_path);
    return std::any_of(roots.begin(), roots.end(), [&](const std::string& root) {
        // "/a", "/a/" and "/a/." are one directory.
        auto directory = plain_local_path(root + "/");
        if (directory.size() > 1) directory.pop_back();
        return lies_below_any(plain, {directory});
    });
}

bool lies_below_any(const std::string& real_path, const std::vector<std::string>& roots) {
    return std::any_of(roots.begin(), roots.end(), [&](const std::string& root) {
        if (root == "/") return true;
        return real_path == root || (real_path.starts_with(root) && real_path.size() > root.size() &&
                                     real_path[root.size()] == '/');
    });
}

registration_claim judge_registration(const registration& file, std::vector<claimant> claimants) {
    registration_claim result;
    if (claimants.empty()) return result;
    file_row newest;
    newest.id = std::numeric_limits<file_id>::max();
    newest.local_path = file.local_path;
    newest.remote_path = file.remote_path;
    newest.archive_name = file.archive_name;
    const auto is_conflict = [&] {
        auto judged = judge_claim(newest, claimants);
        if (judged.decision != claim::verdict::conflict) return false;
        result.decision = registration_claim::verdict::conflict;
        result.reason = std::move(judged.reason);
        return true;
    };
    if (is_conflict()) return result;
    for (const auto& other : claimants) {
        if (!is_identical(other, file) || other.id < result.identical) continue;
        result.decision = registration_claim::verdict::existed;
        result.identical = other.id;
    }
    if (result.decision == registration_claim::verdict::existed) return result;
    // Without our older versions the path may be another's.
    for (auto& other : claimants) {
        if (other.ignore || other.verified || !is_one_local_path(other.local_path, file.local_path)) continue;
        other.ignore = true;
        result.supersedes.push_back(other.id);
    }
    if (is_conflict()) result.supersedes.clear();
    return result;
}

}  // namespace suprsync
