#include "engine/commands/way_there.hpp"

#include <utility>

#include "engine/commands/environment.hpp"
#include "engine/commands/runtime_places.hpp"
#include "net/direct/direct_transport.hpp"
#include "net/rsync/rsync_transport.hpp"

namespace suprsync {

namespace {

transport_options options_for(const archive_configuration& archive) {
    transport_options t;
    t.archive = archive;
    // On a disk, the symbolic links of a batch would take longer to make than small files take to send.
    t.other_runtime_directories = runtime_directory_paths();
    if (!t.other_runtime_directories.empty()) {
        t.runtime_directory = t.other_runtime_directories.front();
        t.other_runtime_directories.erase(t.other_runtime_directories.begin());
    }
    t.ssh_config_file = environment_variable("SUPRSYNC_SSH_CONFIG");
    return t;
}

}  // namespace

std::unique_ptr<transport> make_way_there(boost::asio::any_io_executor executor, child_runner& runner,
                                          const archive_configuration& archive, std::shared_ptr<pace> rate,
                                          told_by_rsync by_rsync) {
    if (archive.transfer == "rsync")
        return make_rsync_transport(std::move(executor), runner, options_for(archive));
    if (!archive.ssh_host) {
        const auto make = [executor, &runner, archive] {
            return make_rsync_transport(executor, runner, options_for(archive));
        };
        const auto tell = [by_rsync](const std::string& why) {
            if (by_rsync) by_rsync(why, false);
        };
        return make_direct_transport(executor, archive, std::move(rate), {make, tell});
    }
    auto options = options_for(archive);
    auto way = make_rsync_way(executor, runner, options);
    return make_far_transport(std::move(executor), runner, std::move(options), std::move(way.files),
                              std::move(way.connection), std::move(rate), std::move(by_rsync));
}

}  // namespace suprsync
