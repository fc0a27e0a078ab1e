// The messages as bytes and back: what the transport port (engine/ports/transport.hpp) asks and answers, and
// what goes to and fro while files are staged. Pure; a message that is cut short, too long, or holds what
// cannot be is none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ports/transport.hpp"
#include "net/far/wire.hpp"
#include "net/place/base_options.hpp"
#include "net/place/received_file.hpp"

namespace suprsync::far {

/// What each side says of itself before anything else.
struct hello {
    std::uint16_t major = major_version;
    std::uint16_t minor = minor_version;
    std::uint64_t abilities = 0;  ///< of a later minor version, a bit each
    std::string program;          ///< its version, for people
    std::uint32_t silence_limit =
        0;  ///< s without a message after which the far side ends; the client says it
};

struct prepare_question {
    base_options place;
    prepare_request request;
};

struct begin_question {
    int slot = 0;
};

/// A small file; `bytes` lie in the message.
struct whole_file_data {
    std::uint32_t item = 0;  ///< its place in the batch
    incoming_file file;
    std::string_view bytes;
};

struct open_question {
    std::uint32_t batch = 0;  ///< the number of the question that began it
    std::uint32_t item = 0;
    incoming_file file;
};

struct open_answer {
    std::optional<failure> error;
    std::vector<byte_range> missing;
};

/// What the far side answers to content is how many bytes it took, or that more of it would be sent in vain:
/// of the file, whose complaint comes at the end, or of the batch, whose error comes there.
inline constexpr std::uint64_t no_more_of_the_file = ~std::uint64_t{1};
inline constexpr std::uint64_t no_more_of_the_batch = ~std::uint64_t{0};

/// `bytes` lie in the message.
struct range_data {
    std::uint32_t batch = 0;
    std::uint32_t item = 0;
    std::uint64_t offset = 0;
    std::string_view bytes;
};

struct item_question {
    std::uint32_t batch = 0;
    std::uint32_t item = 0;
};

/// The MD5 of each block of so many bytes of what lies there is asked for.
struct sums_question {
    std::uint32_t batch = 0;
    std::uint32_t item = 0;
    std::uint64_t block = 0;
};
inline constexpr std::uint64_t least_block = 64 << 10;

/// How a batch went here: `error` where that is nothing of single files.
struct batch_answer {
    struct complaint {
        std::uint32_t item = 0;
        failure why;
    };
    std::optional<failure> error;
    std::vector<complaint> complaints;
};

struct publish_question {
    int slot = 0;
    std::vector<publish_item> items;
};

std::optional<std::string> encode(const hello& m);
std::optional<std::string> encode(const prepare_question& m);
std::optional<std::string> encode(const result<destination_facts>& m);
std::optional<std::string> encode(const begin_question& m);
std::optional<std::string> encode(const open_question& m);
std::optional<std::string> encode(const open_answer& m);
std::optional<std::string> encode(const item_question& m);
std::optional<std::string> encode(const sums_question& m);
std::optional<std::string> encode(const result<std::vector<std::string>>& m);  ///< the answer to it
std::optional<std::string> encode(const batch_answer& m);
std::optional<std::string> encode(const digest_request& m);
std::optional<std::string> encode(const digest_report& m);
std::optional<std::string> encode(const publish_question& m);
std::optional<std::string> encode(const publish_report& m);
std::optional<std::string> encode(const stat_request& m);
std::optional<std::string> encode(const stat_report& m);
std::optional<std::string> encode(const std::vector<staged_file>& m);
std::optional<std::string> encode(const result<void>& m);
std::optional<std::string> encode(const result<disk_space>& m);
/// A number alone: bytes that arrived, or the question that is to be cancelled.
std::string encode(std::uint64_t number);

/// Each gives none, or false, where the bytes are no such message.
bool decode(std::string_view bytes, hello& m);
bool decode(std::string_view bytes, prepare_question& m);
bool decode(std::string_view bytes, result<destination_facts>& m);
bool decode(std::string_view bytes, begin_question& m);
bool decode(std::string_view bytes, open_question& m);
bool decode(std::string_view bytes, open_answer& m);
bool decode(std::string_view bytes, item_question& m);
bool decode(std::string_view bytes, sums_question& m);
bool decode(std::string_view bytes, result<std::vector<std::string>>& m);
bool decode(std::string_view bytes, batch_answer& m);
bool decode(std::string_view bytes, digest_request& m);
bool decode(std::string_view bytes, digest_report& m);
bool decode(std::string_view bytes, publish_question& m);
bool decode(std::string_view bytes, publish_report& m);
bool decode(std::string_view bytes, stat_request& m);
bool decode(std::string_view bytes, stat_report& m);
bool decode(std::string_view bytes, std::vector<staged_file>& m);
bool decode(std::string_view bytes, result<void>& m);
bool decode(std::string_view bytes, result<disk_space>& m);
bool decode(std::string_view bytes, std::uint64_t& number);

/// A message of small files grows by one after the other; `bytes` are what the file holds.
void begin_whole(std::string& message, std::uint32_t batch);
void add_whole(std::string& message, std::uint32_t item, const incoming_file& file, std::string_view bytes);
/// Texts lie in `bytes`, which is to outlive them.
bool decode_whole(std::string_view bytes, std::uint32_t& batch, std::vector<whole_file_data>& files);

/// What stands before the bytes of a range in its message.
std::string encode_range_head(const range_data& m);
inline constexpr std::size_t range_head_bytes = 4 + 4 + 8;
bool decode_range(std::string_view bytes, range_data& m);

}  // namespace suprsync::far
