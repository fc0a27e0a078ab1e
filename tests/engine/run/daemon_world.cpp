#include "tests/engine/run/daemon_world.hpp"

#include <boost/test/unit_test.hpp>

namespace asio = boost::asio;

namespace suprsync::test {

daemon_configuration two_archives() {
    daemon_configuration c;
    c.db_path = "/data/db/suprsync.db";
    c.suprsync_file_root = "/data/suprsync";
    c.instance_id = "crate1";
    c.local_roots = {"/data"};
    c.archives = {smurf_configuration(), smurf_configuration()};
    for (auto& archive : c.archives) archive.local_roots = c.local_roots;
    c.archives[1].name = "timestreams";
    c.archives[1].ssh_host = "user@elsewhere";
    return c;
}

daemon_world::daemon_world(daemon_configuration configuration)
    : served(
          loop.get_executor(), std::move(configuration), catalog, disk, time, [] { return 0.0; },
          [this](const archive_configuration& archive) {
              auto way = std::make_unique<fake_transport>(loop, disk);
              ways[archive.name] = way.get();
              return way;
          }) {}

daemon_world::~daemon_world() {
    catalog.before = {};
    disk.before = {};
    for (auto& [name, way] : ways) way->on_stage = {}, way->on_stat = {};
    if (!begun_ || ended) return;
    served.stop_at_once();
    for (int i = 0; i < 100 && !ended; ++i) time.advance(1);
    BOOST_TEST(ended.has_value(), "the daemon ends when it is told to stop at once");
}

void daemon_world::begin() {
    begun_ = true;
    asio::co_spawn(loop, served.run(), [this](std::exception_ptr error, bool settled) {
        if (error) std::rethrow_exception(error);
        ended = settled;
    });
    settle(loop);
}

archive_activity daemon_world::activity(const std::string& archive) {
    for (auto& a : served.status().archives)
        if (a.name == archive) return a;
    throw std::runtime_error("no archive " + archive);
}

}  // namespace suprsync::test
