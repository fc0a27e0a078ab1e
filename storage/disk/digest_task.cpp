#include "storage/disk/digest_task.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "engine/files/file_facts.hpp"
#include "engine/files/md5_sum.hpp"

namespace suprsync {

namespace {

constexpr const char* digesting = "compute the MD5 of";
}  // namespace

struct digest_task::reading {
    std::uint64_t read = 0;
    md5_sum sum;
    file_identity before;
};

digest_task::digest_task(open_file file) : file_(std::move(file)) {}
digest_task::digest_task(std::string path, std::shared_ptr<const root_directories> roots,
                         std::shared_ptr<digest_progress> progress)
    : roots_(std::move(roots)), progress_(std::move(progress)) {
    file_.path = std::move(path);
}
digest_task::digest_task(digest_task&&) noexcept = default;
digest_task& digest_task::operator=(digest_task&&) noexcept = default;
digest_task::~digest_task() = default;

result<void> digest_task::begin() {
    auto begun = std::make_unique<reading>();
    if (file_.held) {
        auto before = stat_open(digesting, file_.path, file_.descriptor);
        if (!before) return before.error();
        begun->before = *before;
    } else {
        auto opened = open_regular(digesting, file_.path, *roots_);
        if (!opened) return opened.error();
        begun->before = opened->identity;
        auto held = std::make_shared<const open_descriptor>(std::move(opened->descriptor));
        file_.descriptor = held->number();
        file_.held = std::move(held);
        if (progress_) progress_->total += begun->before.size;
    }
    if (begun->before.size > md5_piece) ::posix_fadvise(file_.descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
    if (!begun->sum.usable()) return failure{failure_code::place, digesting, file_.path, md5_error()};
    reading_ = std::move(begun);
    return {};
}

std::optional<result<local_digest>> digest_task::advance(std::size_t& budget, const std::atomic<bool>& stop,
                                                         read_watch& watch) {
    const auto failed = [](failure why) { return result<local_digest>(std::move(why)); };
    std::optional<file_identity> after;
    while (!after) {
        if (stop) return failed({failure_code::stopped, digesting, file_.path, "shutting down"});
        if (!reading_)
            if (auto begun = begin(); !begun) return failed(begun.error());
        if (budget == 0) return std::nullopt;
        const auto wanted = std::min(md5_piece, budget);
        // Others read the same descriptor: it has no position of ours.
        const auto n = ::pread(file_.descriptor, md5_buffer(), wanted, static_cast<::off_t>(reading_->read));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return failed(file_failure(digesting, file_.path, errno));
        const auto got = static_cast<std::size_t>(n);
        reading_->sum.add(md5_buffer(), got);
        watch.alive();
        reading_->read += got;
        budget -= got;
        if (got == wanted) continue;
        auto seen = stat_open(digesting, file_.path, file_.descriptor);
        if (!seen) return failed(seen.error());
        // Less than asked for, and as much as there is: this was the end, without another read to say so.
        if (got == 0 || reading_->read == seen->size) after = *seen;
    }
    return result<local_digest>(local_digest{reading_->sum.finish(), reading_->before, *after});
}

}  // namespace suprsync
