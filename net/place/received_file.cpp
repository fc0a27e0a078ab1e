#include "net/place/received_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <utility>

#include "engine/files/file_facts.hpp"
#include "engine/files/md5_sum.hpp"
#include "engine/files/read_at.hpp"
#include "engine/files/write_all.hpp"
#include "engine/model/text.hpp"
#include "net/place/base_directory.hpp"
#include "net/place/parts.hpp"
#include "net/place/slot_tree.hpp"
#include "net/place/whole_text.hpp"

namespace suprsync {

namespace {

constexpr const char* receiving = "receive";

/// Several open one file at a time; what is on record changes under this lock.
class record_lock {
  public:
    explicit record_lock(int record) : record_(record) { ::flock(record_, LOCK_EX); }
    record_lock(const record_lock&) = delete;
    record_lock& operator=(const record_lock&) = delete;
    ~record_lock() { ::flock(record_, LOCK_UN); }

  private:
    int record_;
};

int append(int record, const std::string& lines) {
    const auto written = ::write(record, lines.data(), lines.size());
    if (written == static_cast<::ssize_t>(lines.size())) return 0;
    return written < 0 ? errno : ENOSPC;
}

open_descriptor again(int descriptor) { return open_descriptor(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0)); }

}  // namespace

struct received_file::state {
    incoming_file file;
    const base_state* place = nullptr;
    slot_hold slot;  // of its own descriptors; locked by whoever called
    open_descriptor data_directory;
    open_descriptor record_directory;
    open_descriptor data;
    open_descriptor record;
    std::string head;
    std::vector<byte_range> missing;
    std::mutex mutex;
    std::vector<byte_range> written;  // and not kept yet

    failure failed(int error) const { return file_failure(receiving, file.path, error); }

    /// What a slot has of it, from rsync or from before, is the beginning of it: whether that is the data
    /// now.
    bool take_from_slot(int directory, const std::string& name, stage_mode mode) {
        struct ::stat seen{};
        if (::fstatat(slot.directory(), file.path.c_str(), &seen, AT_SYMLINK_NOFOLLOW) != 0) return false;
        if (mode == stage_mode::resume && S_ISREG(seen.st_mode) && seen.st_nlink == 1 &&
            static_cast<std::uint64_t>(seen.st_size) <= file.size)
            return ::renameat2(slot.directory(), file.path.c_str(), directory, name.c_str(),
                               RENAME_NOREPLACE) == 0;
        if (S_ISREG(seen.st_mode)) ::unlinkat(slot.directory(), file.path.c_str(), 0);
        return false;
    }

