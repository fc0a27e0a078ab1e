#include "storage/digest_task.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "storage/file_facts.hpp"

namespace suprsync {

namespace {

constexpr const char* operation = "compute the MD5 of";
constexpr std::size_t piece = std::size_t{256} * 1024;  // bytes read at a time: they stay in the core's cache

std::string hexadecimal(const unsigned char* bytes, unsigned count) {
    constexpr const char* digits = "0123456789abcdef";
    std::string text;
    for (unsigned i = 0; i < count; ++i) {
        text += digits[bytes[i] >> 4];
        text += digits[bytes[i] & 15];
    }
    return text;
}

// One buffer for each thread of the pool.
std::vector<unsigned char>& buffer() {
    thread_local std::vector<unsigned char> bytes(piece);
    return bytes;
}

}  // namespace

struct digest_task::open_file {
    int fd = -1;
    file_identity before;
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> sum{EVP_MD_CTX_new(), EVP_MD_CTX_free};

    explicit open_file(int descriptor) : fd(descriptor) {}
    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;
    ~open_file() { ::close(fd); }

    result<file_identity> look(const std::string& path) const {
        struct ::stat seen{};
        if (::fstat(fd, &seen) != 0) return file_failure(operation, path, errno);
        if (auto regular = require_regular(operation, path, seen); !regular) return regular.error();
        return identity_of(seen);
    }
};

digest_task::digest_task(std::string path) : path_(std::move(path)) {}
digest_task::digest_task(digest_task&&) noexcept = default;
digest_task& digest_task::operator=(digest_task&&) noexcept = default;
digest_task::~digest_task() = default;

result<void> digest_task::open() {
    // Opening a device or a FIFO may already do something: it is looked at first, and O_NONBLOCK is for one
    // that takes the file's place in between.
    if (auto seen = look_at(operation, path_); !seen) return seen.error();
    const int fd = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) return file_failure(operation, path_, errno);
    auto file = std::make_unique<open_file>(fd);
    auto before = file->look(path_);
    if (!before) return before.error();
    file->before = *before;
    ::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    if (!file->sum || EVP_DigestInit_ex(file->sum.get(), EVP_md5(), nullptr) != 1)
        return failure{failure_code::io, operation, path_,
                       "this system's OpenSSL offers no MD5 (FIPS mode?)"};
    file_ = std::move(file);
    return {};
}

std::optional<result<local_digest>> digest_task::advance(std::size_t& budget, const std::atomic<bool>& stop) {
    const auto failed = [](failure why) { return result<local_digest>(std::move(why)); };
    while (true) {
        if (stop) return failed({failure_code::stopped, operation, path_, "shutting down"});
        if (!file_)
            if (auto opened = open(); !opened) return failed(opened.error());
        if (budget == 0) return std::nullopt;
        const auto n = ::read(file_->fd, buffer().data(), std::min(piece, budget));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return failed(file_failure(operation, path_, errno));
        if (n == 0) break;
        EVP_DigestUpdate(file_->sum.get(), buffer().data(), static_cast<std::size_t>(n));
        budget -= static_cast<std::size_t>(n);
    }
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_DigestFinal_ex(file_->sum.get(), sum, &size);
    auto after = file_->look(path_);
    if (!after) return failed(after.error());
    return result<local_digest>(local_digest{hexadecimal(sum, size), file_->before, *after});
}

}  // namespace suprsync
