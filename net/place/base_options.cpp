#include "net/place/base_options.hpp"

#include "engine/loop/machine_clock.hpp"

namespace suprsync {

base_options base_options_for(const archive_configuration& archive) {
    base_options options;
    options.base = archive.remote_basedir;
    options.staging_dir = archive.remote_staging_dir.value_or("");
    options.archive = archive.name;
    options.chmod = archive.chmod;
    options.follow_links = archive.remote_links == links_kind::follow;
    options.from_disk = archive.verify_from == verify_kind::disk;
    options.asker_boot = boot_id();
    options.name = archive.destination();
    return options;
}

}  // namespace suprsync
