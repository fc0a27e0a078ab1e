// A destination of a test's own, on this machine or behind a real sshd, and a transport that works on it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "engine/loop/run_to_end.hpp"
#include "engine/ports/transport.hpp"
#include "net/place/pace.hpp"
#include "net/process/child_process.hpp"
#include "net/remote/destination_state.hpp"
#include "net/rsync/rsync_transport.hpp"
#include "tests/support/files.hpp"
#include "tests/support/scratch_directory.hpp"
#include "tests/support/sshd.hpp"

namespace suprsync::test {

/// By rsync and scripts to this machine and over ssh, without them on this machine, and by a far side over
/// ssh, compressed or not.
enum class place { here, ssh, direct, far, compressed };
inline std::ostream& operator<<(std::ostream& out, place p) {
    return out << (p == place::ssh      ? "ssh"
                   : p == place::here   ? "here"
                   : p == place::direct ? "direct"
                   : p == place::far    ? "far side"
                                        : "far side, compressed");
}
/// Where rsync carries nothing.
inline bool is_without_rsync(place p) { return p != place::here && p != place::ssh; }
inline bool has_far_side(place p) { return p == place::far || p == place::compressed; }
inline const std::vector<place> both_places = {place::here, place::ssh};
/// For what every transport promises, whatever it is made of.
inline const std::vector<place> every_place = {place::here, place::ssh, place::direct, place::far,
                                               place::compressed};
/// One of each kind: rsync with the scripts, this process, and a far side.
inline const std::vector<place> each_kind = {place::here, place::direct, place::far};

/// One sshd for the tests that do not harm it.
sshd& shared_sshd();

inline constexpr const char* catalog_uuid = "11111111-2222-3333-4444-555555555555";

class destination {
  public:
    explicit destination(place where = place::here, sshd* server = nullptr);
    ~destination();

    /// Made at first use from `options`.
    transport& get();
    /// A transport that begins anew, as after a restart of the daemon.
    transport& restarted();
    void close();

    std::filesystem::path base() const { return scratch / "dest" / "base"; }
    std::filesystem::path staging() const { return scratch / "dest" / ".suprsync" / catalog_uuid / "data"; }
    std::filesystem::path slot(int number = 0) const { return staging() / "in" / std::to_string(number); }
    std::filesystem::path local(const std::string& name) const { return scratch / "local" / name; }

    /// Writes a local file and says how to stage it.
    stage_item make(const std::string& remote_path, std::string_view content);

    destination_facts prepare(bool may_create_base = false);
    /// prepare(), and what scripts that are run by themselves are told of it.
    destination_state prepared_state(const std::string& lock_style = "directory");
    bool nothing_staged() const;
    stage_report stage(const std::vector<stage_item>& items, stage_mode mode = stage_mode::resume,
                       int slot = 0);
    digest_report digests(const std::vector<stage_item>& items, std::optional<int> slot = 0);
    /// With the MD5 of the local files as they are now; ids from 1 on.
    publish_report publish(const std::vector<stage_item>& items, int slot = 0);
    stat_report stat(const std::vector<std::string>& paths, bool md5 = false, bool sync = false);

    /// Runs the loop until the coroutine has ended.
    template <class T>
    T wait(boost::asio::awaitable<T> work) {
        return run_to_end(context, std::move(work));
    }

    scratch_directory scratch;
    transport_options options;
    archive_paces paces;
    boost::asio::io_context context;
    std::string handed_over;  ///< why it was left to rsync
    bool handed_over_as_usual = false;
    int times_handed_over = 0;

  private:
    place where_;
    std::unique_ptr<child_runner> runner_;
    std::unique_ptr<transport> transport_;
};

/// A destination where files may be staged.
struct prepared_destination : destination {
    explicit prepared_destination(place where = place::here, sshd* server = nullptr)
        : destination(where, server) {
        prepare();
    }
};

void check_finished(const process_end& end);

/// Everything below a directory: relative path and type letter as `find -printf '%y %P'`.
std::vector<std::string> tree_of(const std::filesystem::path& directory);

/// Output of a shell command on this machine; throws where it fails.
std::string shell(const std::string& command);

}  // namespace suprsync::test