    int open(stage_mode mode) {
        const std::string name(name_of(file.path));
        slot_tree records(record_directory.number());
        slot_tree all_data(data_directory.number());
        const int at = records.directory_of(file.path);
        if (at < 0) return records.error().number;
        record = open_descriptor(
            ::openat(at, name.c_str(), O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (!record) return errno;
        const record_lock lock(record.number());
        const int to = all_data.directory_of(file.path);
        if (to < 0) return all_data.error().number;
        const bool is_beginning = take_from_slot(to, name, mode);
        auto opened = all_data.open(file.path, 0600);
        if (!opened.file) return all_data.error().number;
        data = std::move(opened.file);
        struct ::stat seen{};
        if (::fstat(data.number(), &seen) != 0) return errno;
        head = parts_head(file.size, file.mtime_ns, seen.st_ino);
        const auto told = whole_text(record.number());
        // A number of an inode may be given again: a record that outlived its data is none.
        if (!opened.made && told.starts_with(head) && mode == stage_mode::resume) {
            missing = missing_of(read_parts(told, head, file.size), file.size);
            // What was cut off in the midst of a line is not to take the next one along.
            return told.ends_with('\n') ? 0 : append(record.number(), "\n");
        }
        // What is of another version of the file, or of which no record tells, is worth nothing.
        auto begun = static_cast<std::uint64_t>(seen.st_size);
        if (!is_beginning || !told.empty() || begun > file.size) begun = 0;
        if (::ftruncate(record.number(), 0) != 0) return errno;
        if (begun == 0 && ::ftruncate(data.number(), 0) != 0) return errno;
        if (const int error = append(record.number(), head)) return error;
        const byte_range beginning{0, begun};
        if (begun > 0) {
            if (::fdatasync(data.number()) != 0) return errno;
            if (const int error = append(record.number(), parts_line(beginning))) return error;
        }
        missing = missing_of(begun > 0 ? std::vector{beginning} : std::vector<byte_range>{}, file.size);
        return 0;
    }

    int keep() {
        std::vector<byte_range> kept;
        {
            const std::lock_guard lock(mutex);
            kept = std::exchange(written, {});
        }
        if (kept.empty()) return 0;
        if (::fdatasync(data.number()) != 0) return errno;
        if (const int error = tell(kept)) return error;
        return ::fdatasync(record.number()) == 0 ? 0 : errno;
    }

    /// Somebody may have begun with another version of the file since: ESTALE.
    int tell(const std::vector<byte_range>& kept) {
        const record_lock lock(record.number());
        std::string begins(head.size(), '\0');
        const auto got = read_at(record.number(), begins.data(), begins.size(), 0);
        if (got < 0) return errno;
        if (begins != head) return ESTALE;
        std::string lines;
        for (const auto& range : kept) lines += parts_line(range);
        return append(record.number(), lines);
    }
};

received_file::received_file(std::unique_ptr<state> s) : state_(std::move(s)) {}
received_file::received_file(received_file&&) noexcept = default;
received_file& received_file::operator=(received_file&&) noexcept = default;
received_file::~received_file() = default;

const std::vector<byte_range>& received_file::missing() const { return state_->missing; }

result<void> received_file::write(std::uint64_t offset, std::string_view bytes) {
    auto& s = *state_;
    if (offset > s.file.size || bytes.size() > s.file.size - offset)
        return failure{failure_code::invalid, receiving, s.file.path, "a range lies beyond its end"};
    if (bytes.empty()) return {};
    if (const int error = write_all(s.data.number(), bytes, offset)) return s.failed(error);
    const std::lock_guard lock(s.mutex);
    auto& last = s.written;
    if (!last.empty() && last.back().offset + last.back().length == offset)
        last.back().length += bytes.size();
    else
        last.push_back({offset, bytes.size()});
    return {};
}

result<void> received_file::keep() {
    if (const int error = state_->keep()) return state_->failed(error);
    return {};
}

result<std::vector<std::string>> received_file::sums(std::uint64_t block, work_watch& watch) const {
    std::vector<std::string> all;
    std::vector<char> bytes(md5_piece);
    for (std::uint64_t from = 0; from < state_->file.size; from += block) {
        md5_sum sum;
        const auto to = std::min(state_->file.size, from + block);
        for (auto at = from; at < to;) {
            const auto n = read_at(state_->data.number(), bytes.data(),
                                   std::min<std::uint64_t>(bytes.size(), to - at), at);
            if (n < 0) return state_->failed(errno);
            if (watch.stop)
                return failure{failure_code::stopped, receiving, state_->file.path, "nobody waits for it"};
            watch.alive();
            if (n == 0) break;
            sum.add(bytes.data(), static_cast<std::size_t>(n));
            at += static_cast<std::uint64_t>(n);
        }
        all.push_back(sum.finish());
    }
    return all;
}

result<void> received_file::finish() {
    auto& s = *state_;
    if (auto kept = keep(); !kept) return kept;
    const record_lock lock(s.record.number());
    const auto told = read_parts(whole_text(s.record.number()), s.head, s.file.size);
    if (!missing_of(told, s.file.size).empty())
        return failure{failure_code::changed, receiving, s.file.path, "ranges of it are missing"};
    if (::ftruncate(s.data.number(), static_cast<::off_t>(s.file.size)) != 0) return s.failed(errno);
    if (const int error = seal_staged(s.data.number(), *s.place, s.file.mode, s.file.mtime_ns, false))
        return s.failed(error);
    slot_tree slot(s.slot.directory());
    const int at = slot.directory_of(s.file.path);
    if (at < 0) return s.failed(slot.error().number);
    const std::string name(name_of(s.file.path));
    if (::renameat(s.data_directory.number(), s.file.path.c_str(), at, name.c_str()) != 0)
        return s.failed(errno);
    remove_parts(s.slot, s.file.path);
    return {};
}

result<received_file> base_directory::receive(const slot_hold& slot, const incoming_file& file,
                                              stage_mode mode) const {
    std::unique_ptr<received_file::state> s(new received_file::state{
        file,
        &state_,
        slot_hold(slot.number(), again(slot.in()), again(slot.directory()), open_descriptor()),
        open_parts(slot.in(), slot.number(), "data"),
        open_parts(slot.in(), slot.number(), "ranges"),
        {},
        {},
        {},
        {},
        {},
        {}});
    if (!s->data_directory || !s->record_directory) return s->failed(errno);
    if (const int error = s->open(mode)) return s->failed(error);
    return received_file(std::move(s));
}

result<void> base_directory::receive_whole(const slot_hold& slot, const incoming_file& file,
                                           std::string_view bytes) const {
    // Of another version of the file, which was larger.
    unlink_parts(slot, file.path);
    slot_tree staged(slot.directory());
    auto opened = staged.open(file.path, file.mode & 0777);
    if (!opened.file) return file_failure(receiving, file.path, staged.error().number);
    int error = 0;
    if (opened.size > bytes.size() &&
        ::ftruncate(opened.file.number(), static_cast<::off_t>(bytes.size())) != 0)
        error = errno;
    if (error == 0) error = write_all(opened.file.number(), bytes, 0);
    if (error == 0) error = seal_staged(opened.file.number(), state_, file.mode, file.mtime_ns, opened.made);
    if (error != 0) return file_failure(receiving, file.path, error);
    return {};
}

}  // namespace suprsync
