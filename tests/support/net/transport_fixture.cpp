#include "tests/support/net/transport_fixture.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <stdexcept>

#include "net/direct/direct_transport.hpp"
#include "net/far/far_transport.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

sshd& shared_sshd() {
    static scratch_directory home;
    static sshd server(home / "sshd");
    return server;
}

destination::destination(place where, sshd* server) : where_(where) {
    fs::create_directories(base());
    fs::create_directories(scratch / "local");
    options.archive.name = "data";
    options.archive.remote_basedir = base();
    options.runtime_directory = scratch / "run";
    // Generous, for machines that do much else; tests of limits set their own.
    options.archive.stall_timeout = 300;
    options.connect_timeout = 100;
    options.trial_limit = 100;
    if (where != place::ssh && !has_far_side(where)) return;
    auto& sshd = server != nullptr ? *server : shared_sshd();
    options.archive.ssh_host = sshd.host();
    options.ssh_config_file = sshd.client_configuration();
    options.archive.ssh_key = sshd.key();
    // The far side is this program, started with that word.
    options.archive.remote_suprsync = fs::read_symlink("/proc/self/exe");
    options.archive.compression = where == place::compressed;
}

destination::~destination() {
    close();
    // Where nothing can be staged it has to.
    if (has_far_side(where_) && !handed_over.empty())
        BOOST_TEST(handed_over.starts_with("files cannot be staged"), "rsync took over: " << handed_over);
}

void destination::close() {
    if (transport_) transport_->stop();
    transport_.reset();
    // The children's ends are seen by the loop.
    context.restart();
    while (runner_ && runner_->running() > 0) context.run_one();
    context.poll();
    runner_.reset();
}

transport& destination::get() {
    if (!transport_) {
        runner_ = std::make_unique<child_runner>(context.get_executor(), nullptr);
        const auto loop = context.get_executor();
        const auto by_rsync = [this, loop] { return make_rsync_transport(loop, *runner_, options); };
        const auto tell = [this](const std::string& why, bool usual) {
            handed_over = why;
            handed_over_as_usual = usual;
            ++times_handed_over;
        };
        if (where_ == place::direct) {
            transport_ =
                make_direct_transport(loop, options.archive, paces.of(options.archive),
                                      {by_rsync, [tell](const std::string& why) { tell(why, false); }});
        } else if (has_far_side(where_)) {
            auto way = make_rsync_way(loop, *runner_, options);
            transport_ = make_far_transport(loop, *runner_, options, std::move(way.files),
                                            std::move(way.connection), paces.of(options.archive), tell);
        } else {
            transport_ = by_rsync();
        }
    }
    return *transport_;
}

transport& destination::restarted() {
    close();
    return get();
}

stage_item destination::make(const std::string& remote_path, std::string_view content) {
    static int count = 0;
    const auto path = local("file" + std::to_string(count++));
    write_file(path, content);
    return {path, remote_path, content.size()};
}

destination_facts destination::prepare(bool may_create_base) {
    prepare_request request;
    request.catalog_uuid = catalog_uuid;
    request.may_create_base = may_create_base;
    auto facts = wait(get().prepare(std::move(request)));
    if (!facts) throw std::runtime_error(facts.error().text());
    return *facts;
}

destination_state destination::prepared_state(const std::string& lock_style) {
    const auto facts = prepare();
    destination_state state;
    state.base = facts.base;
    state.identity = facts.identity.file_system + " " + std::to_string(facts.identity.inode);
    state.staging = facts.staging;
    state.lock_style = lock_style;
    return state;
}

bool destination::nothing_staged() const { return files_below(staging() / "in").empty(); }

stage_report destination::stage(const std::vector<stage_item>& items, stage_mode mode, int slot) {
    stage_request request;
    request.slot = slot;
    request.mode = mode;
    request.items = items;
    return wait(get().stage(std::move(request)));
}

digest_report destination::digests(const std::vector<stage_item>& items, std::optional<int> slot) {
    digest_request request;
    request.slot = slot;
    for (const auto& item : items) {
        request.remote_paths.push_back(item.remote_path);
        request.bytes += item.size;
    }
    return wait(get().digests(std::move(request)));
}

publish_report destination::publish(const std::vector<stage_item>& items, int slot) {
    std::vector<publish_item> ready;
    file_id id = 1;
    for (const auto& item : items)
        ready.push_back({id++, item.remote_path, md5_of_file(item.local_path), std::nullopt});
    return wait(get().publish(slot, std::move(ready)));
}

stat_report destination::stat(const std::vector<std::string>& paths, bool md5, bool sync) {
    stat_request request;
    request.remote_paths = paths;
    request.md5 = md5;
    request.sync_first = sync;
    return wait(get().stat(std::move(request)));
}

void check_finished(const process_end& end) {
    BOOST_TEST(end.finished(), (end.error ? end.error->text() : std::string()));
}

std::vector<std::string> tree_of(const fs::path& directory) {
    std::vector<std::string> names;
    if (!fs::exists(directory)) return names;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
        const auto status = entry.symlink_status();
        const char* letter = fs::is_directory(status) ? "d " : fs::is_regular_file(status) ? "f " : "? ";
        names.push_back(letter + fs::relative(entry.path(), directory).string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::string shell(const std::string& command) {
    std::string output;
    std::FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("popen");
    std::array<char, 4096> buffer = {};
    while (const auto got = std::fread(buffer.data(), 1, buffer.size(), pipe))
        output.append(buffer.data(), got);
    if (::pclose(pipe) != 0) throw std::runtime_error("failed: " + command + "\n" + output);
    while (output.ends_with('\n')) output.pop_back();
    return output;
}

}  // namespace suprsync::test
