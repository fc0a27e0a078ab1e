#include "engine/commands/unit_command.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <iostream>
#include <set>

#include "engine/commands/accounts.hpp"
#include "engine/commands/complain.hpp"
#include "engine/commands/exit_code.hpp"
#include "engine/commands/mount_point.hpp"
#include "engine/model/shell_word.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/rules/service_unit.hpp"
#include "http/server/listen_address.hpp"

namespace fs = std::filesystem;

namespace suprsync {

namespace {

constexpr const char* units = "/etc/systemd/system";
constexpr const char* account_of_the_unit = "suprsync";
constexpr const char* home_of_the_unit = "/var/lib/suprsync";

// Where it leads, as far as it is there.
std::string real(const std::string& path) {
    std::error_code error;
    auto found = fs::weakly_canonical(path, error).string();
    if (error) found = fs::path(path).lexically_normal().string();
    while (found.size() > 1 && found.ends_with('/')) found.pop_back();
    return found;
}

std::string directory_of(const std::string& path) { return fs::path(path).parent_path().string(); }

// A directory of the unit, made for its account and given to it.
bool is_given_by_systemd(const std::string& path) {
    return path.starts_with("/var/lib/suprsync") || path.starts_with("/run/suprsync");
}

class unit_writer {
  public:
    explicit unit_writer(const run_options& options) : options_(options), c_(options.daemon) {}

    int print(const wanted_account& wanted) {
        if (!choose(wanted)) return exit_code::usage;
        const auto unit = find_unit();
        gather();
        const auto text = unit_drop_in(needs_);
        if (!text) {
            complain("suprsync doctor: " + text.error().text());
            return exit_code::usage;
        }
        std::cout
            << fmt::format(
                   "# {}/{}.d/site.conf, made by: suprsync doctor --unit\n# It takes effect by: systemctl daemon-reload && systemctl restart {}\n",
                   units, unit, unit)
            << *text;
        remark_on_missing();
        remark_on_closed();
        return exit_code::done;
    }

  private:
    bool choose(const wanted_account& wanted) {
        std::optional<account> who;
        if (wanted.user)
            who = account_named(*wanted.user);
        else if (::geteuid() != 0)
            who = account_numbered(::geteuid());
        else
            who = owner();
        if (!who && wanted.user) {
            complain(fmt::format("suprsync doctor: --user: there is no account '{}' on this machine",
                                 shown_name(*wanted.user)));
            return false;
        }
        if (who) needs_.user = who->name;
        if (wanted.group && !group_number(*wanted.group)) {
            complain(fmt::format("suprsync doctor: --group: there is no group '{}' on this machine",
                                 shown_name(*wanted.group)));
            return false;
        }
        if (wanted.group)
            needs_.group = *wanted.group;
        else if (who)
            needs_.group = group_name(group_of(*who)).value_or("");
        home_ = who ? who->home : home_of_the_unit;
        return true;
    }

    // Of what is the data's own: where it lies, and else where it is registered.
    std::vector<std::string> places_of_data() const {
        std::vector<std::string> places = c_.local_roots;
        for (const auto& archive : c_.archives)
            places.insert(places.end(), archive.local_roots.begin(), archive.local_roots.end());
        places.push_back(c_.db_path);
        places.push_back(directory_of(c_.db_path));
        return places;
    }

    static std::optional<account> owner_of(const std::string& path) {
        struct stat facts{};
        if (::stat(path.c_str(), &facts) != 0 || facts.st_uid == 0) return std::nullopt;
        return account_numbered(facts.st_uid);
    }

    std::optional<account> owner() const {
        for (const auto& archive : c_.archives)
            if (archive.ssh_key)
                if (auto who = owner_of(*archive.ssh_key)) return who;
        for (const auto& place : places_of_data())
            if (auto who = owner_of(place)) return who;
        return std::nullopt;
    }

    // That of the data, where the account owns it.
    gid_t group_of(const account& who) const {
        for (const auto& place : places_of_data()) {
            struct stat facts{};
            if (::stat(place.c_str(), &facts) == 0 && facts.st_uid == who.number && facts.st_gid != 0)
                return facts.st_gid;
        }
        return who.group;
    }

