// What lies beside the slots of files that arrive in ranges (received_file): for each, in
// `in/.parts/<slot>/data` what has come of it, and in `in/.parts/<slot>/ranges` which of that is on the disk.
// rsync knows nothing of it: prepare.sh removes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/destination.hpp"
#include "net/place/received_file.hpp"
#include "net/place/slot_hold.hpp"

namespace suprsync {

inline constexpr const char* parts_name = ".parts";

/// `in/.parts/<slot>/<kind>`, made where it is missing; not open where it cannot be, and errno.
open_descriptor open_parts(int in, int slot, const char* kind);

/// `in/.parts/<slot>`; not open where there is none.
open_descriptor parts_of(int in, int slot);

/// The record of a file's ranges: a line for what it is of, and one for each range, with a sum of its own, so
/// that what a loss of power left of the last is no range.
std::string parts_head(std::uint64_t size, std::int64_t mtime_ns, std::uint64_t inode);
std::string parts_line(const byte_range& range);
/// In order, none touching another; empty where the head is not that one.
std::vector<byte_range> read_parts(std::string_view record, std::string_view head, std::uint64_t size);
/// Of a file of so many bytes, what is in none of the ranges.
std::vector<byte_range> missing_of(const std::vector<byte_range>& ranges, std::uint64_t size);

/// Files of which something has arrived, with the bytes that are on the disk.
std::vector<staged_file> list_parts(int in, int slot);
/// While others may be making files beside it: directories stay.
void unlink_parts(const slot_hold& slot, const std::string& path);
void remove_parts(const slot_hold& slot, const std::string& path);

}  // namespace suprsync
