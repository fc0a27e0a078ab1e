// The catalog's one connection as its thread uses it: statements prepared once, transactions that end with
// their scope. Nothing here is for any other thread.
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace suprsync {

/// A statement in use, reset when it goes out of scope. Every function throws SQLite::Exception.
class query {
  public:
    explicit query(SQLite::Statement& statement) : statement_(&statement) {}
    query(query&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
    query(const query&) = delete;
    query& operator=(const query&) = delete;
    query& operator=(query&&) = delete;
    ~query() {
        if (statement_) statement_->tryReset();
    }

    /// The next row; false where there is none.
    bool next() { return statement_->executeStep(); }

    bool null(int column) const { return statement_->getColumn(column).isNull(); }
    std::int64_t integer(int column) const { return statement_->getColumn(column).getInt64(); }
    double real(int column) const { return statement_->getColumn(column).getDouble(); }
    std::string text(int column) const { return statement_->getColumn(column).getString(); }
    std::optional<std::int64_t> maybe_integer(int column) const {
        return null(column) ? std::nullopt : std::optional(integer(column));
    }
    std::optional<double> maybe_real(int column) const {
        return null(column) ? std::nullopt : std::optional(real(column));
    }
    /// None where another program stored text or bytes, too.
    std::optional<double> number(int column) const {
        const auto value = statement_->getColumn(column);
        if (!value.isInteger() && !value.isFloat()) return std::nullopt;
        return value.getDouble();
    }
    std::optional<std::string> maybe_text(int column) const {
        return null(column) ? std::nullopt : std::optional(text(column));
    }

  private:
    SQLite::Statement* statement_;
};

class sqlite_connection {
  public:
    explicit sqlite_connection(std::unique_ptr<SQLite::Database> database) : database_(std::move(database)) {}

    /// The statement with its values bound. `sql` must live as long as the connection (a literal): statements
    /// are kept by its address. One statement may not be asked anew while a query of it is in use.
    template <class... Values>
    query ask(const char* sql, const Values&... values) {
        auto& statement = prepared(sql);
        int at = 0;
        (bind(statement, ++at, values), ...);
        return query(statement);
    }

    /// The same for a statement without rows.
    template <class... Values>
    void run(const char* sql, const Values&... values) {
        auto& statement = prepared(sql);
        int at = 0;
        (bind_in_place(statement, ++at, values), ...);
        query(statement).next();
    }

    /// One value of the first row; 0 where there is no row or it is NULL.
    template <class... Values>
    std::int64_t number(const char* sql, const Values&... values) {
        auto q = ask(sql, values...);
        return q.next() ? q.integer(0) : 0;
    }

    /// Statements that are used once (DDL, PRAGMA).
    void execute(const std::string& sql) { database_->exec(sql); }

    std::int64_t last_id() const { return database_->getLastInsertRowid(); }
    SQLite::Database& database() { return *database_; }
    /// Goes over to another database, or to none; what is prepared is forgotten.
    void replace(std::unique_ptr<SQLite::Database> database) {
        statements_.clear();
        database_ = std::move(database);
    }
    bool is_open() const { return database_ != nullptr; }
    /// Whether the database cannot be written to; temporary tables can.
    bool is_read_only() const { return sqlite3_db_readonly(database_->getHandle(), "main") == 1; }
    /// Gives the connection away, without statements: this object is done.
    std::unique_ptr<SQLite::Database> release() {
        statements_.clear();
        return std::move(database_);
    }

    /// Called when a write transaction has got its lock, and with the time for which it was held.
    std::function<void()> on_write_lock;
    std::function<void(std::chrono::steady_clock::duration)> on_write_unlock;

  private:
    SQLite::Statement& prepared(const char* sql) {
        const auto known = statements_.find(sql);
        if (known != statements_.end()) return *known->second;
        return *statements_.emplace(sql, std::make_unique<SQLite::Statement>(*database_, sql)).first->second;
    }

    static void bind(SQLite::Statement& s, int at, std::int64_t v) { s.bind(at, v); }
    static void bind(SQLite::Statement& s, int at, int v) { s.bind(at, v); }
    static void bind(SQLite::Statement& s, int at, bool v) { s.bind(at, v ? 1 : 0); }
    static void bind(SQLite::Statement& s, int at, double v) { s.bind(at, v); }
    static void bind(SQLite::Statement& s, int at, const std::string& v) { s.bind(at, v); }
    static void bind(SQLite::Statement& s, int at, std::nullptr_t) { s.bind(at); }
    // Texts that outlive the statement's only step are not copied; it is bound anew before the next one.
    template <class T>
    static void bind_in_place(SQLite::Statement& s, int at, const T& v) {
        bind(s, at, v);
    }
    static void bind_in_place(SQLite::Statement& s, int at, const std::string& v) { s.bindNoCopy(at, v); }
    static void bind_in_place(SQLite::Statement& s, int at, const std::optional<std::string>& v) {
        if (v)
            s.bindNoCopy(at, *v);
        else
            s.bind(at);
    }
    template <class T>
    static void bind(SQLite::Statement& s, int at, const std::optional<T>& v) {
        if (v)
            bind(s, at, *v);
        else
            s.bind(at);
    }

    std::unique_ptr<SQLite::Database> database_;  // outlives the statements
    std::unordered_map<const char*, std::unique_ptr<SQLite::Statement>> statements_;
};

/// Whether another connection's lock was in the way: it may be tried again.
inline bool means_locked(const SQLite::Exception& e) {
    const int code = e.getErrorCode() & 0xff;
    return code == SQLITE_BUSY || code == SQLITE_LOCKED;
}

/// BEGIN IMMEDIATE, rolled back at the end of its scope unless committed. Constructing it throws where the
/// database is locked.
class write_transaction {
  public:
    explicit write_transaction(sqlite_connection& connection) : connection_(connection) {
        connection_.run("BEGIN IMMEDIATE");
        begun_ = std::chrono::steady_clock::now();
        if (connection_.on_write_lock) connection_.on_write_lock();
    }
    ~write_transaction() {
        // SQLite may have rolled back by itself (disk full, I/O error): then there is nothing to end.
        if (open_) connection_.database().tryExec("ROLLBACK");
        if (connection_.on_write_unlock) connection_.on_write_unlock(elapsed());
    }
    write_transaction(const write_transaction&) = delete;
    write_transaction& operator=(const write_transaction&) = delete;
    void commit() {
        connection_.run("COMMIT");
        open_ = false;
    }
    std::chrono::steady_clock::duration elapsed() const { return std::chrono::steady_clock::now() - begun_; }

  private:
    sqlite_connection& connection_;
    std::chrono::steady_clock::time_point begun_;
    bool open_ = true;
};

/// One snapshot for several reads.
class read_transaction {
  public:
    explicit read_transaction(sqlite_connection& connection) : connection_(connection) {
        connection_.run("BEGIN");
    }
    ~read_transaction() { connection_.database().tryExec("ROLLBACK"); }
    read_transaction(const read_transaction&) = delete;
    read_transaction& operator=(const read_transaction&) = delete;

  private:
    sqlite_connection& connection_;
};

}  // namespace suprsync
