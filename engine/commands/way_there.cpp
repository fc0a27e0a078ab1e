#include "engine/commands/way_there.hpp"

#include <utility>

#include "engine/commands/environment.hpp"
#include "engine/commands/runtime_places.hpp"
#include "net/direct/direct_transport.hpp"
#include "net/rsync/rsync_transport.hpp"

namespace suprsync {

namespace {

std::unique_ptr<transport> make_way_by_rsync(boost::asio::any_io_executor executor, child_runner& runner,
                                             const archive_configuration& archive) {
    transport_options t;
    t.archive = archive;
    // On a disk, the symbolic links of a batch would take longer to make than small files take to send.
    t.other_runtime_directories = runtime_directory_paths();
    if (!t.other_runtime_directories.empty()) {
        t.runtime_directory = t.other_runtime_directories.front();
        t.other_runtime_directories.erase(t.other_runtime_directories.begin());
    }
    t.ssh_config_file = environment_variable("SUPRSYNC_SSH_CONFIG");
    return make_rsync_transport(std::move(executor), runner, std::move(t));
}

}  // namespace

std::unique_ptr<transport> make_way_there(boost::asio::any_io_executor executor, child_runner& runner,
                                          const archive_configuration& archive,
                                          std::function<void(const std::string& why)> by_rsync) {
    if (archive.ssh_host || archive.transfer == "rsync")
        return make_way_by_rsync(std::move(executor), runner, archive);
    const auto make = [executor, &runner, archive] { return make_way_by_rsync(executor, runner, archive); };
    return make_direct_transport(executor, archive, {make, std::move(by_rsync)});
}

}  // namespace suprsync
