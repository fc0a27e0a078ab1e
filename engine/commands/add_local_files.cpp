// `suprsync add-local-files`: registers all files below a directory, a thousand at a time: a tree of millions
// is never in memory.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "engine/commands/exit_code.hpp"
#include "engine/commands/file_printing.hpp"
#include "engine/commands/file_walk.hpp"
#include "engine/commands/human.hpp"
#include "engine/commands/progress_bar.hpp"
#include "engine/commands/tool_catalog.hpp"
#include "engine/commands/tools.hpp"
#include "engine/config/configuration.hpp"
#include "engine/rules/registration_rules.hpp"
#include "storage/disk/local_disk.hpp"

namespace fs = std::filesystem;

namespace suprsync {

namespace {

constexpr std::size_t files_a_transaction = 1000;
constexpr std::size_t files_hashed_at_once = 50;  // the bar moves after so many
constexpr std::size_t examples_shown = 10;
constexpr double default_last_edit = 60;  // s
constexpr long default_jobs = 2;

struct settings {
    fs::path root;
    std::string archive;
    std::string remote_prefix;  // '' or with a slash at its end
    double last_edit = default_last_edit;
    bool dry = false;
    bool md5 = true;
    bool deletable = true;
    int jobs = default_jobs;
    std::string catalog_path;
};

struct tally {
    std::uint64_t looked_at = 0, added = 0, bytes = 0 /* of those added */, known = 0, recent = 0,
                  refused = 0;
    std::vector<std::pair<std::string, std::string>> examples;  // local path, remote path
};

settings read_settings(const tool_arguments& arguments) {
    settings s;
    s.root = absolute_path(arguments.operands()[0]);
    // Without it, a trailing slash would become part of every path.
    if (!s.root.has_filename()) s.root = s.root.parent_path();
    s.archive = arguments.operands()[1];
    check_name("archive", s.archive).value();
    s.last_edit = arguments.number("last-edit", 0, 1e11).value_or(default_last_edit);
    s.dry = arguments.has("dry");
    s.md5 = !arguments.has("no-md5");
    s.deletable = !arguments.has("no-delete");
    if (!s.md5 && arguments.has("jobs")) throw usage_error("--jobs and --no-md5 exclude each other");
    s.jobs = static_cast<int>(arguments.whole("jobs", 1, 256).value_or(default_jobs));
    if (auto prefix = arguments.text("remote-prefix")) {
        while (prefix->ends_with('/')) prefix->pop_back();
        check_remote_path(*prefix).value();
        s.remote_prefix = *prefix + "/";
    }
    s.catalog_path = absolute_path(catalog_path(arguments));
    if (!fs::is_directory(s.root))
        throw failure_error({failure_code::not_found, "read", human::name(s.root.string()),
                             fs::exists(s.root) ? "it is no directory" : "there is no such directory"});
    return s;
}

class adding {
  public:
    adding(const settings& s, const tool_arguments& arguments) : settings_(s) {
        // A dry run changes nothing, so it makes no catalog either.
        if (!s.dry || !arguments.has("create-db") || fs::exists(s.catalog_path)) catalog_.emplace(arguments);
        if (s.md5 && !s.dry) disk_ = make_local_disk(loop_.get_executor(), s.jobs);
    }

    tally run() {
        std::uint64_t total = 0;
        if (progress_bar::visible())
            for (file_walk walk(settings_.root); walk.next();) ++total;
        bar_.emplace(settings_.dry ? "looking" : "registering", total);
        const auto begun = human::now();
        file_walk walk(settings_.root);
        while (auto found = walk.next()) {
            if (!found->problem.empty()) {
                refuse(found->path, found->problem);
            } else if (!belongs_to_the_catalog(found->path)) {
                if (begun - found->mtime < settings_.last_edit)
                    ++tally_.recent;
                else
                    files_.push_back(std::move(*found));
            }
            ++tally_.looked_at;
            if (files_.size() >= files_a_transaction) take();
            bar_->show(tally_.looked_at - files_.size(), bytes_done_);
        }
        take();
        bar_.reset();
        return std::move(tally_);
    }

  private:
    bool belongs_to_the_catalog(const std::string& path) const {
        return path.starts_with(settings_.catalog_path) &&
               (path.size() == settings_.catalog_path.size() || path[settings_.catalog_path.size()] == '-');
    }

