#include "engine/commands/tree_registration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "engine/commands/file_walk.hpp"
#include "engine/commands/progress_bar.hpp"
#include "engine/commands/tool_catalog.hpp"
#include "engine/loop/run_to_end.hpp"
#include "engine/loop/this_machine.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/rules/registration_rules.hpp"
#include "storage/disk/local_disk.hpp"

namespace fs = std::filesystem;

namespace suprsync {

namespace {

constexpr std::size_t files_a_transaction = 1000;
constexpr std::size_t files_hashed_at_once = 50;  // the bar moves after so many
constexpr std::size_t examples_shown = 10;

class tree_registration {
  public:
    tree_registration(const tree_settings& s, const tool_arguments& arguments) : settings_(s) {
        // A dry run changes nothing, so it makes no catalog either.
        if (!s.dry || !arguments.has("create-db") || fs::exists(s.catalog_path))
            catalog_.emplace(arguments, catalog_use::changing);
        if (catalog_) catalog_->check_known(s.archive);
        if (s.md5 && !s.dry) disk_ = make_local_disk(loop_.get_executor(), s.jobs);
    }

    tree_tally run() {
        std::uint64_t total = 0;
        if (progress_bar::visible())
            for (file_walk walk(settings_.root); walk.next();) ++total;
        bar_.emplace(settings_.dry ? "looking" : "registering", total);
        const auto begun = wall_clock();
        file_walk walk(settings_.root);
        while (auto found = walk.next()) {
            if (!found->problem.empty()) {
                refuse(found->path, found->problem);
            } else if (!belongs_to_the_catalog(found->path)) {
                if (begun - found->mtime < settings_.last_edit)
                    ++tally_.changed_recently;
                else
                    files_.push_back(std::move(*found));
            }
            ++tally_.checked;
            if (files_.size() >= files_a_transaction) take();
            bar_->show(tally_.checked - files_.size(), bytes_done_);
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
        std::cerr << fmt::format("suprsync add-local-files: not registered: {}: {}", shown_name(path),
                                 shown_name(why))
                  << std::endl;
    }

    // Registers what was collected.
    void take() {
        drop_known();
        std::vector<registration> rows;
        for (const auto& file : files_) {
            registration r;
            r.local_path = file.path;
            r.remote_path = plain_remote_path(settings_.remote_prefix + file.relative);
            r.archive_name = settings_.archive;
            r.timestamp = wall_clock();
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
        tally_.registered += added.size();
        for (const auto& row : added) {
            tally_.bytes += sizes[row.local_path];
            if (settings_.dry && tally_.examples.size() < examples_shown)
                tally_.examples.push_back({row.local_path, row.remote_path});
        }
        if (!disk_) bytes_done_ = tally_.bytes;
    }

    void drop_known() {
        if (!catalog_ || files_.empty()) return;
        std::vector<std::string> paths;
        for (const auto& file : files_) paths.push_back(file.path);
        const auto known = catalog_->wait((*catalog_)->registered(settings_.archive, paths));
        std::size_t at = 0;
        tally_.registered_already += std::erase_if(files_, [&](const found_file&) { return known[at++]; });
    }

    void hash(std::vector<registration>& rows, const std::map<std::string, std::uint64_t>& sizes) {
        std::vector<registration> hashed;
        for (std::size_t from = 0; from < rows.size(); from += files_hashed_at_once) {
            const auto to = std::min(from + files_hashed_at_once, rows.size());
            std::vector<std::string> paths;
            for (auto i = from; i < to; ++i) paths.push_back(rows[i].local_path);
            const auto sums = run_to_end(loop_, disk_->digest(std::move(paths), {}));
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
            bar_->show(tally_.checked - rows.size() + to, bytes_done_);
        }
        rows = std::move(hashed);
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
                // Earlier versions of the file itself yield to the new one, or hold the place for it.
                if (is_one_local_path(other.row.local_path, r.local_path)) {
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

    const tree_settings& settings_;
    tree_tally tally_;
    std::uint64_t bytes_done_ = 0;  // for the bar
    std::vector<found_file> files_;
    boost::asio::io_context loop_{1};
    std::unique_ptr<local_disk> disk_;
    std::optional<tool_catalog> catalog_;
    std::optional<progress_bar> bar_;
};

}  // namespace

tree_tally register_tree(const tree_settings& settings, const tool_arguments& arguments) {
    return tree_registration(settings, arguments).run();
}

}  // namespace suprsync
