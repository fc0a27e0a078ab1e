// The exclusive hold on an archive of a catalog (spec 8.4): a locked file beside the database, let go when
// the process ends, however it ends.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/model/failure.hpp"

namespace suprsync {

class archive_lock {
  public:
    ~archive_lock();
    archive_lock(const archive_lock&) = delete;
    archive_lock& operator=(const archive_lock&) = delete;

    /// Failures: `held` says which process, host and instance holds it; not_permitted, io.
    static result<std::unique_ptr<archive_lock>> take(const std::filesystem::path& database,
                                                      const std::string& archive,
                                                      const std::string& instance_id);

    /// `<database>.<archive>.lock`, the database's symbolic links followed, the archive's name escaped.
    static std::filesystem::path lock_file(const std::filesystem::path& database, const std::string& archive);

  private:
    explicit archive_lock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

}  // namespace suprsync