    void refuse(const std::string& path, const std::string& why) {
        ++tally_.refused;
        if (bar_) bar_->clear();
        std::cerr << fmt::format("suprsync add-local-files: not registered: {}: {}", human::name(path),
                                 human::name(why))
                  << std::endl;
    }

    // Registers what was collected.
    void take() {
        drop_known();
        std::vector<registration> rows;
        for (const auto& file : files_) {
            registration r;
            r.local_path = file.path;
            r.remote_path = settings_.remote_prefix + file.relative;
            r.archive_name = settings_.archive;
            r.timestamp = human::now();
            r.deletable = settings_.deletable;
            r.size = file.bytes;
            if (auto fine = check_registration(r); !fine)
                refuse(file.path, fine.error().text());
            else
                rows.push_back(std::move(r));
        }
        std::map<std::string, std::uint64_t> sizes;
        for (const auto& file : files_) sizes[file.path] = file.bytes;
        files_.clear();
        if (disk_) hash(rows, sizes);
        const auto added = settings_.dry ? would_add(std::move(rows)) : add(std::move(rows));
        tally_.added += added.size();
        for (const auto& row : added) {
            tally_.bytes += sizes[row.local_path];
            if (settings_.dry && tally_.examples.size() < examples_shown)
                tally_.examples.emplace_back(row.local_path, row.remote_path);
        }
        if (!disk_) bytes_done_ = tally_.bytes;
    }

    void drop_known() {
        if (!catalog_ || files_.empty()) return;
        std::vector<std::string> paths;
        for (const auto& file : files_) paths.push_back(file.path);
        const auto known = catalog_->wait((*catalog_)->registered(settings_.archive, paths));
        std::size_t at = 0;
        tally_.known += std::erase_if(files_, [&](const found_file&) { return known[at++]; });
    }

    void hash(std::vector<registration>& rows, const std::map<std::string, std::uint64_t>& sizes) {
        std::vector<registration> hashed;
        for (std::size_t from = 0; from < rows.size(); from += files_hashed_at_once) {
            const auto to = std::min(from + files_hashed_at_once, rows.size());
            std::vector<std::string> paths;
            for (auto i = from; i < to; ++i) paths.push_back(rows[i].local_path);
            const auto sums = digests(std::move(paths));
            for (auto i = from; i < to; ++i) {
                const auto& sum = sums[i - from];
                if (!sum) {
                    refuse(rows[i].local_path, sum.error().text());
                } else if (sum->before != sum->after) {
                    refuse(rows[i].local_path,
                           "it changed while it was read: register it when it is complete");
                } else {
                    bytes_done_ += sizes.at(rows[i].local_path);
                    rows[i].local_md5sum = sum->md5;
                    hashed.push_back(std::move(rows[i]));
                }
            }
            bar_->show(tally_.looked_at - rows.size() + to, bytes_done_);
        }
        rows = std::move(hashed);
    }

    std::vector<result<local_digest>> digests(std::vector<std::string> paths) {
        std::vector<result<local_digest>> sums;
        bool done = false;
        boost::asio::co_spawn(loop_, disk_->digest(std::move(paths)),
                              [&](const std::exception_ptr& bug, std::vector<result<local_digest>> all) {
                                  if (bug) std::rethrow_exception(bug);
                                  sums = std::move(all);
                                  done = true;
                              });
        while (!done) {
            loop_.restart();
            loop_.run_one();
        }
        return sums;
    }

    // What `add` would take, judged by who holds the remote paths now.
    std::vector<registration> would_add(std::vector<registration> rows) {
        if (!catalog_) return rows;
        std::erase_if(rows, [&](const registration& r) {
            file_row row;
            row.local_path = r.local_path;
            row.archive_name = r.archive_name;
            row.remote_path = r.remote_path;
            for (const auto& other : catalog_->wait((*catalog_)->claimants_of(row))) {
                if (other.row.ignore) continue;
                // Earlier versions of the file itself make way for the new one, or hold the place for it.
                if (other.row.local_path == r.local_path) {
                    if (other.state == "verified" || other.state == "deleted") return false;
                    continue;
                }
                refuse(r.local_path,
                       fmt::format(
                           "the destination path {} belongs to another local file, {} (id {}, archive {})",
                           r.remote_path, other.row.local_path, other.row.id, other.row.archive_name));
                return true;
            }
            return false;
        });
        return rows;
    }

