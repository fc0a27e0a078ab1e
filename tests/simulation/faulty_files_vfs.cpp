// SQLite's view of faulty_files: a VFS that passes everything on to the one that was the default, and asks
// before each call that writes.
#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "tests/simulation/faulty_files.hpp"

namespace suprsync::simulation {

namespace {

sqlite3_vfs* plain = nullptr;  // the one below

struct layered_file {
    sqlite3_file base;
    std::string* path;  // null: of no interest
    std::uint64_t which;
    sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

layered_file& of(sqlite3_file* file) { return *reinterpret_cast<layered_file*>(file); }
sqlite3_file* below(sqlite3_file* file) { return of(file).below(); }
faulty_files& files() { return faulty_files::instance(); }

bool is_watched(sqlite3_file* file) {
    return of(file).path != nullptr && files().has_its_name(*of(file).path, of(file).which);
}

int close(sqlite3_file* file) {
    const std::unique_ptr<std::string> path(of(file).path);
    const int done = below(file)->pMethods->xClose(below(file));
    file->pMethods = nullptr;
    return done;
}

int read(sqlite3_file* file, void* into, int count, sqlite3_int64 at) {
    return below(file)->pMethods->xRead(below(file), into, count, at);
}

// Bytes as far as the file goes.
std::string bytes_at(sqlite3_file* file, std::int64_t at, std::int64_t count, std::int64_t size) {
    std::string bytes(static_cast<std::size_t>(std::clamp<std::int64_t>(size - at, 0, count)), '\0');
    if (!bytes.empty()) read(file, bytes.data(), static_cast<int>(bytes.size()), at);
    return bytes;
}

int write(sqlite3_file* file, const void* from, int count, sqlite3_int64 at) {
    if (!is_watched(file)) return below(file)->pMethods->xWrite(below(file), from, count, at);
    sqlite3_int64 size = 0;
    below(file)->pMethods->xFileSize(below(file), &size);
    const auto verdict = files().enter(true);
    if (verdict == faulty_files::verdict::is_full) return SQLITE_FULL;
    if (verdict == faulty_files::verdict::is_dead || verdict == faulty_files::verdict::fail)
        return SQLITE_IOERR_WRITE;
    const bool half = verdict == faulty_files::verdict::fail_half_way;
    const int written = half ? count / 2 : count;
    files().note(*of(file).path,
                 {at, bytes_at(file, at, written, size),
                  std::string(static_cast<const char*>(from), static_cast<std::size_t>(written)), size,
                  std::max<std::int64_t>(size, at + written)});
    const int done = below(file)->pMethods->xWrite(below(file), from, written, at);
    return half && done == SQLITE_OK ? SQLITE_IOERR_WRITE : done;
}

int truncate(sqlite3_file* file, sqlite3_int64 to) {
    if (!is_watched(file)) return below(file)->pMethods->xTruncate(below(file), to);
    if (files().enter(false) != faulty_files::verdict::go_on) return SQLITE_IOERR_TRUNCATE;
    sqlite3_int64 size = 0;
    below(file)->pMethods->xFileSize(below(file), &size);
    files().note(*of(file).path, {to, bytes_at(file, to, size, size), "", size, to});
    return below(file)->pMethods->xTruncate(below(file), to);
}

// The disk is memory: nothing is to be waited for.
int sync(sqlite3_file* file, int flags) {
    if (!is_watched(file)) return below(file)->pMethods->xSync(below(file), flags);
    if (files().enter(false) != faulty_files::verdict::go_on) return SQLITE_IOERR_FSYNC;
    files().synced(*of(file).path);
    return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return below(file)->pMethods->xFileSize(below(file), size);
}
int lock(sqlite3_file* file, int kind) { return below(file)->pMethods->xLock(below(file), kind); }
int unlock(sqlite3_file* file, int kind) { return below(file)->pMethods->xUnlock(below(file), kind); }
int reserved(sqlite3_file* file, int* held) {
    return below(file)->pMethods->xCheckReservedLock(below(file), held);
}
int control(sqlite3_file* file, int what, void* argument) {
    return below(file)->pMethods->xFileControl(below(file), what, argument);
}
int sector_size(sqlite3_file* file) { return below(file)->pMethods->xSectorSize(below(file)); }
int characteristics(sqlite3_file* file) { return below(file)->pMethods->xDeviceCharacteristics(below(file)); }
int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** at) {
    return below(file)->pMethods->xShmMap(below(file), page, size, extend, at);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
    return below(file)->pMethods->xShmLock(below(file), offset, count, flags);
}
void barrier(sqlite3_file* file) { below(file)->pMethods->xShmBarrier(below(file)); }
int unmap_shared(sqlite3_file* file, int remove) {
    return below(file)->pMethods->xShmUnmap(below(file), remove);
}

// Version 2: no memory maps of the files, which could be written past us.
constexpr sqlite3_io_methods methods = {2,
                                        close,
                                        read,
                                        write,
                                        truncate,
                                        sync,
                                        file_size,
                                        lock,
                                        unlock,
                                        reserved,
                                        control,
                                        sector_size,
                                        characteristics,
                                        map_shared,
                                        lock_shared,
                                        barrier,
                                        unmap_shared,
                                        nullptr,
                                        nullptr};

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* opened_with) {
    auto& layered = of(file);
    layered.base.pMethods = nullptr;
    layered.path = nullptr;
    const int done = plain->xOpen(plain, name, layered.below(), flags, opened_with);
    if (done != SQLITE_OK) return done;
    if (name != nullptr &&
        (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0) {
        layered.path = std::make_unique<std::string>(name).release();
        layered.which = files().opened(name);
    }
    layered.base.pMethods = &methods;
    return SQLITE_OK;
}

int remove(sqlite3_vfs*, const char* name, int sync_directory) {
    if (files().dead()) return SQLITE_IOERR_DELETE;
    files().removed(name);
    return plain->xDelete(plain, name, sync_directory);
}
int access(sqlite3_vfs*, const char* name, int flags, int* result) {
    return plain->xAccess(plain, name, flags, result);
}
int full_path(sqlite3_vfs*, const char* name, int size, char* into) {
    return plain->xFullPathname(plain, name, size, into);
}
int randomness(sqlite3_vfs*, int count, char* into) {
    for (int i = 0; i < count; ++i) into[i] = static_cast<char>(files().chance().next());
    return count;
}
int sleep_no_time(sqlite3_vfs*, int microseconds) { return microseconds; }
int current_time(sqlite3_vfs*, double* days) {
    *days = 2440587.5 + files().now() / 86400;
    return SQLITE_OK;
}
int current_time_exactly(sqlite3_vfs*, sqlite3_int64* milliseconds) {
    *milliseconds = static_cast<sqlite3_int64>((2440587.5 * 86400 + files().now()) * 1000);
    return SQLITE_OK;
}
int last_error(sqlite3_vfs*, int size, char* into) { return plain->xGetLastError(plain, size, into); }

sqlite3_vfs* make_layer() {
    // One process has all of it open: what others would see as locks of a file need not be told to the
    // kernel.
    plain = sqlite3_vfs_find("unix-excl");
    static sqlite3_vfs layer{};
    layer.iVersion = 2;
    layer.szOsFile = static_cast<int>(sizeof(layered_file)) + plain->szOsFile;
    layer.mxPathname = plain->mxPathname;
    layer.zName = "faulty";
    layer.xOpen = open;
    layer.xDelete = remove;
    layer.xAccess = access;
    layer.xFullPathname = full_path;
    layer.xRandomness = randomness;
    layer.xSleep = sleep_no_time;
    layer.xCurrentTime = current_time;
    layer.xCurrentTimeInt64 = current_time_exactly;
    layer.xGetLastError = last_error;
    sqlite3_vfs_register(&layer, 1);
    return &layer;
}

}  // namespace

faulty_files& faulty_files::instance() {
    static faulty_files only;
    static const auto* const layer = make_layer();
    static_cast<void>(layer);
    return only;
}

}  // namespace suprsync::simulation
