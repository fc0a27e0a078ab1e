#include "storage/catalog/agent_probe.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <unordered_map>

#include "engine/rules/claims.hpp"
#include "storage/catalog/open_unchanged.hpp"
#include "storage/index/side_rows.hpp"
#include "storage/index/side_tables.hpp"

namespace suprsync {

namespace {

// Read at a time: without a write-ahead log, writers wait so long.
constexpr int read_at_once = 20'000;

// Claimants of a place are the rows that have one remote path at one destination.
class agent_reader {
  public:
    agent_reader(sqlite_connection& connection, const std::vector<archive_configuration>& archives)
        : connection_(connection) {
        for (const auto& a : archives) archives_[a.name] = &a;
    }

    std::map<std::string, agent_rows> read() {
        each_row([this](agent_row&& one) {
            if (is_unsettled(one.row)) {
                claimants_.try_emplace(place_of(one.row));
                unsettled_.push_back(std::move(one));
            } else {
                add(one, {});
            }
        });
        if (!unsettled_.empty())
            each_row([this](agent_row&& one) {
                if (const auto found = claimants_.find(place_of(one.row)); found != claimants_.end())
                    found->second.push_back(claimant_of(one.row));
            });
        for (const auto& one : unsettled_) add(one, claimants_.at(place_of(one.row)));
        return std::move(found_);
    }

  private:
    // An archive that is not ours may go anywhere.
    std::string place_of(const file_row& row) const {
        const auto known = archives_.find(row.archive_name);
        return (known == archives_.end() ? row.archive_name : known->second->destination()) + '\0' +
               row.remote_path;
    }

    void add(const agent_row& one, const std::vector<claimant>& claimants) {
        const auto known = archives_.find(one.row.archive_name);
        const auto most = known == archives_.end() ? archive_configuration().max_copy_attempts
                                                   : known->second->max_copy_attempts;
        found_[one.row.archive_name].add(one, most, claimants);
    }

    template <class Take>
    void each_row(const Take& take) {
        file_id after = 0;
        for (bool more = true; more;) {
            more = false;
            auto q = connection_.ask("SELECT " SUPRSYNC_ROW_COLUMNS
                                     " FROM supersync_v0 AS s WHERE s.id > ?1 ORDER BY s.id LIMIT ?2",
                                     after, read_at_once);
            while (q.next()) {
                agent_row one{read_row(q), q.text(4), q.null(11), q.null(9), q.null(10)};
                after = one.row.id;
                more = true;
                take(std::move(one));
            }
        }
    }

    sqlite_connection& connection_;
    std::map<std::string, const archive_configuration*> archives_;
    std::map<std::string, agent_rows> found_;
    std::vector<agent_row> unsettled_;
    std::unordered_map<std::string, std::vector<claimant>> claimants_;
};

}  // namespace

agent_catalog probe_agent_catalog(const std::string& path,
                                  const std::vector<archive_configuration>& archives) {
    agent_catalog found;
    found.path = path;
    if (::access(path.c_str(), R_OK) != 0) {
        found.not_read =
            "there is no catalog at " + path + " that this account may read: the daemon makes a new one";
        return found;
    }
    const auto way = way_to_open_unchanged(path, std::chrono::milliseconds::max());
    found.write_ahead = way.write_ahead;
    found.not_read = way.not_at_all;
    if (!found.not_read.empty()) return found;
    try {
        auto connection = open_unchanged(path, way);
        if (has_table(connection, "supersync_v0")) found.archives = agent_reader(connection, archives).read();
    } catch (const SQLite::Exception& e) {
        found.archives.clear();
        found.not_read = fmt::format("the rows of {} cannot be read: {}", path, e.what());
    }
    return found;
}

}  // namespace suprsync