    // In one transaction, but for files of which the remote path belongs to another: what lies before and
    // after one of them is registered all the same.
    std::vector<registration> add(std::vector<registration> rows) {
        std::vector<registration> added;
        while (!rows.empty()) {
            const auto done = catalog_->ask((*catalog_)->add(rows));
            if (done) {
                added.insert(added.end(), rows.begin(), rows.end());
                break;
            }
            std::size_t bad = 0;
            if (done.error().code != failure_code::conflict ||
                std::sscanf(done.error().subject.c_str(), "files[%zu]", &bad) != 1 || bad >= rows.size())
                throw failure_error(done.error());
            refuse(rows[bad].local_path, done.error().detail);
            std::vector<registration> before(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(bad));
            rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(bad) + 1);
            if (before.empty()) continue;
            catalog_->wait((*catalog_)->add(before));
            added.insert(added.end(), before.begin(), before.end());
        }
        return added;
    }

    const settings& settings_;
    tally tally_;
    std::uint64_t bytes_done_ = 0;  // for the bar
    std::vector<found_file> files_;
    boost::asio::io_context loop_{1};
    std::unique_ptr<local_disk> disk_;
    std::optional<tool_catalog> catalog_;
    std::optional<progress_bar> bar_;
};

std::string plural(std::uint64_t n, const char* what) {
    return fmt::format("{} {}{}", human::count(static_cast<std::int64_t>(n)), what, n == 1 ? "" : "s");
}

void print(const settings& s, const tally& t) {
    std::cout << fmt::format("{} {} below {} ({})", s.dry ? "would register" : "registered",
                             plural(t.added, "file"), human::name(s.root.string()),
                             human::bytes(static_cast<double>(t.bytes)));
    if (t.known > 0)
        std::cout << fmt::format("; {} registered already", human::count(static_cast<std::int64_t>(t.known)));
    if (t.recent > 0)
        std::cout << fmt::format("; {} changed within the last {}",
                                 human::count(static_cast<std::int64_t>(t.recent)), human::span(s.last_edit));
    if (t.refused > 0)
        std::cout << fmt::format("; {} not registered", human::count(static_cast<std::int64_t>(t.refused)));
    std::cout << (t.examples.empty() ? "" : ", among them:") << '\n';
    for (const auto& [local, remote] : t.examples)
        std::cout << fmt::format("  {} -> {}\n", human::name(local), human::name(remote));
}

void print_as_json(const settings& s, const tally& t) {
    json_writer json;
    json.begin_object()
        .member("dry", s.dry)
        .member("registered", t.added)
        .member("bytes", t.bytes)
        .member("registered_already", t.known)
        .member("changed_recently", t.recent)
        .member("refused", t.refused)
        .key("examples")
        .begin_array();
    for (const auto& [local, remote] : t.examples)
        json.begin_object().member("local_path", local).member("remote_path", remote).end_object();
    json.end_array().end_object();
    print_json(json);
}

int add_local_files(const tool_arguments& arguments) {
    const auto s = read_settings(arguments);
    const auto t = adding(s, arguments).run();
    if (arguments.has("json"))
        print_as_json(s, t);
    else
        print(s, t);
    return t.refused > 0 ? exit_code::failed : exit_code::done;
}

}  // namespace

command describe_add_local_files() {
    command c;
    c.name = "add-local-files";
    c.synopsis = "ROOT ARCHIVE";
    c.summary = "register all files below a directory";
    c.description =
        "Registers every regular file below ROOT that the archive does not have yet, with its path relative to ROOT as remote path, a thousand in a transaction. What cannot be registered is named on standard error, and everything else is registered: exit status 1. It may be interrupted and begun again.";
    c.options = with_catalog_options(
        {{"last-edit", "S", "only files that nobody has changed for so long (60)"},
         {"remote-prefix", "DIR", "directory at the destination that the remote paths begin with"},
         {"jobs", "N", "files of which the MD5 sum is computed at a time (2)"},
         {"no-md5", "", "leave the MD5 sums to the daemon"},
         {"no-delete", "", "the local files are never to be deleted"},
         {"dry", "", "only tell what would be registered"},
         create_option(),
         {"json", "", "print the figures as JSON"}});
    c.least_operands = c.most_operands = 2;
    c.run = add_local_files;
    return c;
}

}  // namespace suprsync
