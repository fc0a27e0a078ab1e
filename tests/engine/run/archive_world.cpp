#include "tests/engine/run/archive_world.hpp"

#include "engine/rules/claims.hpp"

namespace asio = boost::asio;

namespace suprsync::test {

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

rooms_in_memory::rooms_in_memory()
    : environment{loop.get_executor(),       catalog, disk, time, conditions, counters, last,
                  [this] { return random; }, events} {
    conditions.on_change = [this](const suprsync::condition& held, bool begins) {
        events.publish(condition_event{held, begins});
    };
}

std::string rooms_in_memory::condition(const std::string& kind, const std::string& archive) const {
    for (const auto& c : conditions.list())
        if (c.kind == kind && c.archive == archive) return c.message;
    return "";
}

archive_world::archive_world(archive_configuration config) : archive(environment, std::move(config), there) {
    result_of(loop, catalog.serve(archive.config.name, archive.config.max_copy_attempts,
                                  archive.config.destination()))
        .value();
    archive.destination = there.facts;
}

archive_world::~archive_world() {
    catalog.before = {};
    there.stop();
    stop();
}

file_id archive_world::add(const std::string& name, const std::string& content) {
    disk.write("/data/" + name, content, time.now() - 100);
    return catalog.insert("/data/" + name, "17000/" + name, fake_md5(content), archive.config.name);
}

void archive_world::deliver(file_id id) {
    auto& e = entry(id);
    const auto& file = disk.files.at(e.row.local_path);
    e.row.local_md5sum = fake_md5(file.content);
    e.row.remote_md5sum = e.row.local_md5sum;
    e.row.copied = time.now();
    e.identity = file.identity;
    there.published[e.row.remote_path] = file.content;
    catalog.archives[archive.config.name].memory.has_verified = true;
}

void archive_world::start(asio::awaitable<void> task) {
    ++tasks_running_;
    asio::co_spawn(loop, std::move(task), [this](std::exception_ptr error) {
        --tasks_running_;
        if (error) std::rethrow_exception(error);
    });
    settle(loop);
}

void archive_world::stop() {
    archive.stopping = true;
    archive.wake_all();
    settle(loop);
}

batch archive_world::all_work(stage_mode mode) {
    batch work;
    work.mode = mode;
    auto list = result_of(loop, catalog.load_work({archive.config.name, time.now(), 10000, {}})).value();
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
    return result_of(loop, run.run());
}

}  // namespace suprsync::test
