#include "tests/engine/run/archive_world.hpp"

#include "engine/rules/claims.hpp"

namespace asio = boost::asio;

namespace suprsync::test {

namespace {

// So late that every row is due.
constexpr epoch_seconds at_last = 1e11;

}  // namespace

archive_configuration smurf_configuration() {
    archive_configuration c;
    c.name = "smurf";
    c.remote_basedir = "/base";
    c.ssh_host = "user@host";
    c.instance_id = "crate1";
    c.suprsync_file_root = "/data/suprsync";
    c.concurrency = 3;
    return c;
}

archive_world::archive_world(archive_configuration config)
    : environment{loop.get_executor(),       catalog, disk, time, conditions, counters, last,
                  [this] { return random; }, events},
      archive(environment, std::move(config), there) {
    conditions.on_change = [this](const suprsync::condition& held, bool begins) {
        events.publish(condition_event{held, begins});
    };
    const auto& served = archive.config;
    ask(catalog.real().serve(served.name, served.max_copy_attempts, served.destination())).value();
    archive.destination = there.facts;
}

void archive_world::deliver(file_id id, bool read_here) {
    const auto& file = disk.files.at(row(id).local_path);
    change(id, "local_md5sum = '" + fake_md5(file.content) + "'");
    file_outcome outcome;
    outcome.seen = row(id);
    outcome.remote_md5sum = outcome.seen.local_md5sum;
    outcome.copied = time.now();
    if (read_here) outcome.identity = file.identity;
    outcome.verified = true;
    ask(catalog.real().record({outcome})).value();
    there.published[outcome.seen.remote_path] = file.content;
}

std::optional<file_identity> archive_world::identity(file_id id) {
    for (const auto& item : ask(catalog.real().load_deletable("smurf", at_last, at_last, 10'000)).value())
        if (item.row.id == id) return item.identity;
    throw std::runtime_error("no such file may be deleted");
}

bool archive_world::compared_next_time(file_id id) {
    for (const auto& item : ask(catalog.real().load_work({"smurf", at_last, 10'000, {}})).value().items)
        if (item.row.id == id) return item.compare;
    return false;
}

void archive_world::start(asio::awaitable<void> task) {
    ++tasks_running_;
    asio::co_spawn(loop, std::move(task), [this](std::exception_ptr error) {
        --tasks_running_;
        if (error) std::rethrow_exception(error);
    });
    settle(loop);
}

void archive_world::wake() {
    archive.wake_all();
    settle(loop);
}

void archive_world::stop() {
    archive.stopping = true;
    archive.prove_wake.notify();
    wake();
}

void archive_world::end() {
    catalog.before = {};
    disk.before = {};
    there.on_prepare = {};
    there.on_stage = {};
    there.on_digests = {};
    there.on_publish = {};
    there.on_stat = {};
    there.stop();
    stop();
}

batch archive_world::all_work(stage_mode mode) {
    batch work;
    work.mode = mode;
    auto list = ask(catalog.real().load_work({archive.config.name, time.now(), 10'000, {}})).value();
    for (auto& item : list.items) {
        candidate c;
        c.supersedes_md5 = judge_claim(item.row, item.claimants).supersedes_md5;
        c.local = disk.files.at(item.row.local_path).identity;
        c.item = std::move(item);
        work.bytes += c.local.size;
        work.files.push_back(std::move(c));
    }
    return work;
}

batch_result archive_world::copy(batch work, std::unordered_set<file_id> ask_first) {
    batch_run run(archive, std::move(work), std::move(ask_first));
    return ask(run.run());
}

}  // namespace suprsync::test
