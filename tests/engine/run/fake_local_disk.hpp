// This machine's files, in memory.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/loop/clock.hpp"
#include "engine/ports/local_disk.hpp"

namespace suprsync::test {

/// Stands for the MD5 wherever fakes compute one: 32 hexadecimal digits, different for different content.
std::string fake_md5(std::string_view content);

/// Belongs to the loop thread; everything public may be read and changed between and, through `before`,
/// within calls.
class fake_local_disk final : public local_disk {
  public:
    explicit fake_local_disk(const clock& time) : clock_(time) {}

    struct file {
        std::string content;
        file_identity identity;
    };
    std::map<std::string, file> files;
    std::map<std::string, failure> failing;    ///< path: what any function answers for it
    std::map<std::string, std::string> links;  ///< path (file or directory): real path
    std::uint64_t device = 1;                  ///< of every path
    disk_space free_space{500'000'000'000, 1'000'000'000'000, 50'000, 100'000};
    std::vector<std::string> opened_below;  ///< the roots that files were opened below last
    std::vector<std::string> calls;         ///< "stat /a", "digest /a", ... in order
    /// Called before each path is served ("digest", "/a"): files may be changed here.
    std::function<void(const std::string& verb, const std::string& path)> before;
    /// Awaited when files have been removed, and before whoever asked knows.
    std::function<boost::asio::awaitable<void>()> after_removal;

    /// Writes a file as another program would: a new inode where it is new, mtime now or as given.
    file_identity write(const std::string& path, const std::string& content);
    file_identity write(const std::string& path, const std::string& content, epoch_seconds mtime);
    std::size_t count(std::string_view verb) const;  ///< calls of one verb

    boost::asio::awaitable<std::vector<result<file_identity>>> stat(std::vector<std::string> paths) override;
    boost::asio::awaitable<std::vector<result<open_file>>> open(std::vector<std::string> paths,
                                                                std::vector<std::string> roots) override;
    boost::asio::awaitable<std::vector<result<local_digest>>> digest_open(
        std::vector<open_file> opened, std::shared_ptr<digest_progress> progress) override;
    boost::asio::awaitable<std::vector<result<local_digest>>> digest(
        std::vector<std::string> paths, std::vector<std::string> roots,
        std::shared_ptr<digest_progress> progress) override;
    boost::asio::awaitable<std::vector<result<real_place>>> resolve(std::vector<std::string> paths) override;
    boost::asio::awaitable<std::vector<std::uint64_t>> devices(std::vector<std::string> paths) override;
    boost::asio::awaitable<result<disk_space>> space(std::string path) override;
    boost::asio::awaitable<std::vector<result<void>>> remove(
        std::vector<removal> which, std::vector<std::string> roots,
        std::chrono::steady_clock::duration holds_for) override;
    boost::asio::awaitable<result<bool>> undo_removal(std::string path, file_id id,
                                                      std::optional<lasting_identity> file) override;
    boost::asio::awaitable<result<void>> discard(std::string path) override;
    boost::asio::awaitable<result<file_identity>> write_whole(std::string path, std::string text) override;
    void stop() override { stopped = true; }

    bool stopped = false;

  private:
    void serve(const std::string& verb, const std::string& path);
    result<file> find(const std::string& verb, const std::string& path);
    std::string real_path(const std::string& path) const;

    const clock& clock_;
    std::uint64_t last_inode_ = 100;
};

}  // namespace suprsync::test
