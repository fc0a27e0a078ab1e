// The daemon's way to local_files: it takes time, hangs and fails as disks do. What it does after the machine
// or the daemon has died does not happen.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/ports/local_disk.hpp"
#include "tests/simulation/local_files.hpp"

namespace suprsync::simulation {

class simulated_disk final : public local_disk {
  public:
    simulated_disk(local_files& files, simulated_clock& time, random chance)
        : files_(files), time_(time), random_(chance) {}

    /// A file of this name is about to go for good, with its content; called before anybody else knows.
    std::function<void(const std::string& path, const local_file&)> on_removal;
    std::function<void()> on_step;  ///< something is about to be done
    std::size_t open_now() const { return *open_; }

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
    void stop() override { stopped_ = true; }

    /// What an open_file of ours keeps open.
    static const local_file& opened(const std::shared_ptr<const void>& held);

  private:
    boost::asio::awaitable<void> take_time(double least, double most);
    boost::asio::awaitable<bool> answers(std::string path);
    /// look(), once its disk has answered, or has not.
    boost::asio::awaitable<result<local_file_ptr>> reach(std::string verb, std::string path);
    result<local_file_ptr> look(const std::string& verb, const std::string& path) const;
    boost::asio::awaitable<result<void>> remove_one(removal which);

    local_files& files_;
    simulated_clock& time_;
    random random_;
    bool stopped_ = false;
    std::shared_ptr<std::size_t> open_ = std::make_shared<std::size_t>(0);
};

}  // namespace suprsync::simulation
