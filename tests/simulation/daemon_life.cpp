#include "tests/simulation/daemon_life.hpp"

#include <boost/asio/co_spawn.hpp>
#include <limits>

#include "tests/simulation/faulty_files.hpp"

namespace asio = boost::asio;

namespace suprsync::simulation {

namespace {

std::unique_ptr<sqlite_catalog> open_inline(asio::io_context& loop, const std::filesystem::path& path) {
    catalog_options options;
    options.path = path;
    options.run_inline = true;
    options.file_numbers = [](const std::filesystem::path& at) {
        return faulty_files::instance().number_of(at.string());
    };
    auto opened = open_catalog(loop.get_executor(), std::move(options));
    if (!opened) throw failure_error(opened.error());
    return std::move(*opened);
}

}  // namespace

daemon_life::daemon_life(const surroundings& around, const daemon_configuration& configuration, random chance)
    : time_(loop_, around.time, chance.branch(1), around.longest_nap),
      commits_(loop_, time_),
      disk_(around.here, time_, chance.branch(2)),
      random_(chance.branch(3)),
      catalog_(std::make_unique<test::watched_catalog>(commits_, open_inline(loop_, around.catalog))) {
    catalog_->told_of_changes = std::numeric_limits<double>::infinity();
    engine_ = std::make_unique<suprsync::daemon>(
        loop_.get_executor(), configuration, *catalog_, disk_, time_, [this] { return random_.real(); },
        [this, around, chance](const archive_configuration& archive) mutable {
            chance = chance.branch(4);
            return std::make_unique<simulated_transport>(around.there, around.here, time_, around.watch,
                                                         chance, archive);
        });
}

// Coroutines first: what they hold belongs to the others.
daemon_life::~daemon_life() {
    die();
    settle();
    loop_.kill();
    engine_.reset();
    catalog_.reset();
}

void daemon_life::begin() {
    asio::co_spawn(loop_, engine_->run(), [this](const std::exception_ptr& bug, bool settled) {
        if (bug) std::rethrow_exception(bug);
        ended_ = settled;
    });
}

void daemon_life::ask(asio::awaitable<void> question) {
    asio::co_spawn(loop_, std::move(question), [](const std::exception_ptr& bug) {
        if (bug) std::rethrow_exception(bug);
    });
}

void daemon_life::settle() {
    do loop_.restart();
    while (loop_.poll() > 0);
    // A database that was found locked is tried again after a moment of true time.
    for (int tries = 0; tries < 50 && catalog_->real().locked_since(); ++tries)
        loop_.run_one_for(std::chrono::milliseconds(1));
    catalog_->calls.clear();
    catalog_->outcomes.clear();
    catalog_->deletions.clear();
}

}  // namespace suprsync::simulation