    void gather() {
        const auto writes = [&](const std::string& path, const std::string& why) {
            const auto place = place_with_its_mount(path, mount_point_of(path));
            needs_.written.push_back({place, place == path ? why : why + ", on what is mounted here"});
            wanted_.push_back({path, why});
        };
        writes(directory_of(real(c_.db_path)), "the catalog, its log and its locks");
        bool ssh = false;
        for (const auto& archive : c_.archives) {
            writes(real(archive.suprsync_file_root), "finalization files");
            if (archive.ssh_host) {
                ssh = true;
            } else {
                const auto base = real(archive.remote_basedir);
                const auto staging =
                    archive.remote_staging_dir ? real(*archive.remote_staging_dir) : directory_of(base);
                writes(common_place(base, staging),
                       fmt::format("archive {}: base directory and staging", archive.name));
            }
            if (archive.ssh_key) files_.push_back(real(*archive.ssh_key));
            for (const auto& root : archive.local_roots) {
                needs_.read.push_back(real(root));
                if (archive.delete_local_after)
                    writes(real(root), "local files, which are deleted when they are due");
            }
            needs_.deletes_anywhere =
                needs_.deletes_anywhere || (archive.delete_local_after && archive.local_roots.empty());
        }
        for (const auto& text : c_.http_listen)
            if (const auto where = parse_listen_address(text);
                where && where->what == listen_address::kind::unix_socket)
                writes(real(directory_of(where->path)), "the socket of http.listen");
        for (const auto& file : {c_.http_token_file, c_.http_tls_certificate, c_.http_tls_key})
            if (file) files_.push_back(real(*file));
        if (!options_.file.empty()) files_.push_back(real(options_.file));
        needs_.read.insert(needs_.read.end(), files_.begin(), files_.end());
        // What ssh writes there is a host's key, where its configuration lets it take one.
        if (ssh && !home_.empty())
            needs_.written.push_back(
                {real(home_ + "/.ssh/known_hosts"), "host keys, as ssh is configured to take them"});
        needs_.descriptors = descriptors_of(c_);
        const auto pages = ::sysconf(_SC_PHYS_PAGES), page = ::sysconf(_SC_PAGESIZE);
        if (pages > 0 && page > 0)
            needs_.memory = static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page);
    }

    // What the unit does not find by itself is told by a variable.
    std::string find_unit() {
        constexpr const char* installed = "suprsync.service";
        if (options_.file.empty()) {
            complain(
                "suprsync doctor: write the options of this command line into /etc/suprsync/options: SUPRSYNC_OPTIONS=...");
            return installed;
        }
        auto unit = options_.is_site_file ? "" : unit_serving(absolute_file(options_.file));
        if (!unit.empty()) return unit;
        needs_.environment = (options_.is_site_file ? "SUPRSYNC_SITE_FILE=" : "SUPRSYNC_CONFIG=") +
                             absolute_file(options_.file);
        return installed;
    }

    void remark_on_missing() const {
        const auto user = needs_.user.empty() ? account_of_the_unit : needs_.user;
        const auto group = needs_.group.empty() ? account_of_the_unit : needs_.group;
        for (const auto& place : wanted_) {
            if (can_be_made(place.path)) continue;
            complain(fmt::format(
                "suprsync doctor: {} is not there, and the service could not make it: install -d -o {} -g {} {}",
                shown_name(place.path), user, group, command_word(place.path)));
        }
    }

    // What the account of the service cannot use though it is there.
    void remark_on_closed() const {
        const auto name = needs_.user.empty() ? account_of_the_unit : needs_.user;
        const auto who = account_named(name);
        if (!who) return;
        std::vector<gid_t> groups;
        for (const auto& group : {needs_.group, std::string(group_of_operators)})
            if (const auto number = group_number(group)) groups.push_back(*number);
        std::set<std::string> told;
        const auto look = [&](const std::string& path, int how, const char* verb) {
            std::error_code error;
            if (is_given_by_systemd(path) || !fs::exists(path, error) || may_use(*who, groups, path, how))
                return;
            if (!told.insert(path).second) return;
            complain(fmt::format(
                "suprsync doctor: {} may not {} {}: let it (namei -l {} shows who may), or choose another account (--user)",
                name, verb, shown_name(path), command_word(path)));
        };
        look(directory_of(real(c_.db_path)), W_OK | X_OK, "write into");
        for (const auto& archive : c_.archives)
            look(real(archive.suprsync_file_root), W_OK | X_OK, "write into");
        for (const auto& path : files_) look(path, R_OK, "read");
    }

    // It is there, or is made by systemd, or by the daemon in a directory where it may write.
    bool can_be_made(const std::string& path) const {
        std::error_code error;
        if (is_given_by_systemd(path)) return true;
        return std::any_of(wanted_.begin(), wanted_.end(), [&](const auto& place) {
            return (path == place.path || path.starts_with(place.path + "/")) &&
                   fs::exists(place.path, error);
        });
    }

    const run_options& options_;
    const daemon_configuration& c_;
    service_needs needs_;
    std::string home_;
    std::vector<std::string> files_;     // that it reads
    std::vector<written_place> wanted_;  // what must be there, as the configuration has it
};

}  // namespace

int print_unit(const run_options& options, const wanted_account& wanted) {
    return unit_writer(options).print(wanted);
}

}  // namespace suprsync
