#include "engine/files/md5_sum.hpp"

#include <openssl/evp.h>
#include <openssl/provider.h>

#include <vector>

namespace suprsync {

namespace {

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

}  // namespace

struct md5_sum::context {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> sum{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

md5_sum::md5_sum() : context_(std::make_unique<context>()) {
    auto& sum = context_->sum;
    if (sum && (md5() == nullptr || EVP_DigestInit_ex(sum.get(), md5(), nullptr) != 1)) sum.reset();
}
md5_sum::md5_sum(md5_sum&&) noexcept = default;
md5_sum& md5_sum::operator=(md5_sum&&) noexcept = default;
md5_sum::~md5_sum() = default;

bool md5_sum::usable() const { return context_->sum != nullptr; }

void md5_sum::add(const void* bytes, std::size_t count) {
    EVP_DigestUpdate(context_->sum.get(), bytes, count);
}

std::string md5_sum::finish() {
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_DigestFinal_ex(context_->sum.get(), sum, &size);
    return hexadecimal(sum, size);
}

std::string md5_error() {
    return md5_sum().usable() ? "" : "this system's OpenSSL offers no MD5 (FIPS mode?)";
}

unsigned char* md5_buffer() {
    thread_local std::vector<unsigned char> bytes(md5_piece);
    return bytes.data();
}

}  // namespace suprsync
