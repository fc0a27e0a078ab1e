// The catalog as the tools use it: opened directly, with a daemon at work on it or not, one call after
// another.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "engine/commands/tool_arguments.hpp"
#include "storage/catalog/sqlite_catalog.hpp"

namespace suprsync {

/// --db, --config and --patience, for the table of commands, and the tool's own.
std::vector<command_option> with_catalog_options(std::vector<command_option> own);
/// The same with --create-db and --new-archive, of tools that register.
std::vector<command_option> with_registration_options(std::vector<command_option> own);

/// --db, or SUPRSYNC_DB, or that of the configuration; throws usage_error where there is none of them,
/// failure_error where the configuration cannot be used.
std::string catalog_path(const tool_arguments& arguments);

/// What a tool does with the catalog.
enum class catalog_use {
    reading,   ///< writes, makes and indexes nothing: any account that may read the catalog will do
    changing,  ///< makes it with --create-db, and indexes what is there, with a line on a terminal that shows
               ///< how far
};

class tool_catalog {
  public:
    /// Opens the catalog that the arguments name. Throws usage_error, failure_error.
    tool_catalog(const tool_arguments& arguments, catalog_use use);
    ~tool_catalog();

    catalog& operator*() { return *catalog_; }
    catalog* operator->() { return catalog_.get(); }
    boost::asio::io_context& loop() { return loop_; }
    /// Of the catalog, by which daemons that work on it are known.
    std::string uuid() { return wait(catalog_->read_uuid()); }

    /// What an operation of the catalog returns. Throws failure_error where it fails, or where another
    /// program has kept the catalog locked for longer than --patience.
    template <class T>
    T wait(boost::asio::awaitable<result<T>> operation) {
        return ask(std::move(operation)).value();
    }
    /// The same, the failure as a value; only a lock is thrown.
    template <class T>
    result<T> ask(boost::asio::awaitable<result<T>> operation);

    /// Before something is registered: throws failure_error where no daemon has served the archive and no row
    /// is of it, and --new-archive was not given.
    void check_known(const std::string& archive);
    /// Throws failure_error where the archive has no row, with the names of those that have.
    void check_archive(const std::string& archive);
    /// The local path that an operand means, as the catalog has it: absolute and plain, or as it stands where
    /// only a row of another program spells it so.
    std::string local_path(const std::string& operand);
    /// The row; throws failure_error where there is none.
    file_view file(file_id id);

  private:
    void turn_until(const std::function<bool()>& done);
    void prepare();

    const double patience_;
    const bool may_be_new_;
    boost::asio::io_context loop_{1};
    std::unique_ptr<sqlite_catalog> catalog_;
    std::string path_;
};

template <class T>
result<T> tool_catalog::ask(boost::asio::awaitable<result<T>> operation) {
    std::optional<result<T>> outcome;
    boost::asio::co_spawn(loop_, std::move(operation), [&](const std::exception_ptr& bug, result<T> value) {
        if (bug) std::rethrow_exception(bug);
        outcome.emplace(std::move(value));
    });
    turn_until([&] { return outcome.has_value(); });
    return std::move(*outcome);
}

}  // namespace suprsync
