// A database of a test's own and the catalog on it, called as if it were synchronous: every call runs the
// loop until its answer is there. `foreign()` is another program at the same file.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/loop/run_to_end.hpp"
#include "storage/catalog/sqlite_catalog.hpp"
#include "tests/support/foreign_writer.hpp"
#include "tests/support/scratch_directory.hpp"

namespace suprsync::test {

using ids = std::vector<file_id>;
using strings = std::vector<std::string>;

inline constexpr const char* archive = "data";
inline constexpr const char* destination = "here:/base/data";
inline constexpr double early = 1'700'000'000;  ///< registration of the row with number 0
inline constexpr double later = early + 1e6;    ///< a "now" at which everything is due
inline constexpr int max_attempts = 5;

/// Row number `n` as pysmurf-monitor registers it: /data/<n>, <timecode>/smurf/<n>.g3, registered at `early`
/// + n.
catalog_row row_of(int n, const std::string& archive_name = archive, int timecode = 17000);
/// The row as it is when its copy is verified.
catalog_row verified(catalog_row row);
catalog_row ignored(catalog_row row);
catalog_row failed(catalog_row row);
/// The same file as a registration.
registration registration_of(const catalog_row& row);
/// A registration of the finalization file of a timecode, made at `at`.
registration finalization_of(int timecode, double at, const std::string& archive_name = archive);

/// Hexadecimal digits that look like a sum and differ for every text.
std::string sum_of(const std::string& text);

class open_database {
  public:
    open_database();
    ~open_database();

    const std::filesystem::path& path() const { return options.path; }
    /// Another connection, with the agent's tables made on first use.
    foreign_writer& foreign();

    /// Opens the catalog, or opens it anew.
    result<void> open();
    /// Opens it where it is not open, indexes to the end, and serves `archive`. Throws what fails.
    void make_ready();
    void close();
    sqlite_catalog& catalog() { return *catalog_; }

    result<preparation> prepare_step();
    void prepare();
    result<void> serve(const std::string& name = archive, int attempts = max_attempts,
                       const std::string& place = destination);
    result<catalog_changes> take_changes();
    /// Calls take_changes until nothing more is waiting; what it told, in one.
    catalog_changes all_changes();
    result<std::vector<added_file>> add(const std::vector<registration>& files);
    result<work_list> load_work(const work_query& query);
    /// All work that is due at `now`.
    work_list work(double now = later, const std::string& name = archive);
    ids work_ids(double now = later, const std::string& name = archive);
    result<std::vector<bool>> still_wanted(const std::vector<file_row>& rows);
    result<void> record(const std::vector<file_outcome>& outcomes);
    result<std::vector<deletable_item>> load_deletable(double registered_before = later, double now = later,
                                                       std::size_t limit = 1000);
    result<void> record_deletions(const std::vector<deletion_record>& records);
    result<std::vector<bool>> may_delete(const std::vector<file_row>& rows, double registered_before = later);
    result<std::vector<named_file>> unsettled_named(const name_query& query);
    result<std::vector<other_spelling>> spelled_otherwise(const std::vector<placed_file>& files);
    result<archive_counts> counts(const std::string& name = archive);
    result<open_timecodes> timecodes_to_finalize(const std::string& name = archive,
                                                 int newest_believed = 99999);
    result<void> mark_timecode(int timecode, bool completed, bool synced, const std::string& name = archive);
    result<timecode_summary> summarize(int timecode, const std::string& name = archive);
    result<void> begin_finalization(const std::string& local_path);
    result<file_row> register_finalization(const timecode_summary& summary, const registration& file,
                                           double finalized_until);
    result<epoch_seconds> promise_finalized_until(double computed, const std::string& name = archive);
    result<file_row> reissue_finalization(const file_row& old_row, const registration& file,
                                          double finalized_until, const std::string& reason);
    result<std::optional<timecode_summary>> summary_of_finalization(const file_row& row);
    result<archive_memory> memory(const std::string& name = archive);
    result<void> remember_base(const base_identity& base);
    result<void> set_paused(bool paused, const std::string& reason);
    result<std::vector<bool>> awaited(const strings& remote_paths, const std::string& name = archive);
    result<std::optional<file_view>> find(file_id id);
    /// The row as it is now; it must be there.
    file_view view(file_id id);
    file_row row(file_id id) { return view(id).row; }

    /// Records that the rows are verified, with `identity`.
    void record_verified(const ids& files, std::optional<file_identity> identity = std::nullopt);
    /// Finalizes the directory as the engine does at `at`.
    file_row finalize(int timecode, double at);

    scratch_directory scratch;
    boost::asio::io_context loop;
    catalog_options options;

    /// What the call answers.
    template <class T>
    T ask(boost::asio::awaitable<T> call) {
        return run_to_end(loop, std::move(call));
    }

  private:
    std::unique_ptr<sqlite_catalog> catalog_;
    std::unique_ptr<foreign_writer> foreign_;
};

/// The same, ready for work.
class ready_database : public open_database {
  public:
    ready_database() { make_ready(); }
};

}  // namespace suprsync::test
