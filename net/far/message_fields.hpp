// What the fields of each message are, for both ways: internal to net/far/messages.cpp.
#pragma once

#include <type_traits>

#include "net/far/messages.hpp"

namespace suprsync::far {

// What is told by number: whatever is added comes last, and only a newer minor version may say it.
static_assert(static_cast<int>(failure_code::in_use) == 25);
static_assert(static_cast<int>(publish_outcome::unverified) == 8);
static_assert(static_cast<int>(read_source::disk) == 3);

inline constexpr std::size_t longest_word = 256;
inline constexpr std::size_t longest_reason = 2 * longest_path;
inline constexpr std::size_t sum_digits = 32;

/// One description of each message serves both ways: what is written is const, what is read is not.
template <class Wire, class T>
using as = std::conditional_t<Wire::reading, T, const T>;

template <class W>
void path(W& w, as<W, std::string>& text) {
    w.text(text, longest_path);
}

template <class W>
void fields(W& w, as<W, failure>& f) {
    // A code that a newer program has is an error like any other.
    auto code = static_cast<std::uint8_t>(f.code);
    w.number(code);
    if constexpr (W::reading)
        f.code = code <= static_cast<std::uint8_t>(failure_code::in_use) ? static_cast<failure_code>(code)
                                                                         : failure_code::io;
    w.words(f.operation, longest_word);
    w.words(f.subject, longest_path);
    w.words(f.detail, longest_reason);
}

template <class W>
void maybe_failure(W& w, as<W, std::optional<failure>>& f) {
    w.maybe(f, [&](auto& it) { fields(w, it); });
}

template <class W>
void maybe_text(W& w, as<W, std::optional<std::string>>& t, std::size_t longest) {
    w.maybe(t, [&](auto& it) { w.text(it, longest); });
}

template <class W>
void maybe_words(W& w, as<W, std::optional<std::string>>& t) {
    w.maybe(t, [&](auto& it) { w.words(it, longest_reason); });
}

template <class W>
void paths(W& w, as<W, std::vector<std::string>>& list) {
    w.list(list, 4, [&](auto& it) { path(w, it); });
}

template <class W>
void fields(W& w, as<W, process_end>& e) {
    maybe_failure(w, e.error);
    w.words(e.exit_class, longest_word);
}

template <class W>
void fields(W& w, as<W, remote_object>& o) {
    w.flag(o.on_this_machine);
    w.number(o.device);
    w.number(o.inode);
    w.number(o.changed_ns);
    w.number(o.size);
}

template <class W>
void maybe_objects(W& w, as<W, std::vector<std::optional<remote_object>>>& list) {
    w.list(list, 1, [&](auto& it) { w.maybe(it, [&](auto& o) { fields(w, o); }); });
}

template <class W>
void fields(W& w, as<W, base_identity>& i) {
    w.text(i.file_system, longest_word);
    w.number(i.inode);
}

template <class W>
void fields(W& w, as<W, staged_file>& f) {
    w.number(f.slot);
    path(w, f.remote_path);
    w.number(f.size);
}

template <class W>
void fields(W& w, as<W, std::vector<staged_file>>& list) {
    w.list(list, 16, [&](auto& it) { fields(w, it); });
}

template <class W>
void fields(W& w, as<W, incoming_file>& f) {
    path(w, f.path);
    w.number(f.size);
    w.number(f.mtime_ns);
    w.number(f.mode);
}

template <class W>
void fields(W& w, as<W, hello>& m) {
    w.number(m.major);
    w.number(m.minor);
    w.number(m.abilities);
    w.words(m.program, longest_word);
    w.number(m.silence_limit);
}

template <class W>
void fields(W& w, as<W, prepare_question>& m) {
    path(w, m.place.base);
    path(w, m.place.staging_dir);
    path(w, m.place.archive);
    w.text(m.place.chmod, longest_path);
    w.flag(m.place.follow_links);
    w.flag(m.place.from_disk);
    w.text(m.place.asker_boot, longest_word);
    path(w, m.place.name);
    w.text(m.request.catalog_uuid, longest_word);
    w.flag(m.request.may_create_base);
    w.maybe(m.request.expected, [&](auto& it) { fields(w, it); });
    w.list(m.request.slots_in_use, 4, [&](auto& it) { w.number(it); });
    w.flag(m.request.only_look);
}

template <class W>
void fields(W& w, as<W, destination_facts>& m) {
    path(w, m.base);
    fields(w, m.identity);
    w.flag(m.base_created);
    path(w, m.staging);
    w.words(m.staging_refused, longest_reason);
    fields(w, m.staged);
    w.list(m.locked_slots, 4, [&](auto& it) { w.number(it); });
    w.number(m.device);
    w.maybe(m.clock, [&](auto& it) { w.number(it); });
    w.text(m.boot, longest_word);
    w.maybe(m.place, [&](auto& it) {
        w.text(it.machine, longest_word);
        w.text(it.file_system, longest_word);
        path(w, it.path);
    });
}

template <class W>
void fields(W& w, as<W, begin_question>& m) {
    w.number(m.slot);
}

template <class W>
void fields(W& w, as<W, open_question>& m) {
    w.number(m.batch);
    w.number(m.item);
    fields(w, m.file);
}

template <class W>
void fields(W& w, as<W, open_answer>& m) {
    maybe_failure(w, m.error);
    w.list(m.missing, 16, [&](auto& it) {
        w.number(it.offset);
        w.number(it.length);
    });
}

template <class W>
void fields(W& w, as<W, item_question>& m) {
    w.number(m.batch);
    w.number(m.item);
}

template <class W>
void fields(W& w, as<W, sums_question>& m) {
    w.number(m.batch);
    w.number(m.item);
    w.number(m.block);
}

template <class W>
void fields(W& w, as<W, std::vector<std::string>>& sums) {
    w.list(sums, 4, [&](auto& it) { w.text(it, sum_digits); });
}

template <class W>
void fields(W& w, as<W, batch_answer>& m) {
    maybe_failure(w, m.error);
    w.list(m.complaints, 16, [&](auto& it) {
        w.number(it.item);
        fields(w, it.why);
    });
}

template <class W>
void fields(W& w, as<W, digest_request>& m) {
    w.maybe(m.slot, [&](auto& it) { w.number(it); });
    paths(w, m.remote_paths);
    w.flag(m.from_disk);
    w.number(m.bytes);
}

template <class W>
void fields(W& w, as<W, digest_report>& m) {
    fields(w, m.end);
    w.list(m.md5, 1, [&](auto& it) { maybe_text(w, it, sum_digits); });
    w.list(m.complaints, 1, [&](auto& it) { maybe_words(w, it); });
    maybe_objects(w, m.objects);
    w.list(m.sources, 1, [&](auto& it) { w.choice(it, read_source::disk); });
}

template <class W>
void fields(W& w, as<W, publish_item>& m) {
    w.number(m.id);
    path(w, m.remote_path);
    w.text(m.md5, sum_digits);
    maybe_text(w, m.supersedes_md5, sum_digits);
    w.number(m.size);
    w.number(m.local.device);
    w.number(m.local.inode);
    w.number(m.local.size);
    w.number(m.local.mtime_ns);
    w.number(m.local.changed_ns);
}

template <class W>
void fields(W& w, as<W, publish_question>& m) {
    w.number(m.slot);
    w.list(m.items, 60, [&](auto& it) { fields(w, it); });
}

template <class W>
void fields(W& w, as<W, publish_report>& m) {
    fields(w, m.end);
    w.list(m.outcomes, 1, [&](auto& it) { w.choice(it, publish_outcome::unverified); });
    w.list(m.details, 4, [&](auto& it) { w.words(it, longest_reason); });
    maybe_objects(w, m.objects);
}

template <class W>
void fields(W& w, as<W, stat_request>& m) {
    paths(w, m.remote_paths);
    w.flag(m.md5);
    w.flag(m.from_disk);
    w.flag(m.sync_first);
    w.flag(m.failed_sync_known);
    path(w, m.synced_below);
    w.number(m.bytes);
    w.number(m.pace);
}

template <class W>
void fields(W& w, as<W, stat_report>& m) {
    fields(w, m.end);
    w.flag(m.sync_failed);
    w.text(m.boot, longest_word);
    w.list(m.answers, 5, [&](auto& it) {
        w.flag(it.answered);
        w.maybe(it.size, [&](auto& size) { w.number(size); });
        maybe_text(w, it.md5, sum_digits);
        w.maybe(it.object, [&](auto& o) { fields(w, o); });
        w.choice(it.source, read_source::disk);
        maybe_text(w, it.listed_as, longest_path);
    });
}

template <class W>
void fields(W& w, as<W, disk_space>& m) {
    w.number(m.bytes_free);
    w.number(m.bytes_total);
    w.number(m.inodes_free);
    w.number(m.inodes_total);
}

}  // namespace suprsync::far
