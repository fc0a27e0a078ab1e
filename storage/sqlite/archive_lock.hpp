// The exclusive lock on an archive of a catalog (spec, One daemon for an archive): a locked file beside the
// database, unlocked when the process ends, however it ends.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/model/failure.hpp"

namespace suprsync {

class archive_lock {
  public:
    ~archive_lock();
    archive_lock(const archive_lock&) = delete;
    archive_lock& operator=(const archive_lock&) = delete;

    /// Waits 10 ms, between two tries to lock.
    static void pause();

    /// Where the process that is written down as the holder is dead, a child that it was just starting may
    /// still have its lock: that is tried for 2 s. Failures: archive_held says which process, host and
    /// instance has it; not_permitted, io.
    static result<std::unique_ptr<archive_lock>> take(const std::filesystem::path& database,
                                                      const std::string& archive,
                                                      const std::string& instance_id,
                                                      const std::function<void()>& between_tries = pause);

    /// Every archive of the catalog that has ever been locked: no daemon works on any of them while they are
    /// kept. Failures as above, of the first that cannot be locked.
    static result<std::vector<std::unique_ptr<archive_lock>>> take_all(const std::filesystem::path& database,
                                                                       const std::string& instance_id);

    /// Whether a process, this one included, has the lock. Failures read as no.
    static bool is_locked(const std::filesystem::path& database, const std::string& archive);

    /// Whether the locked file is still the one at its path, where another daemon would look for it.
    bool stands() const;

    /// `<database>.<archive>.lock`, the database's symbolic links followed, the archive's name escaped.
    static std::filesystem::path lock_file(const std::filesystem::path& database, const std::string& archive);

  private:
    archive_lock(int descriptor, std::filesystem::path file)
        : descriptor_(descriptor), file_(std::move(file)) {}
    static result<std::unique_ptr<archive_lock>> take_file(const std::filesystem::path& file,
                                                           const std::string& archive,
                                                           const std::string& instance_id,
                                                           const std::function<void()>& between_tries);
    int descriptor_;
    const std::filesystem::path file_;
};

}  // namespace suprsync
