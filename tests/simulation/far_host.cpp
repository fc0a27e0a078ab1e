#include "tests/simulation/far_host.hpp"

#include <algorithm>

#include "engine/model/text.hpp"
#include "tests/simulation/content.hpp"

namespace suprsync::simulation {

bool far_host::same_name(const std::string& one, const std::string& other) const {
    return ignores_case ? lower(one) == lower(other) : one == other;
}

std::string far_host::listed_as(const std::string& path) const {
    if (published.contains(path)) return path;
    if (!ignores_case) return "";
    const auto wanted = lower(path);
    for (const auto& [name, file] : published)
        if (lower(name) == wanted) return name;
    return "";
}

far_file_ptr far_host::make(std::string content) {
    auto file = std::make_shared<far_file>();
    file->inode = ++last_inode_;
    file->memory = std::move(content);
    file->changed_ns = now_ns();
    dirty_.push_back(file);
    return file;
}

void far_host::put(std::map<std::string, far_file_ptr>& where, const std::string& path, far_file_ptr file) {
    const auto found = where.find(path);
    unsynced_.push_back({&where, path, found == where.end() ? nullptr : found->second});
    if (!file) {
        if (found != where.end()) where.erase(found);
        return;
    }
    if (file->dirty && std::find(dirty_.begin(), dirty_.end(), file) == dirty_.end()) dirty_.push_back(file);
    file->changed_ns = now_ns();
    where[path] = file;
    if (&where != &published) return;
    directories.insert(path.substr(0, path.find('/')));
    if (on_published) on_published(path, *file);
}

void far_host::sync_names(const std::map<std::string, far_file_ptr>& where) {
    std::erase_if(unsynced_, [&](const change& c) { return c.where == &where; });
}

void far_host::write_out(far_file& file) {
    if (!file.dirty) return;
    file.dirty = false;
    if (disk_fails) {
        file.disk = torn(file.memory, random_.next());
        error_to_tell_ = true;
    } else {
        file.disk = file.memory;
    }
}

void far_host::write_back() {
    for (const auto& file : dirty_) write_out(*file);
    dirty_.clear();
    // Names are written in their order.
    unsynced_.clear();
    disk_fails = false;
}

bool far_host::sync() {
    write_back();
    return !std::exchange(error_to_tell_, false);
}

bool far_host::drop(far_file& file) {
    if (memory_is_held && reads_from == read_source::disk) return false;
    if (!file.dirty && file.disk) file.memory = *file.disk;
    return true;
}

read_source far_host::read(far_file& file, bool from_disk) {
    if (!from_disk) return read_source::cache;
    if (reads_from == read_source::unknown) return read_source::unknown;
    const bool dropped = drop(file);
    if (reads_from == read_source::own_memory) return read_source::own_memory;
    return dropped ? read_source::disk : read_source::cache;
}

void far_host::lose_power() {
    ++starts_;
    ++cuts;
    // Of each path the last changes are undone, as many as chance will have it.
    std::set<std::pair<const void*, std::string>> keeps;
    for (auto c = unsynced_.rbegin(); c != unsynced_.rend(); ++c) {
        if (keeps.contains({c->where, c->path})) continue;
        if (random_.chance(0.4)) {
            keeps.insert({c->where, c->path});
        } else if (c->before) {
            (*c->where)[c->path] = c->before;
        } else {
            c->where->erase(c->path);
        }
    }
    unsynced_.clear();
    for (const auto& file : dirty_) {
        if (random_.chance(0.3)) file->disk = file->memory;
        if (!file->disk || random_.chance(0.2)) file->disk = torn(file->memory, random_.next());
        file->dirty = false;
    }
    dirty_.clear();
    for (auto* where : {&published, &staged, &kept})
        for (auto& [path, file] : *where) {
            file->dirty = false;
            if (file->disk) file->memory = *file->disk;
        }
    error_to_tell_ = false;
    locked.clear();
}

std::optional<std::string> far_host::on_disk(const std::string& path) const {
    const auto found = published.find(path);
    if (found == published.end() || found->second->original) return std::nullopt;
    const bool named = std::none_of(unsynced_.begin(), unsynced_.end(),
                                    [&](const change& c) { return c.where == &published && c.path == path; });
    return named ? found->second->disk : std::nullopt;
}

bool far_host::holds_on_disk(const std::string& content) const {
    for (const auto* where : {&published, &kept, &staged})
        for (const auto& [path, file] : *where)
            if (!file->original && file->disk == content) return true;
    return false;
}

}  // namespace suprsync::simulation
