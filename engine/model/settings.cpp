#include "engine/model/settings.hpp"

#include <filesystem>

namespace suprsync {

std::string archive_configuration::destination() const {
    const auto base = std::filesystem::path(remote_basedir + "/").lexically_normal().string();
    const auto trimmed = base.substr(0, base.size() - 1);
    return ssh_host ? *ssh_host + ":" + trimmed : trimmed;
}

std::vector<std::string> archive_configuration::file_roots() const {
    auto roots = local_roots;
    if (!roots.empty()) roots.push_back(suprsync_file_root);
    return roots;
}

}  // namespace suprsync
