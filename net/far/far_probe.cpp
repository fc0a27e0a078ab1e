#include "net/far/far_probe.hpp"

#include "net/far/lane_process.hpp"
#include "net/remote/destination_shell.hpp"

namespace asio = boost::asio;

namespace suprsync {

asio::awaitable<probed_far_side> probe_far_side(asio::any_io_executor executor, child_runner& runner,
                                                transport_options options) {
    const auto connection = make_connection(executor, runner, options,
                                            [directory = options.runtime_directory, count = 0]() mutable {
                                                return directory + "/f" + std::to_string(count++);
                                            });
    work_threads threads(executor);
    const auto opened =
        co_await far::open_lane(executor, runner, connection, threads, far::lane_options_for(options));
    probed_far_side found;
    if (opened.lane) {
        found.version = opened.lane->who.program;
        opened.lane->channel->close();
    } else {
        found.refused = opened.refused->detail;
    }
    co_return found;
}

}  // namespace suprsync
