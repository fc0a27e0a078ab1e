#include "storage/sqlite/sqlite_connection.hpp"

#include <sqlite3.h>

namespace suprsync {

std::optional<std::int64_t> query::maybe_integer(int column) const {
    const auto value = statement_->getColumn(column);
    if (value.isNull()) return std::nullopt;
    return value.getInt64();
}

std::optional<double> query::number(int column) const {
    const auto value = statement_->getColumn(column);
    if (!value.isInteger() && !value.isFloat()) return std::nullopt;
    return value.getDouble();
}

std::optional<double> query::maybe_real(int column) const {
    const auto value = statement_->getColumn(column);
    if (value.isNull()) return std::nullopt;
    return value.getDouble();
}

std::optional<std::string> query::maybe_text(int column) const {
    const auto value = statement_->getColumn(column);
    if (value.isNull()) return std::nullopt;
    return value.getString();
}

SQLite::Statement& sqlite_connection::prepared(const char* sql) {
    auto& statement = statements_[sql];
    if (!statement) {
        try {
            statement = std::make_unique<SQLite::Statement>(*database_, sql);
        } catch (...) {
            statements_.erase(sql);
            throw;
        }
    }
    return *statement;
}

bool means_locked(const SQLite::Exception& e) {
    const int code = e.getErrorCode() & 0xff;
    return code == SQLITE_BUSY || code == SQLITE_LOCKED;
}

write_transaction::write_transaction(sqlite_connection& connection) : connection_(connection) {
    connection_.run("BEGIN IMMEDIATE");
    begun_ = std::chrono::steady_clock::now();
    if (connection_.on_write_lock) connection_.on_write_lock();
}

write_transaction::~write_transaction() {
    // SQLite may have rolled back by itself (disk full, I/O error): then there is nothing to end.
    if (open_) connection_.database().tryExec("ROLLBACK");
    if (connection_.on_write_unlock) connection_.on_write_unlock(elapsed());
}

void write_transaction::commit() {
    connection_.run("COMMIT");
    open_ = false;
}

read_transaction::~read_transaction() { connection_.database().tryExec("ROLLBACK"); }

}  // namespace suprsync
