#include "net/direct/copying.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "engine/files/file_facts.hpp"
#include "engine/files/read_at.hpp"
#include "engine/files/write_all.hpp"
#include "net/place/contradictions.hpp"

namespace suprsync {

namespace {

constexpr std::uint64_t piece_within_kernel = 8 << 20;
constexpr std::size_t piece_through_us = std::size_t{512} << 10;
constexpr std::size_t piece_compared = std::size_t{64} << 10;

// Of what cannot be done between these two files, or by this kernel.
bool is_not_offered(int error) {
    return error == ENOSYS || error == EXDEV || error == EINVAL || error == EOPNOTSUPP || error == EPERM ||
           error == ETXTBSY;
}

unsigned char* copy_buffer() {
    thread_local std::vector<unsigned char> bytes(piece_through_us);
    return bytes.data();
}

unsigned char* other_buffer() {
    thread_local std::vector<unsigned char> bytes(piece_through_us);
    return bytes.data();
}

std::string_view part_of(const unsigned char* bytes, std::size_t count) {
    return {reinterpret_cast<const char*>(bytes), count};
}

}  // namespace

void copying::is_not_sent(std::size_t i, not_sent why) {
    report_.unreadable[i] = std::move(why.unreadable);
    report_.complaints[i] = std::move(why.complaint);
}

void copying::could_not_write(const slot_error& error, std::size_t i) {
    if (error.number == ENOSPC || error.number == EDQUOT)
        report_.end.error = failure{failure_code::no_space, "copy files to", {}, error.text()};
    else
        report_.complaints[i] = error.text();
}

bool copying::append(const pair& files, std::uint64_t offset, std::size_t i, work_watch& watch) {
    bool within_kernel = files.one_file_system;
    while (offset < files.size) {
        const auto left = files.size - offset;
        const auto piece = pace_->wait_for(
            std::min<std::uint64_t>(left, within_kernel ? piece_within_kernel : piece_through_us), watch);
        if (piece == 0) return false;
        ::ssize_t n = 0;
        int error = 0;
        if (within_kernel) {
            auto from = static_cast<::off64_t>(offset);
            auto to = from;
            n = ::copy_file_range(files.from, &from, files.to, &to, piece, 0);
            if (n < 0 && is_not_offered(errno)) {
                within_kernel = false;
                continue;
            }
            error = n < 0 ? errno : 0;
        } else {
            watch.reads = i;
            n = read_at(files.from, copy_buffer(), std::min<std::uint64_t>(piece, piece_through_us), offset);
            watch.reads = work_watch::none_read;
            if (n < 0) return is_not_sent(i, could_not_read(request_.items[i].local_path, errno)), false;
            error = write_all(files.to, part_of(copy_buffer(), static_cast<std::size_t>(n)), offset);
        }
        if (error != 0) return could_not_write({"write", request_.items[i].remote_path, error}, i), false;
        if (n == 0) break;  // it was cut short meanwhile: its sum will tell
        offset += static_cast<std::uint64_t>(n);
        bytes_ += static_cast<std::uint64_t>(n);
        watch.alive();
    }
    return true;
}

// After a mismatch: what differs is written anew, whatever size and time say.
bool copying::compare(const pair& files, std::uint64_t there, std::size_t i, work_watch& watch) {
    std::uint64_t at = 0;
    while (at < std::min(files.size, there)) {
        if (watch.stop) return false;
        watch.reads = i;
        const auto n = read_at(files.from, copy_buffer(), piece_compared, at);
        watch.reads = work_watch::none_read;
        if (n < 0) return is_not_sent(i, could_not_read(request_.items[i].local_path, errno)), false;
        if (n == 0) break;
        const auto count = static_cast<std::size_t>(n);
        const auto seen = read_at(files.to, other_buffer(), count, at);
        const bool same = seen == n && std::memcmp(copy_buffer(), other_buffer(), count) == 0;
        if (!same) {
            if (pace_->wait_for(count, watch) == 0) return false;
            if (const int error = write_all(files.to, part_of(copy_buffer(), count), at))
                return could_not_write({"write", request_.items[i].remote_path, error}, i), false;
            bytes_ += count;
        }
        at += count;
        watch.alive();
    }
    if (there > files.size && ::ftruncate(files.to, static_cast<::off_t>(files.size)) != 0)
        return could_not_write({"ftruncate", request_.items[i].remote_path, errno}, i), false;
    return append(files, at, i, watch);
}

void copying::one(slot_tree& slot, std::size_t i, work_watch& watch) {
    const auto& item = request_.items[i];
    watch.reads = i;
    auto source = open_local_source(item);
    watch.reads = work_watch::none_read;
    if (source.why) return is_not_sent(i, std::move(*source.why));
    const auto& seen = source.facts;
    const auto to = slot.open(item.remote_path, seen.st_mode & 0777);
    if (!to.file) return could_not_write(slot.error(), i);
    struct ::stat there{};
    const bool together = ::fstat(to.file.number(), &there) == 0 && there.st_dev == seen.st_dev;
    const pair files{source.file.number(), to.file.number(), static_cast<std::uint64_t>(seen.st_size),
                     together};
    const bool whole = request_.mode == stage_mode::compare ? compare(files, to.size, i, watch)
                                                            : append(files, to.size, i, watch);
    if (!whole) return;
    if (to.size == 0) ++files_;
    const auto facts = identity_of(seen);
    if (const int failed =
            seal_staged(to.file.number(), base_->state(), seen.st_mode & 07777, facts.mtime_ns, to.made))
        could_not_write({"chmod", item.remote_path, failed}, i);
}

void copying::run(work_watch& watch) {
    report_.complaints.resize(request_.items.size());
    report_.unreadable.resize(request_.items.size());
    report_.end.exit_class = "0";
    auto held = base_->hold(request_.slot, slot_use::alone, watch);
    if (!held) {
        report_.end.error = held.error();
        return;
    }
    report_.complaints = contradictions(request_.items);
    slot_tree slot(held->directory());
    for (std::size_t i = 0; i < request_.items.size() && !watch.stop && !report_.end.error; ++i) {
        if (!report_.complaints[i]) one(slot, i, watch);
        watch.alive();
        // Closed here, where it may take its time.
        request_.items[i].held.reset();
    }
}

stage_report copying::take_report() {
    report_.bytes = bytes_;
    return std::move(report_);
}

}  // namespace suprsync
