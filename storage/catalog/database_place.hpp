// Whether the files of an open database are those that everybody else finds at its path: a database that was
// removed, moved or replaced goes on working for whoever has it open, and for nobody else. How the catalog
// goes over to the one that is meant (spec, The catalog that is meant) stands there, too.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "storage/catalog/file_number.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

class database_place {
  public:
    /// Of a database in WAL mode that this connection has read. None where the file at the path is not the
    /// one that is open.
    static std::optional<database_place> of(sqlite_connection& connection, const std::filesystem::path& path,
                                            file_numbering numbers);

    /// What is not as it was, in words; '' where all is in its place. Costs microseconds.
    std::string what_moved() const;

    /// Before the database is closed. Where its file has moved, what the log holds is written into that file:
    /// the log lies beside another one. A log that is another's stays as it is.
    void take_leave(sqlite_connection& connection) const;

  private:
    struct file {
        std::filesystem::path path;
        file_number number;
    };
    bool in_place(const file& one) const { return numbers_(one.path) == one.number; }
    bool is_there(const file& one) const { return numbers_(one.path) != file_number(); }

    file_numbering numbers_;
    file database_, log_, index_;
};

}  // namespace suprsync
