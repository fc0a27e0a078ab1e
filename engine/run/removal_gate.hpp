// Keeps a deletion from overtaking a change that was accepted meanwhile: a request that has changed rows is
// answered only when every proof that was asked before is void, and no file of such a name is being removed.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace suprsync {

/// Lives on the loop thread. Files are known by the last component of their local path, since one file may
/// have several paths that differ before it.
class removal_gate {
  public:
    explicit removal_gate(const boost::asio::any_io_executor& executor)
        : ended_(executor, boost::asio::steady_timer::time_point::max()) {}

    /// Counts the committed changes to rows of files with one name, while it lives.
    class watched {
      public:
        watched(removal_gate& gate, const std::string& local_path);
        watched(const watched&) = delete;
        watched& operator=(const watched&) = delete;
        ~watched();
        unsigned changes() const { return changes_; }

      private:
        removal_gate& gate_;
        std::unordered_multimap<std::string, unsigned*>::iterator place_;
        unsigned changes_ = 0;
    };

  private:
    struct begun {
        std::string archive;
        std::shared_ptr<std::atomic<bool>> withdrawn = std::make_shared<std::atomic<bool>>(false);
    };
    using in_progress = std::multimap<std::string, begun>;  // by the name of the file

  public:
    /// While it lives, a file is being removed.
    class removal {
      public:
        removal(removal_gate& gate, const std::string& archive, const std::string& local_path);
        removal(const removal&) = delete;
        removal& operator=(const removal&) = delete;
        ~removal();
        /// Set when a change was accepted meanwhile: whoever removes it stops if it is still there.
        std::shared_ptr<const std::atomic<bool>> withdrawn() const { return place_->second.withdrawn; }

      private:
        removal_gate& gate_;
        in_progress::iterator place_;
    };

    /// Rows of these local files were changed, and that is committed: what was asked of them before is void.
    void changed(const std::vector<std::string>& local_paths);

    /// Nothing that is still there goes: whoever decided on it asks again.
    void withdraw_all();

    /// Returns when no removal of such a file is in progress that was decided on before.
    boost::asio::awaitable<void> settled(std::vector<std::string> local_paths);

    /// Returns when no removal of this archive is in progress that was withdrawn.
    boost::asio::awaitable<void> archive_settled(std::string archive);

  private:
    std::unordered_multimap<std::string, unsigned*> watched_;
    in_progress in_progress_;
    boost::asio::steady_timer ended_;  // never expires: cancelled when a removal ends
};

}  // namespace suprsync
