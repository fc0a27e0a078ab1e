// A catalog with one file that is verified.
#pragma once

#include <string>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

inline constexpr file_identity identity{5, 6, 7, 8};

struct one_verified : ready_database {
    file_id id = foreign().insert(row_of(1));
    file_row seen;

    one_verified() {
        record_verified({id}, identity);
        seen = row(id);
    }
    void judge(deletion_outcome outcome, const std::string& error = "", double again_at = 0) {
        record_deletions({{seen, outcome, error, early + 100, again_at}}).value();
    }
    void update(const std::string& what) {
        foreign().execute("UPDATE supersync_v0 SET " + what + " WHERE id = " + std::to_string(id));
    }
    catalog_row shared() { return foreign().row(id); }
};

}  // namespace suprsync::test
