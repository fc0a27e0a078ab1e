// A row as another program's connection reads it, as a row of the engine.
#pragma once

#include "engine/model/rows.hpp"
#include "engine/rules/registration_rules.hpp"
#include "tests/support/foreign_writer.hpp"

namespace suprsync::test {

inline file_row file_row_of(const catalog_row& shared) {
    file_row row;
    row.id = shared.id;
    row.local_path = shared.local_path;
    row.local_md5sum = shared.local_md5sum;
    row.archive_name = shared.archive_name;
    row.remote_path = plain_remote_path(shared.remote_path);
    row.timestamp = shared.timestamp;
    row.remote_md5sum = shared.remote_md5sum;
    row.copied = shared.copied;
    row.removed = shared.removed;
    row.failed_copy_attempts = static_cast<int>(shared.failed_copy_attempts.value_or(0));
    row.deletable = shared.deletable.value_or(false);
    row.ignore = shared.ignore.value_or(false);
    return row;
}

}  // namespace suprsync::test
