#include "net/far/messages.hpp"

#include "net/far/message_fields.hpp"

namespace suprsync::far {

namespace {

template <class M>
std::optional<std::string> written(const M& m) {
    wire_writer w;
    fields(w, m);
    if (!w.fits()) return std::nullopt;
    return w.take();
}

template <class M>
bool read(std::string_view bytes, M& m) {
    wire_reader r(bytes);
    fields(r, m);
    return r.complete();
}

template <class T>
std::optional<std::string> written_result(const result<T>& m) {
    wire_writer w;
    w.flag(m.has_value());
    if (!m)
        fields(w, m.error());
    else if constexpr (!std::is_void_v<T>)
        fields(w, *m);
    if (!w.fits()) return std::nullopt;
    return w.take();
}

template <class T>
bool read_result(std::string_view bytes, result<T>& m) {
    wire_reader r(bytes);
    bool there = false;
    r.flag(there);
    if (!there) {
        failure why;
        fields(r, why);
        m = std::move(why);
    } else if constexpr (std::is_void_v<T>) {
        m = result<void>();
    } else {
        T value{};
        fields(r, value);
        m = std::move(value);
    }
    return r.complete();
}

}  // namespace

std::optional<std::string> encode(const hello& m) { return written(m); }
std::optional<std::string> encode(const prepare_question& m) { return written(m); }
std::optional<std::string> encode(const result<destination_facts>& m) { return written_result(m); }
std::optional<std::string> encode(const begin_question& m) { return written(m); }
std::optional<std::string> encode(const open_question& m) { return written(m); }
std::optional<std::string> encode(const open_answer& m) { return written(m); }
std::optional<std::string> encode(const item_question& m) { return written(m); }
std::optional<std::string> encode(const sums_question& m) { return written(m); }
std::optional<std::string> encode(const result<std::vector<std::string>>& m) { return written_result(m); }
std::optional<std::string> encode(const batch_answer& m) { return written(m); }
std::optional<std::string> encode(const digest_request& m) { return written(m); }
std::optional<std::string> encode(const digest_report& m) { return written(m); }
std::optional<std::string> encode(const publish_question& m) { return written(m); }
std::optional<std::string> encode(const publish_report& m) { return written(m); }
std::optional<std::string> encode(const stat_request& m) { return written(m); }
std::optional<std::string> encode(const stat_report& m) { return written(m); }
std::optional<std::string> encode(const std::vector<staged_file>& m) { return written(m); }
std::optional<std::string> encode(const result<void>& m) { return written_result(m); }
std::optional<std::string> encode(const result<disk_space>& m) { return written_result(m); }
std::string encode(std::uint64_t number) {
    wire_writer w;
    w.number(number);
    return w.take();
}

bool decode(std::string_view bytes, hello& m) { return read(bytes, m); }
bool decode(std::string_view bytes, prepare_question& m) { return read(bytes, m); }
bool decode(std::string_view bytes, result<destination_facts>& m) { return read_result(bytes, m); }
bool decode(std::string_view bytes, begin_question& m) { return read(bytes, m); }
bool decode(std::string_view bytes, open_question& m) { return read(bytes, m); }
bool decode(std::string_view bytes, open_answer& m) { return read(bytes, m); }
bool decode(std::string_view bytes, item_question& m) { return read(bytes, m); }
bool decode(std::string_view bytes, sums_question& m) { return read(bytes, m) && m.block >= least_block; }
bool decode(std::string_view bytes, result<std::vector<std::string>>& m) { return read_result(bytes, m); }
bool decode(std::string_view bytes, batch_answer& m) { return read(bytes, m); }
bool decode(std::string_view bytes, digest_request& m) { return read(bytes, m); }
bool decode(std::string_view bytes, digest_report& m) { return read(bytes, m); }
bool decode(std::string_view bytes, publish_question& m) { return read(bytes, m); }
bool decode(std::string_view bytes, publish_report& m) { return read(bytes, m); }
bool decode(std::string_view bytes, stat_request& m) { return read(bytes, m); }
bool decode(std::string_view bytes, stat_report& m) { return read(bytes, m); }
bool decode(std::string_view bytes, std::vector<staged_file>& m) { return read(bytes, m); }
bool decode(std::string_view bytes, result<void>& m) { return read_result(bytes, m); }
bool decode(std::string_view bytes, result<disk_space>& m) { return read_result(bytes, m); }
bool decode(std::string_view bytes, std::uint64_t& number) {
    wire_reader r(bytes);
    r.number(number);
    return r.complete();
}

}  // namespace suprsync::far
