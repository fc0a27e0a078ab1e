#include "storage/disk/digest_task.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "engine/files/file_facts.hpp"

namespace suprsync {

namespace {

constexpr const char* digesting = "compute the MD5 of";
// Bytes read at a time: they stay in the core's cache. The kernel's copy of them is what MD5 of a file costs
// beyond MD5 of memory (a tenth: 6 GB/s against 0.7); pieces from 64 KiB to 1 MiB are alike, and mapping the
// file costs more than the copy, in page faults, read ahead (MAP_POPULATE) or not.
constexpr std::size_t piece = std::size_t{256} * 1024;

std::string hexadecimal(const unsigned char* bytes, unsigned count) {
    constexpr const char* digits = "0123456789abcdef";
    std::string text;
    for (unsigned i = 0; i < count; ++i) {
        text += digits[bytes[i] >> 4];
        text += digits[bytes[i] & 15];
    }
    return text;
}

// MD5 proves here that a copy is whole, and guards no secret: it is fetched from a library context of our
// own, which the system's configuration (FIPS mode) does not restrict. Fetched once: what EVP_md5() stands
// for is searched for anew in every EVP_DigestInit_ex. Null where there is none; never freed.
const EVP_MD* md5() {
    static const EVP_MD* const fetched = [] {
        OSSL_LIB_CTX* own = OSSL_LIB_CTX_new();
        if (own == nullptr || OSSL_PROVIDER_load(own, "default") == nullptr)
            return static_cast<EVP_MD*>(nullptr);
        // Where the kernel is in FIPS mode some systems ask for "fips" in every context.
        return EVP_MD_fetch(own, "MD5", "-fips");
    }();
    return fetched;
}

bool begin_sum(EVP_MD_CTX* sum) {
    return sum != nullptr && md5() != nullptr && EVP_DigestInit_ex(sum, md5(), nullptr) == 1;
}

constexpr const char* no_md5 = "this system's OpenSSL offers no MD5 (FIPS mode?)";

// One buffer for each thread of the pool.
std::vector<unsigned char>& buffer() {
    thread_local std::vector<unsigned char> bytes(piece);
    return bytes;
}

}  // namespace

std::string md5_error() {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> sum{EVP_MD_CTX_new(), EVP_MD_CTX_free};
    return begin_sum(sum.get()) ? "" : no_md5;
}

struct digest_task::reading {
    std::uint64_t read = 0;
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> sum{EVP_MD_CTX_new(), EVP_MD_CTX_free};
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
    if (begun->before.size > piece) ::posix_fadvise(file_.descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
    if (!begin_sum(begun->sum.get())) return failure{failure_code::place, digesting, file_.path, no_md5};
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
        const auto wanted = std::min(piece, budget);
        // Others read the same descriptor: it has no position of ours.
        const auto n =
            ::pread(file_.descriptor, buffer().data(), wanted, static_cast<::off_t>(reading_->read));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return failed(file_failure(digesting, file_.path, errno));
        const auto got = static_cast<std::size_t>(n);
        EVP_DigestUpdate(reading_->sum.get(), buffer().data(), got);
        watch.alive();
        reading_->read += got;
        budget -= got;
        if (got == wanted) continue;
        auto seen = stat_open(digesting, file_.path, file_.descriptor);
        if (!seen) return failed(seen.error());
        // Less than asked for, and as much as there is: this was the end, without another read to say so.
        if (got == 0 || reading_->read == seen->size) after = *seen;
    }
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_DigestFinal_ex(reading_->sum.get(), sum, &size);
    return result<local_digest>(local_digest{hexadecimal(sum, size), reading_->before, *after});
}

}  // namespace suprsync
