// What goes between a daemon and the far side, either way: the input is a stream of frames as one of them
// reads it.
#include "tests/support/net/frames.hpp"
#include "net/far/frame.hpp"
#include "net/far/messages.hpp"
#include "net/far/packing.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace suprsync::fuzz {

namespace {

using namespace suprsync::far;

std::vector<message> read_stream(std::string_view stream, bool& broken) {
    message_builder builder;
    std::vector<message> messages;
    std::size_t held = 0;
    while (!broken && !stream.empty()) {
        const auto head = decode_head(stream.substr(0, head_bytes));
        broken = !head || stream.size() - head_bytes < head->size;
        if (broken) break;
        const auto seen = encode(*head);
        must(std::string_view(seen.data(), seen.size()) == stream.substr(0, head_bytes),
             "a head is written as it was read");
        std::string bytes(stream.substr(head_bytes, head->size));
        stream.remove_prefix(head_bytes + head->size);
        if (head->packed) {
            std::string why;
            auto unpacked = unpack(bytes, why);
            broken = !unpacked;
            must(unpacked.has_value() == why.empty(), "what is not unpacked has its reason");
            if (broken) break;
            must(unpacked->size() <= longest_frame, "what is unpacked is bounded");
            bytes = std::move(*unpacked);
        }
        held += bytes.size();
        auto whole = builder.add(*head, std::move(bytes));
        if (whole) {
            must(whole->bytes.size() <= longest_message && whole->bytes.size() <= held,
                 "a message is bounded");
            messages.push_back(std::move(*whole));
        }
        broken = builder.broken();
    }
    return messages;
}

/// What is understood is written again and understood as the same.
template <class M>
void judge(std::string_view bytes) {
    M read{};
    if (!decode(bytes, read)) return;
    const auto again = encode(read);
    must(again.has_value(), "what was read can be written");
    must(again->size() <= bytes.size(), "it takes no more room");
    M same{};
    must(decode(*again, same), "what was written can be read");
    must(encode(same) == again, "it is the same");
}

void judge_whole(std::string_view bytes) {
    std::uint32_t batch = 0;
    std::vector<whole_file_data> files;
    if (!decode_whole(bytes, batch, files)) return;
    std::string again;
    begin_whole(again, batch);
    for (const auto& f : files) {
        must(f.file.path.size() <= longest_path, "a path is bounded");
        must(f.file.size == f.bytes.size(), "a file has the bytes that are there");
        add_whole(again, f.item, f.file, f.bytes);
    }
    must(again == bytes, "small files are written as they were read");
}

void judge_range(std::string_view bytes) {
    range_data range;
    if (!decode_range(bytes, range)) return;
    must(encode_range_head(range) + std::string(range.bytes) == bytes, "a range is written as it was read");
}

void judge_question(const message& m) {
    switch (m.what) {
        case kind::hello:
            return judge<hello>(m.bytes);
        case kind::prepare:
            return judge<prepare_question>(m.bytes);
        case kind::begin:
            return judge<begin_question>(m.bytes);
        case kind::whole:
            return judge_whole(m.bytes);
        case kind::open:
            return judge<open_question>(m.bytes);
        case kind::data:
            return judge_range(m.bytes);
        case kind::sums:
            return judge<sums_question>(m.bytes);
        case kind::finish:
        case kind::end:
            return judge<item_question>(m.bytes);
        case kind::digests:
            return judge<digest_request>(m.bytes);
        case kind::publish:
        case kind::deliver:
            return judge<publish_question>(m.bytes);
        case kind::stat:
            return judge<stat_request>(m.bytes);
        case kind::sweep:
            return judge<std::vector<staged_file>>(m.bytes);
        default:
            return;
    }
}

void judge_answer(const message& m) {
    switch (m.what) {
        case kind::hello:
            return judge<hello>(m.bytes);
        case kind::prepare:
            return judge<result<destination_facts>>(m.bytes);
        case kind::open:
            return judge<open_answer>(m.bytes);
        case kind::sums:
            return judge<result<std::vector<std::string>>>(m.bytes);
        case kind::end:
            return judge<batch_answer>(m.bytes);
        case kind::digests:
            return judge<digest_report>(m.bytes);
        case kind::publish:
        case kind::deliver:
            return judge<publish_report>(m.bytes);
        case kind::stat:
            return judge<stat_report>(m.bytes);
        case kind::sweep:
            return judge<result<void>>(m.bytes);
        case kind::space:
            return judge<result<disk_space>>(m.bytes);
        default: {
            std::uint64_t number = 0;
            decode(m.bytes, number);
        }
    }
}

/// Content of files is packed where it gets smaller by it.
std::string written(const message& m) {
    const bool content = !m.is_answer && (m.what == kind::whole || m.what == kind::data);
    const auto packed = content ? pack(m.bytes) : std::nullopt;
    must(!packed || packed->size() < m.bytes.size(), "what is packed is smaller");
    return test::frames_of(m.what, m.is_answer, m.request, packed.value_or(m.bytes), packed.has_value());
}

}  // namespace

}  // namespace suprsync::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace suprsync::fuzz;
    const std::string_view stream(reinterpret_cast<const char*>(data), size);
    bool broken = false;
    std::string again;
    const auto messages = read_stream(stream, broken);
    for (const auto& m : messages) {
        if (m.is_answer)
            judge_answer(m);
        else
            judge_question(m);
        again += written(m);
    }
    bool broken_again = false;
    const auto same = read_stream(again, broken_again);
    must(!broken_again && same.size() == messages.size(), "messages are read as they are written");
    return 0;
}
