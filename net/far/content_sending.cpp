// What batch_sender sends of the content of files, at the rate of the archive.
#include <utility>

#include "net/far/batch_sender.hpp"
#include "net/far/packing.hpp"

namespace suprsync::far {

void batch_sender::send_small(sender& s, const std::vector<std::size_t>& items) {
    std::string message;
    std::string content;
    std::size_t files = 0;
    const auto send = [&] {
        send_content(s, kind::whole, message, {.files = files});
        files = 0;
        begin_whole(message, s.batch);
    };
    begin_whole(message, s.batch);
    for (const auto item : items) {
        if (over()) return;
        const auto f = open_local(s, item);
        if (!f) continue;
        if (f->file.size > largest_whole) {
            const std::lock_guard lock(mutex_);
            large_.push_back(item);
            continue;
        }
        content.resize(f->file.size);
        if (!read_local(s, item, *f, content.data(), content.size(), 0)) continue;
        if (f->file.path.size() > longest_path) {
            complain(item, f->file.path + ": File name too long");
            continue;
        }
        if (message.size() + content.size() > bytes_per_message) send();
        add_whole(message, static_cast<std::uint32_t>(item), f->file, content);
        ++files;
    }
    send();
}

void batch_sender::send_range(sender& s, const range& part) {
    const auto& f = open_.at(part.item);
    {
        const std::lock_guard lock(mutex_);
        if (complaints[part.item]) return;
    }
    {
        const std::lock_guard lock(s.arrivals->mutex);
        if (s.arrivals->no_more_of.contains(part.item)) return;
    }
    const auto item = static_cast<std::uint32_t>(part.item);
    if (s.opened.insert(part.item).second) {
        const auto question = encode(open_question{s.batch, item, f.file});
        // Nobody waits for that answer: where it cannot be opened, the file will not be whole.
        s.channel->tell(kind::open, s.channel->new_number(), question.value_or(""));
    }
    auto message = encode_range_head({s.batch, item, part.offset, {}});
    message.resize(range_head_bytes + part.length);
    if (!read_local(s, part.item, f, message.data() + range_head_bytes, part.length, part.offset)) return;
    send_content(s, kind::data, message, {.range_of = part.item});
}

// The rate is that of what goes over the link.
void batch_sender::send_content(sender& s, kind what, const std::string& message, lane::content_sent counts) {
    const auto packed = packs_ ? pack(message) : std::nullopt;
    const auto& sent = packed ? *packed : message;
    pay(sent.size());
    if (over()) return;
    {
        const std::lock_guard lock(s.arrivals->mutex);
        s.arrivals->under_way.push_back(counts);
    }
    s.channel->tell(what, s.batch, sent, packed.has_value());
}

void batch_sender::pay(std::uint64_t bytes) {
    while (bytes > 0 && !over()) bytes -= rate_->wait_for(bytes, *watch_);
}

}  // namespace suprsync::far
