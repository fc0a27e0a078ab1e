// The questions and deeds of one call each; prepare() stands in prepare.cpp, stat() in look.cpp.
#include "net/place/base_directory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <set>

#include "engine/files/file_facts.hpp"
#include "engine/files/open_beneath.hpp"
#include "net/place/entering.hpp"
#include "net/place/parts.hpp"
#include "net/place/publishing.hpp"
#include "net/place/reading.hpp"
#include "net/place/remote_objects.hpp"
#include "net/place/slot_lock.hpp"
#include "net/place/tree_walk.hpp"
#include "net/remote/verb_rules.hpp"

namespace suprsync {

namespace {

publish_report unanswered(std::size_t items, publish_outcome outcome) {
    publish_report report;
    report.end.exit_class = "0";
    report.outcomes.resize(items, outcome);
    report.details.resize(items);
    return report;
}

}  // namespace

result<slot_hold> base_directory::hold(int slot, slot_use use, work_watch& watch) const {
    return take_slot(state_, slot, use, watch, {"copy files to", options_.name}, true);
}

digest_report base_directory::digests(const digest_request& request, work_watch& watch) const {
    const call_names call{"compute MD5 sums at", options_.name};
    const auto count = request.remote_paths.size();
    digest_report report;
    report.end.exit_class = "0";
    report.md5.resize(count);
    report.complaints.resize(count);
    report.objects.resize(count);
    report.sources.resize(count, read_source::unknown);
    const bool staged = request.slot && !state_.staging.empty();
    std::optional<slot_hold> slot;
    open_descriptor base;
    if (staged) {
        auto held = take_slot(state_, *request.slot, slot_use::alone, watch, call);
        if (!held) return report.end = ended_with(held.error()), report;
        slot.emplace(std::move(*held));
    } else {
        auto entered = enter_base(state_, call);
        if (!entered) return report.end = ended_with(entered.error()), report;
        base = std::move(*entered);
    }
    const int root = slot ? slot->directory() : base.number();
    for (std::size_t i = 0; i < count; ++i) {
        if (watch.stop) {
            report.end = ended_with(call.stopped());
            break;
        }
        watch.alive();
        const auto& path = request.remote_paths[i];
        struct ::stat seen{};
        if (::fstatat(root, path.c_str(), &seen, 0) != 0) {
            report.complaints[i] = error_text(errno);
            continue;
        }
        report.objects[i] = object_of(seen, state_);
        if (!S_ISREG(seen.st_mode)) {
            report.complaints[i] = "it is no regular file";
            continue;
        }
        const auto file = open_to_read(root, path);
        const auto sum = file ? sum_of_open(file.number(), request.from_disk, watch) : read_sum{{}, errno};
        if (sum.md5.empty())
            report.complaints[i] = error_text(sum.error);
        else
            report.md5[i] = sum.md5;
        report.sources[i] = sum.source;
    }
    return report;
}

publish_report base_directory::publish(int slot, const std::vector<publish_item>& items,
                                       work_watch& watch) const {
    return publish_where(slot, items, watch, [](const slot_hold&) { return true; });
}

publish_report base_directory::deliver(int slot, const std::vector<publish_item>& items,
                                       work_watch& watch) const {
    // What is staged may be a local file itself: by inode and change time, whichever way leads to it.
    std::set<std::pair<std::uint64_t, std::int64_t>> local;
    for (const auto& item : items) local.emplace(item.local.inode, item.local.changed_ns);
    return publish_where(slot, items, watch, [&](const slot_hold& held) {
        for (const auto& item : items) {
            const auto file = open_to_read(held.directory(), item.remote_path, O_NOFOLLOW);
            struct ::stat seen{};
            if (!file || ::fstat(file.number(), &seen) != 0 || !S_ISREG(seen.st_mode)) return false;
            const auto object = object_of(seen, state_);
            if (local.contains({object.inode, object.changed_ns})) return false;
            if (sum_of_open(file.number(), false, watch).md5 != item.md5) return false;
        }
        return true;
    });
}

publish_report base_directory::publish_where(int slot, const std::vector<publish_item>& items,
                                             work_watch& watch,
                                             const std::function<bool(const slot_hold&)>& all_right) const {
    const call_names call{"publish files at", options_.name};
    auto report = unanswered(items.size(), publish_outcome::unknown);
    auto base = enter_base(state_, call);
    if (!base) return report.end = ended_with(base.error()), report;
    auto held = take_slot(state_, slot, slot_use::alone, watch, call);
    if (!held) return report.end = ended_with(held.error()), report;
    if (all_right(*held))
        publishing(base->number(), *held, state_, options_, watch).run(items, report);
    else if (!watch.stop)
        report = unanswered(items.size(), publish_outcome::unverified);
    if (watch.stop) report.end = ended_with(call.stopped());
    return report;
}

result<void> base_directory::sweep(const std::vector<staged_file>& files, work_watch& watch) const {
    const call_names call{"sweep staging at", options_.name};
    std::map<int, std::vector<const staged_file*>> by_slot;
    for (const auto& file : files) by_slot[file.slot].push_back(&file);
    const auto in = enter_in(state_, call);
    for (const auto& [number, staged] : by_slot) {
        // An empty slot is removed by whoever prepares, also where ranges of a file lie beside it.
        const bool has_parts = in && parts_of(in->number(), number);
        auto slot = take_slot(state_, number, slot_use::alone, watch, call, has_parts);
        if (!slot && watch.stop) return call.stopped();
        if (!slot) continue;
        for (const auto* file : staged) {
            ::unlinkat(slot->directory(), file->remote_path.c_str(), 0);
            remove_parts(*slot, file->remote_path);
            watch.alive();
        }
        prune_tree(slot->directory());
    }
    return {};
}

result<disk_space> base_directory::space() const {
    const auto base = enter_base(state_, {"read the free space at", options_.name});
    if (!base) return base.error();
    struct ::statvfs seen{};
    if (::fstatvfs(base->number(), &seen) != 0)
        return file_failure("read the free space at", options_.name, errno);
    return space_told_by(seen);
}

}  // namespace suprsync
