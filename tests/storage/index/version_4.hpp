// Catalogs with side tables of version 4, as the program that had it made them.
#pragma once

#include <cstdint>
#include <filesystem>

namespace suprsync::test {

/// Takes a catalog of today, which nobody has open, back to version 4.
void take_back_to_version_4(const std::filesystem::path& database);

/// Makes a catalog of `rows` files of two archives, 10,000 a day, of which the last days' are still here and
/// some have failed or are ignored; it is indexed to the end. Some minutes for ten million rows.
void make_catalog_of_version_4(const std::filesystem::path& database, std::int64_t rows);

}  // namespace suprsync::test
