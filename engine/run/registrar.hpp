// Takes in registrations that come over HTTP: checks each (spec, What may be registered), then registers all
// or none. What the daemon does beside that, as the service, stands there, too.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <string>
#include <vector>

#include "engine/config/configuration.hpp"
#include "engine/loop/clock.hpp"
#include "engine/ports/catalog.hpp"
#include "engine/ports/local_disk.hpp"
#include "engine/ports/service.hpp"

namespace suprsync {

/// The archives that are served, and below which directories files may be registered for each.
using archive_roots = std::map<std::string, std::vector<std::string>>;

inline archive_roots roots_of(const daemon_configuration& configuration) {
    archive_roots roots;
    for (const auto& archive : configuration.archives) roots[archive.name] = archive.local_roots;
    return roots;
}

class registrar {
  public:
    registrar(suprsync::catalog& c, suprsync::local_disk& d, suprsync::clock& t, archive_roots archives)
        : catalog_(c), disk_(d), clock_(t), archives_(std::move(archives)) {}

    /// After a reload; registrations that are being checked go by what was.
    void set_archives(archive_roots archives) { archives_ = std::move(archives); }

    /// As service::register_files.
    boost::asio::awaitable<result<std::vector<added_file>>> add(std::vector<registration_request> requests);

  private:
    boost::asio::awaitable<result<std::vector<std::uint64_t>>> check_files(
        const std::vector<registration_request>& requests, const archive_roots& archives);
    boost::asio::awaitable<failure> not_within(std::string path, std::vector<std::string> given,
                                               std::vector<std::string> real_roots);

    suprsync::catalog& catalog_;
    suprsync::local_disk& disk_;
    suprsync::clock& clock_;
    archive_roots archives_;
};

}  // namespace suprsync
