// What batch_sender reads of local files, by threads that may hang in their file systems.
#include <algorithm>
#include <cerrno>
#include <utility>

#include "engine/files/file_facts.hpp"
#include "engine/files/md5_sum.hpp"
#include "engine/files/read_at.hpp"
#include "net/far/batch_sender.hpp"

namespace suprsync::far {

namespace {

/// Of a block's sum 36 bytes go over the link, so that of more than 32,768 a larger one is worth it.
constexpr std::uint64_t most_blocks = 32'768;

}  // namespace

void batch_sender::is_not_sent(std::size_t item, not_sent why) {
    if (why.complaint) complain(item, std::move(*why.complaint));
    const std::lock_guard lock(mutex_);
    if (why.unreadable) unreadable[item] = std::move(why.unreadable);
}

std::optional<std::size_t> batch_sender::reading() const {
    for (const auto& s : senders_)
        if (const auto item = s->reads.load(); item != none) return item;
    return std::nullopt;
}

std::optional<batch_sender::local_file> batch_sender::open_local(sender& s, std::size_t item) {
    s.reads = item;
    auto source = open_local_source(request_.items[item]);
    s.reads = none;
    if (source.why) {
        is_not_sent(item, std::move(*source.why));
        return std::nullopt;
    }
    const auto facts = identity_of(source.facts);
    return local_file{
        std::move(source.file),
        {request_.items[item].remote_path, facts.size, facts.mtime_ns, source.facts.st_mode & 07777U}};
}

bool batch_sender::read_local(sender& s, std::size_t item, const local_file& f, char* into, std::size_t count,
                              std::uint64_t offset) {
    s.reads = item;
    const auto got = read_at(f.opened.number(), into, count, offset);
    const int number = errno;
    s.reads = none;
    if (got == static_cast<::ssize_t>(count)) return true;
    if (got < 0)
        is_not_sent(item, could_not_read(request_.items[item].local_path, number));
    else
        complain(item, request_.items[item].local_path + " became shorter while it was sent");
    return false;
}

// Each file is read here and there; what is the same and not missing stays.
void batch_sender::find_different(std::size_t item, const std::vector<byte_range>& missing) {
    auto& first = *senders_.front();
    const auto& f = open_.at(item);
    const auto block = std::max<std::uint64_t>(least_block, f.file.size / most_blocks + 1);
    const auto question = encode(sums_question{first.batch, static_cast<std::uint32_t>(item), block});
    const auto said = answer_to(first, first.channel->ask(kind::sums, question.value_or("")));
    result<std::vector<std::string>> there = failure{};
    if (!said || !decode(*said, there)) {
        fail(std::nullopt);
        return;
    }
    std::string bytes;
    std::size_t number = 0;
    for (std::uint64_t from = 0; from < f.file.size && !over(); from += block, ++number) {
        const byte_range part{from, std::min(block, f.file.size - from)};
        bytes.resize(part.length);
        if (!read_local(first, item, f, bytes.data(), bytes.size(), from)) return;
        md5_sum sum;
        sum.add(bytes.data(), bytes.size());
        const bool is_missing = std::any_of(missing.begin(), missing.end(), [&](const byte_range& m) {
            return m.offset < part.offset + part.length && part.offset < m.offset + m.length;
        });
        if (is_missing || !there || number >= there->size() || sum.finish() != (*there)[number])
            add_ranges(item, part);
        watch_->alive();
    }
}

}  // namespace suprsync::far
