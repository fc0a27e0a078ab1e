// The messages that hold content of files: it is neither copied into them nor out of them more often than
// need be.
#include "net/far/messages.hpp"

namespace suprsync::far {

void begin_whole(std::string& message, std::uint32_t batch) {
    wire_writer w;
    w.number(batch);
    message = w.take();
}

void add_whole(std::string& message, std::uint32_t item, const incoming_file& file, std::string_view bytes) {
    wire_writer w;
    w.number(item);
    w.text(file.path, longest_path);
    w.number(file.mtime_ns);
    w.number(std::uint32_t{file.mode});
    w.number(static_cast<std::uint32_t>(bytes.size()));
    message += w.take();
    message += bytes;
}

bool decode_whole(std::string_view bytes, std::uint32_t& batch, std::vector<whole_file_data>& files) {
    wire_reader r(bytes);
    r.number(batch);
    files.clear();
    while (r.good() && !r.rest().empty()) {
        if (files.size() >= most_items) return false;
        auto& f = files.emplace_back();
        r.number(f.item);
        r.text(f.file.path, longest_path);
        r.number(f.file.mtime_ns);
        r.number(f.file.mode);
        std::uint32_t size = 0;
        r.number(size);
        f.bytes = r.take(size);
        f.file.size = f.bytes.size();
    }
    return r.complete();
}

std::string encode_range_head(const range_data& m) {
    wire_writer w;
    w.number(m.batch);
    w.number(m.item);
    w.number(m.offset);
    return w.take();
}

bool decode_range(std::string_view bytes, range_data& m) {
    wire_reader r(bytes);
    r.number(m.batch);
    r.number(m.item);
    r.number(m.offset);
    m.bytes = r.rest();
    return r.good() && m.bytes.size() <= longest_frame;
}

}  // namespace suprsync::far
